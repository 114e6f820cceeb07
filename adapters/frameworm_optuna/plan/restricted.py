"""Keep drawn points to the parameters that count and to the constraints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from optuna.samplers import BaseSampler

from frameworm.errors import SpaceError
from frameworm.search.space.conditions import active
from frameworm.search.space.spaces import Dimension
from frameworm.search.study.strategy import Random
from frameworm_optuna.ledger.protocol import PlanChunk, Point
from frameworm_optuna.plan.planner import Planner
from frameworm_optuna.plan.random import RandomPlanner
from frameworm_optuna.translate.distributions import from_internal

__all__ = ["RestrictedPlanner"]

_TRIES = 1000


class RestrictedPlanner:
    """Leaves out parameters that do not count, and draws anew what may not be tried.

    The ``k``-th new draw of trial ``i`` depends on the seed, ``i`` and ``k`` alone, so a plan stays
    a function of seed and number.

    Args:
        planner: Draws the first point of each trial.
        space: The dimensions with their conditions.
        seed: The search's seed.
        feasible: Whether a configuration may be tried; ``None`` allows all.
    """

    digest: str = ""

    def __init__(
        self,
        planner: Planner,
        space: Mapping[str, Dimension],
        seed: int,
        feasible: Callable[[Mapping[str, Any]], bool] | None,
    ) -> None:
        self._planner = planner
        self._space = space
        self._seed = seed
        self._feasible = feasible

    @property
    def sampler(self) -> BaseSampler:
        """What plain Optuna would use to go on with the study; it knows no constraints."""
        return self._planner.sampler

    @property
    def total(self) -> int:
        """How many trials the study shall have in all."""
        return self._planner.total

    @property
    def below(self) -> int | None:
        """Only trials with a smaller number are worked off."""
        return self._planner.below

    def next_chunk(self, count: int, planned: int) -> PlanChunk | None:
        """Return what to write next, given the trials there are and the points planned."""
        chunk = self._planner.next_chunk(count, planned)
        if chunk is None:
            return None
        points = [
            Point(self._admit(number, point.values), point.attrs)
            for number, point in enumerate(chunk.points, start=count)
        ]
        return PlanChunk(points, chunk.planned)

    def point(self, number: int) -> dict[str, float]:
        """Return the point of one trial number, in internal numbers."""
        return self._admit(number, self._planner.point(number))

    def _admit(self, number: int, drawn: Mapping[str, float]) -> dict[str, float]:
        for attempt in range(1, _TRIES + 1):
            values = {name: from_internal(self._space[name], drawn[name]) for name in drawn}
            params = active(self._space, values)
            if self._feasible is None or self._feasible(params):
                return {name: drawn[name] for name in params}
            # The word 2 keeps these draws apart from the first ones and from the trials' seeds.
            words = np.random.SeedSequence([self._seed, 2, attempt]).generate_state(1)
            drawn = RandomPlanner(Random(number + 1, int(words[0])), self._space).point(number)
        raise SpaceError(
            f"None of {_TRIES} draws for trial {number} meets the constraints; loosen them or "
            "narrow the search space to where they hold."
        )
