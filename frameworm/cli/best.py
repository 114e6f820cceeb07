"""The best of a study: one trial, or with several metrics the Pareto front."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from frameworm.cli.screen import facts, jsonable, value
from frameworm.cli.table import table
from frameworm.core.json_values import text_of
from frameworm.errors import NoResultError
from frameworm.search.space.dimensions import Categorical

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from frameworm.search.results.results import SearchResults
    from frameworm.search.space.dimensions import Dimension
    from frameworm.trial.goals import Goals
    from frameworm.trial.record import TrialRecord

__all__ = ["best_json", "best_parts", "best_records", "by_first", "trials_table"]


def best_records(results: SearchResults) -> list[TrialRecord]:
    """Return the best trial, or with several metrics the Pareto front, best in the first first.

    Args:
        results: A study's results.

    Raises:
        NoResultError: If no trial is complete.
    """
    if results.goals.is_single:
        return [results.best]
    front = by_first(results.pareto_front.records, results.goals)
    if not front:
        raise NoResultError("The best needs a complete trial, and there is none.")
    return front


def by_first(front: Sequence[TrialRecord], goals: Goals) -> list[TrialRecord]:
    """Return the trials of a front in the order of their first metric.

    Args:
        front: Complete trials.
        goals: The metrics searched for.
    """
    return sorted(front, key=lambda record: goals.losses(record.values or ()))


def best_parts(results: SearchResults) -> list[RenderableType]:
    """Return what to show of the best.

    Args:
        results: A study's results.

    Raises:
        NoResultError: If no trial is complete.
    """
    best = best_records(results)
    if not results.goals.is_single:
        title = f"Pareto front, {len(best):,} {'trial' if len(best) == 1 else 'trials'}"
        return [title, trials_table(best, results.goals, results.space)]
    (record,) = best
    shown = [(f"best {results.metric}", f"{value(record.score)} (trial {record.number})")]
    for key in [*results.space, *(key for key in record.params if key not in results.space)]:
        if key in record.params:
            shown.append((f"  {key}", text_of(record.params[key])))
    return [facts(shown)]


def best_json(results: SearchResults) -> Any:
    """Return the best trial for a program; with several metrics a list of the Pareto front's.

    Args:
        results: A study's results.

    Raises:
        NoResultError: If no trial is complete.
    """
    documents = [
        {
            "trial": record.number,
            "scores": jsonable(dict(zip(results.goals.metrics, record.values or (), strict=True))),
            "params": jsonable(dict(record.params)),
            "metrics": jsonable(dict(record.metrics)),
            "config": jsonable(results.config_of(record).to_dict()),
        }
        for record in best_records(results)
    ]
    return documents[0] if results.goals.is_single else documents


def trials_table(
    records: Sequence[TrialRecord],
    goals: Goals,
    space: Mapping[str, Dimension],
    times: Sequence[str] = (),
) -> RenderableType:
    """Return trials with their scores and parameters, a row each.

    Args:
        records: The trials; of a running one the last reported value stands for its score.
        goals: The metrics searched for.
        space: The dimensions by dotted key.
        times: How long each took; left out if there are none.
    """
    names = list(goals.metrics)
    keys = [*space, *dict.fromkeys(key for r in records for key in r.params if key not in space)]
    rows = []
    for index, record in enumerate(records):
        scores = [value(score) for score in record.values or [None] * len(names)]
        if record.values is None and record.intermediate:
            scores[0] = value(record.intermediate[max(record.intermediate)])
        params = [text_of(record.params[key]) if key in record.params else "" for key in keys]
        rows.append([str(record.number), *scores, *times[index : index + 1], *params])
    right = [key for key in keys if not isinstance(space.get(key), Categorical)]
    timed = ["time"] if times else []
    return table(
        ["trial", *names, *timed, *keys], rows, ["trial", *names, *timed, *right], optional=keys
    )
