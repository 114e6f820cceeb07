"""A search in a few numbers, as a dataclass and as a table for the terminal."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from frameworm.core.durations import duration_text
from frameworm.core.json_values import text_of
from frameworm.search.results.results import SearchResults
from frameworm.trial.goals import Goals
from frameworm.trial.ranking import rank

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["SearchSummary", "front_table", "summarize", "summary_table"]

_MOST_FRONT = 20


@dataclass(frozen=True)
class SearchSummary:
    """What a search found.

    Attributes:
        study_name: The study's name, if it has one.
        strategy: How the points were chosen.
        goals: The metrics searched for.
        metric: The metric searched for; with several the first.
        mode: Whether less (``"min"``) or more (``"max"``) of it is better.
        n_trials: How many trials have finished.
        counts: How many of them ended in each state.
        best_trial: The best trial's number; like all that follows, ``None`` if there is none. With
            several objectives there is no best, and the scores are those of the first objective.
        best_score: Its score.
        best_params: Its parameters by dotted key; empty if there is none.
        mean: Mean of the finite scores.
        std: Their sample standard deviation; needs two.
        median: Their median.
        n_infinite: How many complete trials have an infinite score.
        n_front: With several objectives, how many trials the Pareto front has.
        best_of: With several objectives, the best value of each with the trial that has it, by
            metric; empty if no trial is complete.
        trial_seconds: Seconds of all trials together.
        median_seconds: Seconds of the median trial.
        wall_seconds: Seconds from the first start to the last end.
    """

    study_name: str | None
    strategy: str
    goals: Goals
    metric: str
    mode: str
    n_trials: int
    counts: Mapping[str, int]
    best_trial: int | None
    best_score: float | None
    best_params: Mapping[str, Any]
    mean: float | None
    std: float | None
    median: float | None
    n_infinite: int
    n_front: int | None
    best_of: Mapping[str, tuple[float, int]]
    trial_seconds: float | None
    median_seconds: float | None
    wall_seconds: float | None


def summarize(results: SearchResults) -> SearchSummary:
    """Return the summary of a search's results.

    Example:
        >>> results = SearchResults.from_dicts(
        ...     [{"params": {"lr": 0.1}, "score": 0.5}, {"params": {"lr": 0.2}, "score": 0.3}]
        ... )
        >>> summarize(results).best_score
        0.3
    """
    records = list(results.records)
    ranked = rank(records, results.mode)
    best = ranked[0] if ranked and results.goals.is_single else None
    scores = [record.score for record in ranked if record.score is not None]
    finite = [score for score in scores if math.isfinite(score)]
    seconds = [record.duration for record in records if record.duration is not None]
    starts = [record.started_at for record in records if record.started_at is not None]
    ends = [record.finished_at for record in records if record.finished_at is not None]
    return SearchSummary(
        study_name=results.study_name,
        strategy=results.strategy,
        goals=results.goals,
        metric=results.metric,
        mode=results.mode,
        n_trials=len(records),
        counts=dict(Counter(record.state.value for record in records)),
        best_trial=None if best is None else best.number,
        best_score=None if best is None else best.score,
        best_params={} if best is None else dict(best.params),
        mean=statistics.fmean(finite) if finite else None,
        std=statistics.stdev(finite) if len(finite) > 1 else None,
        median=statistics.median(finite) if finite else None,
        n_infinite=len(scores) - len(finite),
        n_front=len(results.pareto_front) if not results.goals.is_single else None,
        best_of={} if results.goals.is_single else _best_of(results),
        trial_seconds=sum(seconds) if seconds else None,
        median_seconds=statistics.median(seconds) if seconds else None,
        wall_seconds=(max(ends) - min(starts)).total_seconds() if starts and ends else None,
    )


def _best_of(results: SearchResults) -> dict[str, tuple[float, int]]:
    """Return the best value of each metric with its trial, from the front: it holds them all."""
    front = results.pareto_front.records
    found = {}
    for index, goal in enumerate(results.goals if front else ()):
        best = min(front, key=lambda record: goal.sign * (record.values or ())[index])
        assert best.values is not None
        found[goal.metric] = (best.values[index], best.number)
    return found


def summary_table(summary: SearchSummary) -> Table:
    """Return the table `SearchAnalyzer.print_summary` prints.

    Returns:
        A rich table. Names and values are shown as they are, never read as markup.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    title = f"Search {summary.study_name}" if summary.study_name else "Search"
    strategy = f" ({summary.strategy})" if summary.strategy else ""
    # No box to the sides: the lines are read in pipes and logs too.
    table = Table(
        title=Text(f"{title}{strategy}"), title_justify="left", show_header=False, box=box.SIMPLE
    )
    table.add_column(max_width=36, overflow="fold")
    table.add_column(overflow="fold")
    for label, value in _rows(summary):
        table.add_row(Text(label), Text(value))
    return table


