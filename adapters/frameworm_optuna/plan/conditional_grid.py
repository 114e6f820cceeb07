"""Plan a grid whose parameters depend on each other or that constraints thin out."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from optuna.samplers import RandomSampler

from frameworm.search.space.grid_points import grid_points
from frameworm.search.space.spaces import Dimension
from frameworm.search.study.strategy import Grid
from frameworm_optuna.ledger.protocol import PlanChunk, Point
from frameworm_optuna.plan.planner import CHUNK, Evaluated
from frameworm_optuna.plan.seen_points import SeenPoints
from frameworm_optuna.plan.study_points import point_key
from frameworm_optuna.translate.distributions import to_internal

__all__ = ["ConditionalGridPlanner"]


class ConditionalGridPlanner:
    """The combinations that exist and may be tried, shuffled by the seed.

    Optuna's ``GridSampler`` knows only full products, so plain Optuna works off what is planned
    here and then draws at random.

    Args:
        strategy: The axes and the seed.
        space: The dimensions with their conditions.
        feasible: Whether a combination may be tried.
        evaluated: Returns the points the study already has.
    """

    below: int | None = None

    def __init__(
        self,
        strategy: Grid,
        space: Mapping[str, Dimension],
        feasible: Callable[[Mapping[str, Any]], bool] | None,
        evaluated: Evaluated,
    ) -> None:
        self._strategy = strategy
        self._space = space
        self._feasible = feasible
        self._seen = SeenPoints(evaluated)

    @functools.cached_property
    def _points(self) -> list[dict[str, float]]:
        points = [
            {name: to_internal(self._space[name], value) for name, value in sorted(point.items())}
            for point in grid_points(self._space, self._strategy.axes, self._feasible)
        ]
        order = np.random.RandomState(self._strategy.seed).permutation(len(points))
        return [points[index] for index in order]

    @functools.cached_property
    def sampler(self) -> RandomSampler:
        """What plain Optuna draws from once the plan is worked off."""
        return RandomSampler(seed=self._strategy.seed)

    @functools.cached_property
    def digest(self) -> str:
        """Tells these points from those that other constraints leave."""
        return hashlib.sha256(json.dumps(self._points).encode()).hexdigest()[:16]

    @property
    def total(self) -> int:
        """The number of points."""
        return len(self._points)

    def next_chunk(self, count: int, planned: int) -> PlanChunk | None:
        """Return the next points the study does not have yet."""
        if planned >= self.total:
            return None
        done = self._seen.at(count, planned)
        last = min(self.total, planned + CHUNK)
        fresh = [point for point in self._points[planned:last] if point_key(point) not in done]
        self._seen.expect(count + len(fresh), last)
        return PlanChunk([Point(point) for point in fresh], last)

    def point(self, number: int) -> dict[str, float]:
        """Return the point of one number, in internal numbers, sorted by name."""
        return dict(self._points[number % self.total])
