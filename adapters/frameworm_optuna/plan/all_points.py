"""The points of a discrete space, as far as they can be counted off."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Collection, Mapping
from typing import Any

from frameworm.search.space.grid_points import grid_points
from frameworm.search.space.spaces import Categorical, Dimension, Integer
from frameworm_optuna.translate.distributions import to_internal

__all__ = ["AllPoints"]

_COUNTED = 100_000
"""In a larger space no search comes to an end, and a random point is hardly ever taken."""


class AllPoints:
    """Every point of a space that may be tried.

    Args:
        space: The dimensions, all of them discrete.
        axes: The values of each.
        feasible: Whether a point may be tried; ``None`` allows all.
    """

    def __init__(
        self,
        space: Mapping[str, Dimension],
        axes: Mapping[str, list[Any]],
        feasible: Callable[[Mapping[str, Any]], bool] | None,
    ) -> None:
        self._space = space
        self._axes = axes
        self._feasible = feasible
        # A space without conditions and constraints need not be gone through to be counted.
        is_product = feasible is None and not any(each.when for each in space.values())
        self._product = math.prod(map(len, axes.values())) if is_product else None

    @classmethod
    def of(
        cls,
        space: Mapping[str, Dimension],
        feasible: Callable[[Mapping[str, Any]], bool] | None,
    ) -> AllPoints | None:
        """Return the points of a discrete space; ``None`` if there are too many to go through."""
        if math.prod(_size(each) for each in space.values()) > _COUNTED:
            return None
        return cls(space, {key: _values(each) for key, each in space.items()}, feasible)

    @functools.cached_property
    def _points(self) -> list[dict[str, float]]:
        return [
            {key: to_internal(self._space[key], value) for key, value in point.items()}
            for point in grid_points(self._space, self._axes, self._feasible)
        ]

    def is_exhausted(self, tried: Collection[frozenset[tuple[str, float]]]) -> bool:
        """Whether every point was tried."""
        if len(tried) < (len(self._points) if self._product is None else self._product):
            return False
        # Points of an earlier space, or added from elsewhere, may be among those tried.
        return not self.left(tried)

    def left(self, tried: Collection[frozenset[tuple[str, float]]]) -> list[dict[str, float]]:
        """Return the points, in internal numbers, that were not tried."""
        return [point for point in self._points if frozenset(point.items()) not in tried]


def _size(dimension: Dimension) -> int:
    if isinstance(dimension, Categorical):
        return len(dimension.choices)
    return round((dimension.high - dimension.low) / (dimension.step or 1)) + 1


def _values(dimension: Dimension) -> list[Any]:
    if isinstance(dimension, Categorical):
        return list(dimension.choices)
    if isinstance(dimension, Integer):
        return list(range(dimension.low, dimension.high + 1, dimension.step))
    return dimension.get_grid_values(_size(dimension))
