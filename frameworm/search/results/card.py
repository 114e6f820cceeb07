"""What a notebook shows for results and searches: a small card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from frameworm.core.json_values import text_of
from frameworm.search.results.facts import StudyFacts
from frameworm.search.space.dimensions import Dimension
from frameworm.trial.goals import Goals
from frameworm.trial.ranking import nondominated, rank
from frameworm.trial.record import TrialRecord

__all__ = ["results_card", "space_card"]

_ROWS = 5
_MOST_PARAMS = 8
_WIDEST = 32
# Half clear greys and inherited ink suit light and dark notebooks alike.
_CARD = "border:1px solid #8886;border-radius:6px;padding:10px 14px;max-width:900px;overflow-x:auto"
_CELL = "text-align:left;padding:2px 12px 2px 0;white-space:nowrap"


def results_card(
    facts: StudyFacts, records: Sequence[TrialRecord], heading: str = "Search results"
) -> str:
    """Return the best, the counts and the five best trials as HTML.

    Args:
        facts: What the search was about.
        records: Its finished trials.
        heading: What the card is headed, before the study's name.
    """
    count = len(records)
    states = Counter(record.state.value for record in records)
    listed = ", ".join(f"{number:,} {state}" for state, number in sorted(states.items()))
    lines = [f"{count:,} trial{'' if count == 1 else 's'}" + (f": {listed}" if listed else "")]
    if facts.goals.is_single:
        metric, mode = facts.goals.first
        best = rank(records, mode)
        better = "lower" if mode == "min" else "higher"
        found = f"best {metric} {best[0].score:.6g}" if best else "no trial is complete"
        lines.append(f"{found} ({better} is better)")
    else:
        best = nondominated(records, facts.goals)
        lines.append(f"{len(best):,} on the Pareto front of {facts.goals}")
    table = _best_table(facts.goals, best[:_ROWS]) if best else ""
    return _card(_headed(heading, facts.study_name), lines, table)


def space_card(
    heading: str, study_name: str | None, goals: Goals, space: Mapping[str, Dimension]
) -> str:
    """Return the space of a search that has not run yet as HTML.

    Args:
        heading: The kind of search.
        study_name: The name its study will have, if it is known.
        goals: The metrics searched for.
        space: The dimensions by dotted key.
    """
    rows = [[name, _described(dimension)] for name, dimension in space.items()]
    table = _table(["parameter", "values"], rows)
    return _card(_headed(heading, study_name), [f"{goals}; not run yet"], table)


def _described(dimension: Any) -> str:
    choices = getattr(dimension, "choices", None)
    return repr(dimension) if choices is None else ", ".join(map(_shown, choices))


def _best_table(goals: Goals, records: Sequence[TrialRecord]) -> str:
    names = list(dict.fromkeys(key for record in records for key in record.params))
    shown = names[:_MOST_PARAMS]
    head = ["trial", *goals.metrics, *shown]
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
    text = text_of(value)
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