def front_table(results: SearchResults) -> Table:
    """Return the Pareto front as a table, the best in the first metric first.

    Args:
        results: A search for several metrics.

    Returns:
        A rich table: of each trial its number, every metric searched for and its parameters.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    front = sorted(results.pareto_front, key=lambda r: results.goals.losses(r.values or ()))
    names = list(dict.fromkeys(key for record in front for key in record.params))
    table = Table(title=Text("Pareto front"), title_justify="left", box=box.SIMPLE, show_edge=False)
    for name in ("trial", *results.goals.metrics):
        table.add_column(Text(name), justify="right", overflow="fold")
    table.add_column(Text("parameters"), overflow="fold")
    for record in front[:_MOST_FRONT]:
        known = (f"{n}={text_of(record.params[n])}" for n in names if n in record.params)
        values = [f"{value:.6g}" for value in record.values or ()]
        # A number is never cut in two: what does not fit is in the parameters.
        cells = [Text(text, no_wrap=True) for text in (str(record.number), *values)]
        table.add_row(*cells, Text(", ".join(known)))
    if len(front) > _MOST_FRONT:
        table.caption = f"and {len(front) - _MOST_FRONT:,} more"
    return table


def _rows(summary: SearchSummary) -> list[tuple[str, str]]:
    states = ", ".join(f"{count} {state}" for state, count in sorted(summary.counts.items()))
    better = {"min": "lower", "max": "higher"}
    metrics = ", ".join(f"{metric} ({better[mode]} is better)" for metric, mode in summary.goals)
    is_single = summary.goals.is_single
    rows = [
        ("trials", f"{summary.n_trials}" + (f": {states}" if states else "")),
        ("metric" if is_single else "metrics", metrics),
    ]
    if summary.n_front:
        are = "trial" if summary.n_front == 1 else "trials"
        rows.append(("Pareto front", f"{summary.n_front} {are}"))
        for metric, (score, number) in summary.best_of.items():
            rows.append((f"  best {metric}", f"{score:.6g} (trial {number})"))
    elif summary.best_score is None:
        return [*rows, ("best", "no trial is complete")]
    else:
        rows.append(("best", f"{summary.best_score:.6g} (trial {summary.best_trial})"))
        rows += [(f"  {key}", text_of(value)) for key, value in summary.best_params.items()]
    if summary.mean is not None:
        spread = "" if summary.std is None else f" ± {summary.std:.4g}"
        of = "" if is_single else f" of {summary.metric}"
        rows.append((f"mean ± std{of}", f"{summary.mean:.6g}{spread}"))
        rows.append((f"median{of}", f"{summary.median:.6g}"))
    if summary.n_infinite:
        rows.append(("infinite", f"{summary.n_infinite} scores, not in the mean and median"))
    for label, seconds in (
        ("median trial", summary.median_seconds),
        ("all trials", summary.trial_seconds),
        ("start to end", summary.wall_seconds),
    ):
        if seconds is not None:
            rows.append((label, duration_text(seconds)))
    return rows
