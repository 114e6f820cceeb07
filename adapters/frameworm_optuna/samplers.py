"""Plan a strategy's points with Optuna's own samplers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, GridSampler, RandomSampler

from frameworm.search.space import Dimension
from frameworm.search.strategy import Grid, Random, Strategy
from frameworm_optuna.distributions import choice_tokens, to_distribution, to_internal
from frameworm_optuna.ledger import PlanChunk, Planned

__all__ = ["GridPlanner", "Planner", "RandomPlanner", "make_planner"]

_CHUNK = 500


class Planner(Protocol):
    """Writes a strategy's points down, a chunk at a time."""

    @property
    def sampler(self) -> BaseSampler:
        """What plain Optuna would use to go on with the study."""
        ...

    @property
    def total(self) -> int:
        """How many trials the study shall have in all."""
        ...

    @property
    def below(self) -> int | None:
        """Only trials with a smaller number are worked off; ``None`` for all."""
        ...

    def next_chunk(self, count: int, planned: int) -> PlanChunk | None:
        """Return what to write next, given the trials there are and the points planned."""
        ...

    def point(self, number: int) -> dict[str, float]:
        """Return the internal parameters a trial gets that has none of its own."""
        ...


class RandomPlanner:
    """Trial ``i`` gets what ``RandomSampler`` draws from ``SeedSequence([seed, i])``.

    Args:
        strategy: Number of trials and seed.
        space: The dimensions.
    """

    def __init__(self, strategy: Random, space: Mapping[str, Dimension]) -> None:
        self._strategy = strategy
        # Sorted, so that a space written in another order draws the same points.
        self._distributions = {name: to_distribution(space[name]) for name in sorted(space)}

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
        last = min(self._strategy.n_trials, count + _CHUNK)
        if count >= last:
            return None
        return PlanChunk([Planned(self.point(number)) for number in range(count, last)], last)

    def point(self, number: int) -> dict[str, float]:
        """Return the point of one trial number, in internal numbers."""
        seed = np.random.SeedSequence([self._strategy.seed, number]).generate_state(1)[0]
        sampler = RandomSampler(seed=int(seed))
        point = {}
        for name, distribution in self._distributions.items():
            if distribution.single():
                value = _single(distribution)
            else:
                value = sampler.sample_independent(
                    None,  # type: ignore[arg-type]  # a random draw looks at neither study
                    None,  # type: ignore[arg-type]  # nor trial
                    name,
                    distribution,
                )
            point[name] = distribution.to_internal_repr(value)
        return point


def _single(distribution: BaseDistribution) -> Any:
    choices = getattr(distribution, "choices", None)
    return choices[0] if choices is not None else distribution.low  # type: ignore[attr-defined]


class GridPlanner:
    """The points of Optuna's ``GridSampler(space, seed)``, in its order and under its ids.

    Args:
        strategy: The axes and the seed.
        space: The dimensions.
        evaluated: Returns the points the study already has, as :meth:`key` makes them.
    """

    def __init__(
        self,
        strategy: Grid,
        space: Mapping[str, Dimension],
        evaluated: Callable[[], set[tuple[float, ...]]],
    ) -> None:
        self.axes = {name: _stored(space[name], values) for name, values in strategy.axes.items()}
        self._strategy = strategy
        self._space = space
        self._evaluated = evaluated
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
        # Equal counts mean that every trial is a point planned here, so none needs a look.
        done = self._evaluated() if count != planned else set()
        attrs = {"search_space": self.sampler._search_space}
        last = min(self.total, planned + _CHUNK)
        trials = [
            Planned(point, {**attrs, "grid_id": grid_id})
            for grid_id in range(planned, last)
            if tuple((point := self.point(grid_id)).values()) not in done
        ]
        return PlanChunk(trials, last)

    def point(self, number: int) -> dict[str, float]:
        """Return the point of one grid id, in internal numbers, sorted by name."""
        values = self.sampler._all_grids[number % self.total]
        names = self.sampler._param_names
        return {
            name: self._internal[name][_key(value)]
            for name, value in zip(names, values, strict=False)
        }


def _key(stored: Any) -> tuple[str, Any]:
    return type(stored).__name__, stored


def _stored(dimension: Dimension, values: tuple[Any, ...]) -> list[Any]:
    choices = getattr(dimension, "choices", None)
    if choices is None:
        return list(values)
    tokens = choice_tokens(choices)
    return [tokens[int(to_internal(dimension, value))] for value in values]


def make_planner(
    strategy: Strategy,
    space: Mapping[str, Dimension],
    evaluated: Callable[[], set[tuple[float, ...]]],
) -> Planner:
    """Return the planner of a strategy.

    Args:
        strategy: A ``Grid`` or a ``Random``.
        space: The dimensions.
        evaluated: Returns the points the study already has.
    """
    if isinstance(strategy, Grid):
        return GridPlanner(strategy, space, evaluated)
    return RandomPlanner(strategy, space)
