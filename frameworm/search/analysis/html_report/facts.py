"""What a report says in words: the summary, the space, failures, where it comes from."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from frameworm.core.durations import duration_text
from frameworm.core.json_values import name_of, text_of
from frameworm.errors import NoResultError
from frameworm.search.analysis.common_trait import common_trait
from frameworm.search.analysis.html_report.table import last_line
from frameworm.search.analysis.narrowing import narrower_space
from frameworm.search.results.config_yaml import config_yaml
from frameworm.search.space.dimensions import Categorical
from frameworm.search.space.yaml_text import space_yaml
from frameworm.trial.state import TrialState

if TYPE_CHECKING:
    from frameworm.search.analysis.verdict import Verdict
    from frameworm.search.results.results import SearchResults
    from frameworm.search.results.summary import SearchSummary
    from frameworm.search.space.dimensions import Dimension
    from frameworm.trial.record import TrialRecord

__all__ = [
    "best_html",
    "copied_html",
    "failures_html",
    "pairs_html",
    "provenance",
    "space_html",
    "suggestion_html",
    "tiles_html",
    "verdict_html",
]

_MOST_ERRORS = 8
_MOST_FRONT = 100
_PACKAGES = ("frameworm", "optuna", "torch", "numpy", "sqlalchemy")
_WORDS = {
    "COMPLETE": "complete",
    "FAIL": "failed",
    "PRUNED": "pruned",
}


def tiles_html(results: SearchResults, summary: SearchSummary) -> str:
    """Return the few numbers at the top of the page."""
    counts = ", ".join(
        f"{count:,} {_WORDS.get(state, state)}" for state, count in sorted(summary.counts.items())
    )
    tiles = [("trials", f"{summary.n_trials:,}", counts)]
    if not results.goals.is_single:
        front = len(results.pareto_front)
        searched = str(results.goals)
        tiles.insert(0, ("on the Pareto front", f"{front:,}", searched))
    elif summary.best_score is not None:
        better = "lower is better" if summary.mode == "min" else "higher is better"
        under = f"trial {summary.best_trial}; {better}"
        tiles.insert(0, (f"best {summary.metric}", f"{summary.best_score:.6g}", under))
    if summary.median is not None and results.goals.is_single:
        spread = "" if summary.std is None else f"mean {summary.mean:.4g} ± {summary.std:.3g}"
        tiles.append((f"median {summary.metric}", f"{summary.median:.5g}", spread))
    if summary.wall_seconds is not None:
        median = summary.median_seconds
        each = "" if median is None else f"{duration_text(median)} a trial"
        tiles.append(("from start to end", duration_text(summary.wall_seconds), each))
    return "".join(
        f'<div class="tile"><span>{escape(label)}</span><b>{escape(value)}</b>'
        f"<small>{escape(under)}</small></div>"
        for label, value, under in tiles
    )


def best_html(results: SearchResults, summary: SearchSummary) -> str:
    """Return the best configuration as YAML to copy, or the Pareto front as a table."""
    if not results.goals.is_single:
        return _front_html(results)
    if summary.best_trial is None:
        return "<p>No trial is complete.</p>"
    params = [(key, text_of(value)) for key, value in summary.best_params.items()]
    shown = copied_html(config_yaml(results.best_config), "Copy YAML")
    return f'<div class="best">{pairs_html(params)}{shown}</div>'


def _front_html(results: SearchResults) -> str:
    front = sorted(results.pareto_front, key=lambda r: results.goals.losses(r.values or ()))
    if not front:
        return "<p>No trial is complete.</p>"
    names = list(dict.fromkeys(key for record in front for key in record.params))
    head = ["trial", *results.goals.metrics, *names]
    rows = [
        [
            f'<button type="button" class="open" data-trial="{record.number}">'
            f"{record.number}</button>",
            *(escape(f"{value:.6g}") for value in record.values or ()),
            *(
                escape(text_of(record.params[name])) if name in record.params else ""
                for name in names
            ),
        ]
        for record in front[:_MOST_FRONT]
    ]
    more = len(front) - len(rows)
    rest = f"<p>and {more:,} more; the table of trials has all.</p>" if more else ""
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    return f'<div class="scroll front" tabindex="0">{table}</div>{rest}'


def verdict_html(found: Verdict) -> str:
    """Return what came of the search, warnings last."""
    lines = "".join(f"<li>{escape(line)}</li>" for line in found.findings)
    lines += "".join(f'<li class="warning">{escape(line)}</li>' for line in found.warnings)
    return f"<p><strong>{escape(found.headline)}</strong></p>" + (
        f"<ul>{lines}</ul>" if lines else ""
    )


def suggestion_html(results: SearchResults) -> str:
    """Return a narrower space for the next search, where one can be told; else nothing."""
    try:
        found = narrower_space(results)
    except NoResultError:
        return ""
    if found == dict(results.space) or not found:
        return ""
    return (
        "<section><h2>A narrower space for the next search</h2>"
        "<p>Where the best fifth of the trials lies. What they do not narrow is as it was.</p>"
        f"{copied_html(space_yaml(found), 'Copy YAML')}</section>"
    )


def copied_html(text: str, label: str) -> str:
    """Return text with a button that copies it."""
    return (
        f'<div class="yaml"><button type="button" class="copy">{escape(label)}</button>'
        f"<pre>{escape(text)}</pre></div>"
    )


def pairs_html(pairs: Iterable[tuple[str, str]]) -> str:
    """Return names and values as a table of two columns."""
    rows = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td>{escape(value)}</td></tr>"
        for name, value in pairs
    )
    return f'<table class="pairs">{rows}</table>' if rows else "<p>none</p>"


def space_html(results: SearchResults) -> str:
    """Return the search space."""
    return pairs_html((name, _described(dimension)) for name, dimension in results.space.items())


def _described(dimension: Dimension) -> str:
    if not isinstance(dimension, Categorical):
        return repr(dimension)
    # A function's repr is its address.
    return f"Categorical([{', '.join(map(_shown_choice, dimension.choices))}])"


def _shown_choice(choice: Any) -> str:
    return name_of(choice) if callable(choice) else repr(choice)


def failures_html(results: SearchResults) -> str:
    """Return the different errors, the most frequent first, what they share, and a traceback."""
    failed = [record for record in results.records if record.state is TrialState.FAIL]
    others = [record for record in results.records if record.state is not TrialState.FAIL]
    groups: dict[str, list[TrialRecord]] = {}
    for record in failed:
        groups.setdefault(last_line(record.error or "no reason is known"), []).append(record)
    ranked = sorted(groups.items(), key=lambda group: -len(group[1]))
    found = [_group_html(line, group, others) for line, group in ranked[:_MOST_ERRORS]]
    # The most frequent one is told at once, on paper too.
    found[:1] = [text.replace("<details>", "<details open>", 1) for text in found[:1]]
    more = len(groups) - len(found)
    rest = f"<p>and {more:,} other errors; the table has all.</p>" if more else ""
    trait = common_trait(failed, others) if len(groups) > 1 else None
    all_of_them = f"<p>Of all failed trials, {escape(str(trait))}.</p>" if trait else ""
    return all_of_them + "".join(found) + rest


def _group_html(line: str, group: Sequence[TrialRecord], others: Sequence[TrialRecord]) -> str:
    times = "once" if len(group) == 1 else f"{len(group):,} times"
    trait = common_trait(group, others)
    shared = f"<p>What they have in common: {escape(str(trait))}.</p>" if trait else ""
    first = group[0]
    text = (first.traceback or first.error or "")[-6000:]
    return (
        f"<details><summary>{times}: {escape(line)}</summary>{shared}"
        f"<p>trial {first.number}</p><pre>{escape(text)}</pre></details>"
    )


def provenance(results: SearchResults, now: datetime) -> list[tuple[str, str]]:
    """Return where results come from and what wrote the report.

    Args:
        results: The results.
        now: When the report is written.
    """
    from frameworm.experiment.provenance import git_state

    records = results.records
    starts = [record.started_at for record in records if record.started_at is not None]
    ends = [record.finished_at for record in records if record.finished_at is not None]
    workers = {record.worker for record in records if record.worker}
    hosts = sorted({worker.rpartition(":")[0] for worker in workers})
    retried = sum(record.attempts > 0 for record in records)
    git = git_state()
    facts: Sequence[tuple[str, str | None]] = [
        ("study", results.study_name),
        ("storage", results.storage),
        ("strategy", results.strategy),
        ("objective", "; ".join(f"{name} ({mode})" for name, mode in results.goals)),
        ("first start", f"{min(starts):%Y-%m-%d %H:%M:%S}" if starts else None),
        ("last end", f"{max(ends):%Y-%m-%d %H:%M:%S}" if ends else None),
        ("worker processes", f"{len(workers):,} on {_listed(hosts)}" if workers else None),
        ("started again", f"{retried:,} trials, after their process died" if retried else None),
        ("report written", f"{now:%Y-%m-%d %H:%M:%S}"),
        ("in the git commit", git.commit and git.commit + (" + changes" if git.is_dirty else "")),
        ("Python", f"{platform.python_version()} on {platform.platform()}"),
        *((name, _version(name)) for name in _PACKAGES),
    ]
    return [(name, value) for name, value in facts if value]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more hosts" if len(names) > 3 else "")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
