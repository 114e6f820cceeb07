"""Plan random search with Optuna's ``RandomSampler``."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
from optuna.samplers import RandomSampler

from frameworm.search.space.spaces import Dimension
from frameworm.search.study.strategy import Random
from frameworm_optuna.ledger.protocol import PlanChunk, Point
from frameworm_optuna.plan.draws import Draws
from frameworm_optuna.plan.planner import CHUNK
from frameworm_optuna.translate.distributions import to_distribution

__all__ = ["RandomPlanner"]


class RandomPlanner:
    """Trial ``i`` gets what ``RandomSampler`` draws from ``SeedSequence([seed, i])``.

    Args:
        strategy: Number of trials and seed.
        space: The dimensions.
    """

    digest: str = ""

    def __init__(self, strategy: Random, space: Mapping[str, Dimension]) -> None:
        self._strategy = strategy
        # Sorted, so that a space written in another order draws the same points.
        self._draws = Draws({name: to_distribution(space[name]) for name in sorted(space)})

    @functools.cached_property
    def sampler(self) -> RandomSampler:
        """Optuna's sampler for the trials past this plan."""
        return RandomSampler(seed=self._strategy.seed)

    @property
    def total(self) -> int:
        """The trials asked for."""
        return self._strategy.n_trials

    @property
    def below(self) -> int | None:
        """``n_trials`` counts every trial of the study, so numbers past it stay untouched."""
        return self._strategy.n_trials

    def next_chunk(self, count: int, planned: int) -> PlanChunk | None:
        """Return the next trials: the number of a trial is the index of its point."""
        del planned
        last = min(self._strategy.n_trials, count + CHUNK)
        if count >= last:
            return None
        return PlanChunk([Point(self.point(number)) for number in range(count, last)], last)

    def point(self, number: int) -> dict[str, float]:
        """Return the point of one trial number, in internal numbers."""
        words = np.random.SeedSequence([self._strategy.seed, number]).generate_state(1)
        return self._draws.point(int(words[0]))
