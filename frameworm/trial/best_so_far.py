"""The best seen so far: one score, or the front of several metrics."""

from __future__ import annotations

import math
from collections.abc import Sequence

from frameworm.trial.goals import Goals
from frameworm.trial.ranking import dominates

__all__ = ["BestSoFar"]


class BestSoFar:
    """Keeps the best values seen.

    Args:
        goals: The metrics searched for.

    Example:
        >>> best = BestSoFar(Goals.of("accuracy", "max"))
        >>> best.improve([0.5]), best.improve([0.4]), best.improve([0.6])
        (True, False, True)
    """

    def __init__(self, goals: Goals) -> None:
        self._goals = goals
        self._front: list[tuple[float, ...]] = []

    def __len__(self) -> int:
        """Return the number of best points: with one metric 0 or 1."""
        return len(self._front)

    def improve(self, values: Sequence[float]) -> bool:
        """Take up a trial's values; return whether no earlier ones were as good."""
        point = self._goals.losses(values)
        if any(map(math.isnan, point)) or any(
            best == point or dominates(best, point) for best in self._front
        ):
            return False
        self._front = [best for best in self._front if not dominates(point, best)] + [point]
        return True

    def reaches(self, value: float, target: float) -> bool:
        """Whether a value of the first metric is at least as good as a target."""
        sign = self._goals.first.sign
        return sign * value <= sign * target
