"""The points a study has, while a grid is planned beside them."""

from __future__ import annotations

from frameworm_optuna.plan.planner import Evaluated
from frameworm_optuna.plan.study_points import PointKey

__all__ = ["SeenPoints"]


class SeenPoints:
    """Reads a study's points only when somebody else may have added some.

    Args:
        evaluated: Reads them.
    """

    def __init__(self, evaluated: Evaluated) -> None:
        self._evaluated = evaluated
        self._points: set[PointKey] = set()
        self._expected: tuple[int, int] | None = None

    def at(self, count: int, planned: int) -> set[PointKey]:
        """Return the points there are, but for those planned since the last look.

        Args:
            count: How many trials the study has.
            planned: How many points of the grid are planned.
        """
        # Equal counts mean that every trial is a point of the grid, so none needs a look.
        if count != planned and (count, planned) != self._expected:
            self._points = self._evaluated()
        return self._points

    def expect(self, count: int, planned: int) -> None:
        """Take note of how many trials and points there will be, if nobody else adds any.

        The points written till then are none of those that come after them.
        """
        self._expected = count, planned
