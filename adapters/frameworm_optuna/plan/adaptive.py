"""An adaptive strategy plans nothing ahead: its trials are asked for one at a time."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from optuna.samplers import BaseSampler

from frameworm.search.space.spaces import Dimension
from frameworm.search.study.strategy import Adaptive, Random
from frameworm_optuna.ledger.protocol import PlanChunk
from frameworm_optuna.plan.random import RandomPlanner
from frameworm_optuna.translate.samplers import make_sampler

__all__ = ["AdaptivePlanner"]


class AdaptivePlanner:
    """What a study needs to know of a strategy whose points depend on the scores so far.

    Args:
        strategy: Number of trials, seed and sampler.
        space: The dimensions.
    """

    digest: str = ""

    def __init__(self, strategy: Adaptive, space: Mapping[str, Dimension]) -> None:
        self._strategy = strategy
        self._space = space
        self._random = RandomPlanner(Random(strategy.n_trials, strategy.seed), space)

    @functools.cached_property
    def sampler(self) -> BaseSampler:
        """The same sampler, for plain Optuna."""
        return make_sampler(self._strategy, self._strategy.seed, self._space)

    @property
    def total(self) -> int:
        """The trials asked for."""
        return self._strategy.n_trials

    @property
    def below(self) -> int | None:
        """``n_trials`` counts every trial of the study, so numbers past it stay untouched."""
        return self._strategy.n_trials

    def next_chunk(self, count: int, planned: int) -> PlanChunk | None:
        """Return nothing: no point is known ahead."""
        del count, planned
        return None

    def point(self, number: int) -> dict[str, float]:
        """Return a random point: what an enqueued trial lacks is filled in from it."""
        return self._random.point(number)
