"""The best seen so far: one score, or the front of several objectives."""

from __future__ import annotations

import math
from collections.abc import Sequence

from frameworm.trial.goals import Mode
from frameworm.trial.ranking import dominates

__all__ = ["Incumbent"]


class Incumbent:
    """Keeps the best values seen.

    Args:
        modes: Whether less or more of each objective is better.

    Example:
        >>> incumbent = Incumbent(["max"])
        >>> incumbent.improve([0.5]), incumbent.improve([0.4]), incumbent.improve([0.6])
        (True, False, True)
    """

    def __init__(self, modes: Sequence[Mode]) -> None:
        self._signs = [1.0 if mode == "min" else -1.0 for mode in modes]
        self._front: list[tuple[float, ...]] = []

    def __len__(self) -> int:
        """Return the number of best points: with one objective 0 or 1."""
        return len(self._front)

    def improve(self, values: Sequence[float]) -> bool:
        """Take up a trial's values; return whether no earlier ones were as good."""
        point = tuple(sign * value for sign, value in zip(self._signs, values, strict=True))
        if any(map(math.isnan, point)) or any(
            best == point or dominates(best, point) for best in self._front
        ):
            return False
        self._front = [best for best in self._front if not dominates(point, best)] + [point]
        return True

    def reaches(self, value: float, target: float) -> bool:
        """Whether a first objective value is at least as good as a target."""
        return self._signs[0] * value <= self._signs[0] * target
