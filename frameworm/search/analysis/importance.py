"""What the engine can work out of results: importance and hypervolumes."""

from __future__ import annotations

from collections.abc import Sequence

from frameworm.errors import NoResultError, SearchArgumentError
from frameworm.search.results.results import SearchResults
from frameworm.search.study.entry_point import find_backend

__all__ = ["hypervolumes", "importance"]


def importance(results: SearchResults, evaluator: str = "ped-anova") -> dict[str, float]:
    """Return how much each parameter explains of the score, largest first.

    Args:
        results: The trials; only complete ones count.
        evaluator: ``"ped-anova"``, ``"fanova"`` or ``"mdi"``.

    Returns:
        Shares that sum to 1, by parameter.

    Raises:
        NoResultError: If there are too few complete trials, or they do not differ.
        SearchArgumentError: If there is no such evaluator.
    """
    if evaluator not in ("ped-anova", "fanova", "mdi"):
        raise SearchArgumentError(
            f"evaluator is 'ped-anova', 'fanova' or 'mdi', got {evaluator!r}."
        )
    records = [record for record in results.records if record.score is not None]
    if len(records) < 2:
        raise NoResultError(
            f"Importance needs at least 2 complete trials, there are {len(records)}."
        )
    return find_backend().importance(records, results.space, results.mode, evaluator)


def hypervolumes(points: Sequence[Sequence[float]], reference: Sequence[float]) -> list[float]:
    """Return the hypervolume dominated by the first 1, 2, ... points.

    Args:
        points: Losses, less is better; points with NaN count for nothing.
        reference: The corner up to which volume counts.
    """
    return find_backend().hypervolumes(points, reference)
