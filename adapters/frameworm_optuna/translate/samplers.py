"""Optuna's sampler for an adaptive strategy."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping

import optuna
from optuna.samplers import BaseSampler

from frameworm.errors import SearchArgumentError
from frameworm.search.space.conditions import ordered
from frameworm.search.space.spaces import Dimension
from frameworm.search.space.when import conditions_of
from frameworm.search.study.strategy import Adaptive
from frameworm_optuna.sampling.auto import AutoSampler
from frameworm_optuna.translate.distributions import to_distribution, to_internal

__all__ = ["is_replayable", "is_stateless", "make_sampler"]

_SAMPLERS: dict[str, Callable[[int, int], BaseSampler]] = {
    "tpe": lambda seed, initial: optuna.samplers.TPESampler(seed=seed, n_startup_trials=initial),
    "gp": lambda seed, initial: optuna.samplers.GPSampler(
        seed=seed, n_startup_trials=initial, warn_independent_sampling=False
    ),
    "cmaes": lambda seed, initial: optuna.samplers.CmaEsSampler(
        seed=seed, n_startup_trials=initial, warn_independent_sampling=False
    ),
    "nsgaii": lambda seed, initial: optuna.samplers.NSGAIISampler(
        seed=seed, population_size=max(2, initial)
    ),
}


def make_sampler(strategy: Adaptive, seed: int, space: Mapping[str, Dimension]) -> BaseSampler:
    """Return a fresh sampler, or the very object the strategy brings.

    Args:
        strategy: Names the sampler: ``"auto"`` (:class:`AutoSampler`), ``"tpe"``
            (``optuna.samplers.TPESampler``; Bergstra et al. 2011), ``"gp"``
            (``GPSampler``), ``"cmaes"`` (``CmaEsSampler``; Hansen and Ostermeier 2001) or
            ``"nsgaii"`` (``NSGAIISampler``; Deb et al. 2002).
        seed: Its seed.
        space: The dimensions.

    Raises:
        SearchArgumentError: If it names no sampler.
    """
    if isinstance(strategy.sampler, BaseSampler):
        return strategy.sampler
    if strategy.sampler == "auto":
        return _auto(strategy, seed, space)
    if strategy.sampler not in _SAMPLERS:
        raise SearchArgumentError(
            f"sampler is one of {['auto', *_SAMPLERS]} or an Optuna sampler, got "
            f"{strategy.sampler!r}."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        return _SAMPLERS[strategy.sampler](seed, strategy.n_initial_points)


def _auto(strategy: Adaptive, seed: int, space: Mapping[str, Dimension]) -> AutoSampler:
    distributions = {key: to_distribution(space[key]) for key in ordered(space)}

    def stored(key: str, value: object) -> object:
        return distributions[key].to_external_repr(to_internal(space[key], value))

    conditions = {
        key: [
            (parent, [stored(parent, value) for value in values])
            for parent, values in conditions_of(space[key].when)
        ]
        for key in distributions
    }
    return AutoSampler(
        seed, strategy.n_initial_points, distributions, conditions, strategy.acquisition
    )


def is_replayable(strategy: Adaptive) -> bool:
    """Whether the sampler can be made anew in its first state."""
    return isinstance(strategy.sampler, str)


def is_stateless(strategy: Adaptive) -> bool:
    """Whether what the sampler proposes depends on the seed and the trials alone."""
    return isinstance(strategy.sampler, str) and strategy.sampler == "auto"
