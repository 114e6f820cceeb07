"""Plan a quasi-random search: a scrambled Sobol sequence."""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Mapping

import numpy as np
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import QMCSampler

from frameworm.search.space.spaces import Dimension
from frameworm.search.study.strategy import QuasiRandom
from frameworm_optuna.ledger.protocol import PlanChunk, Point
from frameworm_optuna.plan.planner import CHUNK
from frameworm_optuna.translate.distributions import to_distribution

__all__ = ["QuasiRandomPlanner", "at_share"]


class QuasiRandomPlanner:
    """Trial ``i`` gets the ``i``-th point of a Sobol sequence scrambled by the seed.

    Sobol 1967, scrambled as Matousek 1998 does (``scipy.stats.qmc.Sobol``). Each parameter takes
    one dimension of the sequence; a choice takes an equal share of it.

    Args:
        strategy: Number of trials and seed.
        space: The dimensions.
    """

    digest: str = ""

    def __init__(self, strategy: QuasiRandom, space: Mapping[str, Dimension]) -> None:
        self._strategy = strategy
        # Sorted, so that a space written in another order gives the same points.
        self._distributions = {name: to_distribution(space[name]) for name in sorted(space)}

    @functools.cached_property
    def sampler(self) -> QMCSampler:
        """Optuna's own quasi-random sampler, for trials past this plan."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            return QMCSampler(
                scramble=True, seed=self._strategy.seed, warn_independent_sampling=False
            )

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
        last = min(self.total, count + CHUNK)
        if count >= last:
            return None
        return PlanChunk([Point(point) for point in self._points(count, last)], last)

    def point(self, number: int) -> dict[str, float]:
        """Return the point of one trial number, in internal numbers."""
        return self._points(number, number + 1)[0]

    def _points(self, first: int, last: int) -> list[dict[str, float]]:
        from scipy.stats import qmc

        seed = np.random.default_rng(self._strategy.seed)
        sequence = qmc.Sobol(len(self._distributions), scramble=True, seed=seed)
        if first:
            sequence.fast_forward(first)
        with warnings.catch_warnings():
            # SciPy would have a power of two of them, for the balance of the whole.
            warnings.simplefilter("ignore", UserWarning)
            shares = sequence.random(last - first)
        return [
            {
                name: at_share(distribution, float(share))
                for (name, distribution), share in zip(
                    self._distributions.items(), row, strict=True
                )
            }
            for row in shares
        ]


@functools.singledispatch
def at_share(distribution: BaseDistribution, share: float) -> float:
    """Return the internal number below which a share of a distribution lies.

    Args:
        distribution: Any of Optuna's distributions.
        share: From 0 to 1, 1 excluded.

    Raises:
        TypeError: If the distribution is of none of the known kinds.
    """
    raise TypeError(f"No quasi-random values for {distribution!r} at {share}.")


@at_share.register
def _(distribution: CategoricalDistribution, share: float) -> float:
    return float(int(share * len(distribution.choices)))


@at_share.register
def _(distribution: FloatDistribution, share: float) -> float:
    low, high = distribution.low, distribution.high
    if distribution.log:
        value = math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
    elif distribution.step is not None:
        steps = round((high - low) / distribution.step)
        value = low + int(share * (steps + 1)) * distribution.step
    else:
        value = low + share * (high - low)
    return min(max(value, low), high)


@at_share.register
def _(distribution: IntDistribution, share: float) -> float:
    low, high = distribution.low, distribution.high
    if distribution.log:
        ends = math.log(low - 0.5), math.log(high + 0.5)
        value = round(math.exp(ends[0] + share * (ends[1] - ends[0])))
        return float(min(max(value, low), high))
    steps = (high - low) // distribution.step
    return float(low + int(share * (steps + 1)) * distribution.step)
