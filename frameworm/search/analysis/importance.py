"""What the engine can work out of results: importance and hypervolumes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from frameworm.errors import NoResultError, SearchArgumentError
from frameworm.search.results.results import SearchResults
from frameworm.search.study.entry_point import find_backend

__all__ = ["hypervolumes", "importance"]


def importance(
    results: SearchResults, evaluator: str = "ped-anova", metric: str | None = None
) -> dict[str, float]:
    """Return how much each parameter explains of a metric, largest first.

    Args:
        results: The trials; only complete ones count.
        evaluator: ``"ped-anova"``, ``"fanova"`` or ``"mdi"``.
        metric: One of the metrics searched for; by default the first.

    Returns:
        Shares that sum to 1, by parameter.

    Raises:
        NoResultError: If there are too few complete trials, or they do not differ.
        SearchArgumentError: If there is no such evaluator, or the metric is not searched for.
    """
    if evaluator not in ("ped-anova", "fanova", "mdi"):
        raise SearchArgumentError(
            f"evaluator is 'ped-anova', 'fanova' or 'mdi', got {evaluator!r}."
        )
    goal = results.goals.first if metric is None else results.goals.named(metric)
    place = results.goals.index(goal)
    found = [(record, record.value(place)) for record in results.records]
    records = [
        replace(record, values=(value,))
        for record, value in found
        if value is not None and math.isfinite(value)
    ]
    if len(records) < 2:
        raise NoResultError(
            f"Importance needs at least 2 complete trials with a finite {goal.metric}, there are "
            f"{len(records)}."
        )
    if len({record.values for record in records}) == 1:
        raise NoResultError(
            f"Importance needs trials that differ, but {goal.metric} is {records[0].score:.5g} in "
            f"all {len(records)} complete trials."
        )
    return find_backend().importance(records, results.space, goal.mode, evaluator)


def hypervolumes(points: Sequence[Sequence[float]], reference: Sequence[float]) -> list[float]:
    """Return the hypervolume dominated by the first 1, 2, ... points.

    Args:
        points: Losses, less is better; points with NaN count for nothing.
        reference: The corner up to which volume counts.
    """
    return find_backend().hypervolumes(points, reference)
