"""Plan grid search with Optuna's ``GridSampler``."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from optuna.samplers import GridSampler

from frameworm.search.space.spaces import Dimension
from frameworm.search.study.strategy import Grid
from frameworm_optuna.ledger.protocol import PlanChunk, Point
from frameworm_optuna.plan.planner import CHUNK, Evaluated
from frameworm_optuna.plan.seen_points import SeenPoints
from frameworm_optuna.plan.study_points import point_key
from frameworm_optuna.translate.distributions import choice_tokens, to_internal

__all__ = ["GridPlanner"]


class GridPlanner:
    """The points of Optuna's ``GridSampler(space, seed)``, in its order and under its ids.

    Args:
        strategy: The axes and the seed.
        space: The dimensions.
        evaluated: Returns the points the study already has.
    """

    digest: str = ""

    def __init__(
        self,
        strategy: Grid,
        space: Mapping[str, Dimension],
        evaluated: Evaluated,
    ) -> None:
        self.axes = {name: _stored(space[name], values) for name, values in strategy.axes.items()}
        self._strategy = strategy
        self._space = space
        self._seen = SeenPoints(evaluated)
        self._internal = {
            name: {
                _key(stored): to_internal(space[name], value)
                for stored, value in zip(self.axes[name], values, strict=False)
            }
            for name, values in strategy.axes.items()
        }

    @functools.cached_property
    def sampler(self) -> GridSampler:
        """Optuna's sampler over the same grid."""
        return GridSampler(self.axes, seed=self._strategy.seed)

    @property
    def total(self) -> int:
        """The number of points."""
        return len(self._strategy)

    @property
    def below(self) -> int | None:
        """All waiting trials are worked off."""
        return None

    def next_chunk(self, count: int, planned: int) -> PlanChunk | None:
        """Return the next points the study does not have yet."""
        if planned >= self.total:
            return None
        done = self._seen.at(count, planned)
        attrs = {"search_space": self.search_space}
        last = min(self.total, planned + CHUNK)
        points = [
            Point(point, {**attrs, "grid_id": grid_id})
            for grid_id in range(planned, last)
            if point_key(point := self.point(grid_id)) not in done
        ]
        self._seen.expect(count + len(points), last)
        return PlanChunk(points, last)

    def point(self, number: int) -> dict[str, float]:
        """Return the point of one grid id, in internal numbers, sorted by name."""
        left = int(self._order[number % self.total])
        point = {}
        for name in reversed(self.search_space):
            values = self.search_space[name]
            left, place = divmod(left, len(values))
            point[name] = self._internal[name][_key(values[place])]
        return dict(reversed(point.items()))

    @functools.cached_property
    def search_space(self) -> dict[str, list[Any]]:
        """The axes as ``GridSampler`` keeps them with each trial: sorted by name."""
        return dict(sorted(self.axes.items()))

    @functools.cached_property
    def _order(self) -> npt.NDArray[np.intp]:
        """Where each grid id's point stands in the product of the axes.

        ``GridSampler`` shuffles the list of all points; a shuffled array of their places is the
        same order in a twentieth of the memory, which counts for a grid of a million.
        """
        order = np.arange(self.total)
        np.random.RandomState(self._strategy.seed or 0).shuffle(order)
        return order


def _key(stored: Any) -> tuple[str, Any]:
    return type(stored).__name__, stored


def _stored(dimension: Dimension, values: tuple[Any, ...]) -> list[Any]:
    choices = getattr(dimension, "choices", None)
    if choices is None:
        return list(values)
    tokens = choice_tokens(choices)
    return [tokens[int(to_internal(dimension, value))] for value in values]
