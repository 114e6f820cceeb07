"""What a notebook shows for results and searches: a small card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from frameworm.core.json_values import name_of
from frameworm.trial.ranking import rank

if TYPE_CHECKING:
    from frameworm.search.results.results import SearchResults
    from frameworm.search.search import Search
    from frameworm.trial.record import TrialRecord

__all__ = ["results_card", "search_card"]

_ROWS = 5
_MOST_PARAMS = 8
_WIDEST = 32
# Half clear greys and inherited ink suit light and dark notebooks alike.
_CARD = "border:1px solid #8886;border-radius:6px;padding:10px 14px;max-width:900px;overflow-x:auto"
_CELL = "text-align:left;padding:2px 12px 2px 0;white-space:nowrap"


def results_card(results: SearchResults, heading: str = "Search results") -> str:
    """Return the best, the counts and the five best trials as HTML.

    Args:
        results: The results.
        heading: What the card is headed, before the study's name.
    """
    count = len(results.records)
    states = Counter(record.state.value for record in results.records)
    listed = ", ".join(f"{number:,} {state}" for state, number in sorted(states.items()))
    lines = [f"{count:,} trial{'' if count == 1 else 's'}" + (f": {listed}" if listed else "")]
    if results.further:
        best: Sequence[TrialRecord] = results.pareto_front.records
        names = ", ".join(f"{name} ({mode})" for name, mode in results.objectives)
        lines.append(f"{len(best):,} on the Pareto front of {names}")
    else:
        best = rank(results.records, results.mode)
        better = "lower" if results.mode == "min" else "higher"
        found = f"best {results.metric} {best[0].score:.6g}" if best else "no trial is complete"
        lines.append(f"{found} ({better} is better)")
    table = _best_table(results, best[:_ROWS]) if best else ""
    return _card(_headed(heading, results.study_name), lines, table)


def search_card(search: Search) -> str:
    """Return a search's results, or before it ran its space, as HTML.

    Args:
        search: The search.
    """
    kind = type(search).__name__
    if search._results is not None:
        return results_card(search._results, kind)
    better = "lower" if search.mode == "min" else "higher"
    lines = [f"{search.metric} ({better} is better); not run yet"]
    rows = [[name, _described(dimension)] for name, dimension in search.search_space.items()]
    return _card(_headed(kind, search.study_name), lines, _table(["parameter", "values"], rows))


def _described(dimension: Any) -> str:
    choices = getattr(dimension, "choices", None)
    return repr(dimension) if choices is None else ", ".join(map(_shown, choices))


def _best_table(results: SearchResults, records: Sequence[TrialRecord]) -> str:
    names = list(dict.fromkeys(key for record in records for key in record.params))
    shown = names[:_MOST_PARAMS]
    head = ["trial", *(name for name, _ in results.objectives), *shown]
    rows = [
        [
            str(record.number),
            *(f"{value:.6g}" for value in record.values or ()),
            *(_shown(record.params[name]) if name in record.params else "" for name in shown),
        ]
        for record in records
    ]
    more = len(names) - len(shown)
    note = f"<div>and {more} more parameters</div>" if more else ""
    return _table(head, rows) + note


def _shown(value: Any) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else name_of(value)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _headed(kind: str, name: str | None) -> str:
    return f"{kind} {name}" if name else kind


def _card(heading: str, lines: Iterable[str], table: str) -> str:
    said = "".join(f"<div>{escape(line)}</div>" for line in lines)
    return f'<div style="{_CARD}"><b>{escape(heading)}</b>{said}{table}</div>'


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = "".join(
        f'<th style="{_CELL}" title="{escape(name)}">{escape(_cut(name))}</th>' for name in head
    )
    lines = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{escape(cell)}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    body = f"<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody>"
    return f'<table style="margin-top:6px">{body}</table>'


def _cut(name: str) -> str:
    """Return the end of a long dotted name, which tells more than its beginning."""
    return name if len(name) <= _WIDEST else f"…{name[1 - _WIDEST :]}"
