"""Optuna's sampler for an adaptive strategy."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import optuna
from optuna.samplers import BaseSampler

from frameworm.errors import SearchArgumentError
from frameworm.search.study.strategy import Adaptive

__all__ = ["is_reproducible", "make_sampler"]

_SAMPLERS: dict[str, Callable[[int, int], BaseSampler]] = {
    "tpe": lambda seed, initial: optuna.samplers.TPESampler(seed=seed, n_startup_trials=initial),
    "gp": lambda seed, initial: optuna.samplers.GPSampler(seed=seed, n_startup_trials=initial),
    "cmaes": lambda seed, initial: optuna.samplers.CmaEsSampler(
        seed=seed, n_startup_trials=initial, warn_independent_sampling=False
    ),
    "nsgaii": lambda seed, initial: optuna.samplers.NSGAIISampler(
        seed=seed, population_size=max(2, initial)
    ),
}


def make_sampler(strategy: Adaptive, seed: int) -> BaseSampler:
    """Return a fresh sampler, or the very object the strategy brings.

    Args:
        strategy: Names the sampler: ``"tpe"`` (``optuna.samplers.TPESampler``; Bergstra et al.
            2011), ``"gp"`` (``GPSampler``), ``"cmaes"`` (``CmaEsSampler``; Hansen and Ostermeier
            2001) or ``"nsgaii"`` (``NSGAIISampler``; Deb et al. 2002).
        seed: Its seed.

    Raises:
        SearchArgumentError: If it names no sampler.
    """
    if isinstance(strategy.sampler, BaseSampler):
        return strategy.sampler
    if strategy.sampler not in _SAMPLERS:
        raise SearchArgumentError(
            f"sampler is one of {[*_SAMPLERS]} or an Optuna sampler, got {strategy.sampler!r}."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        return _SAMPLERS[strategy.sampler](seed, strategy.n_initial_points)


def is_reproducible(strategy: Adaptive) -> bool:
    """Whether the sampler can be made anew in its first state."""
    return isinstance(strategy.sampler, str)
