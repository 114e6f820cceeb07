"""Optuna's pruner for a name."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

import optuna
from optuna.pruners import BasePruner

from frameworm.errors import SearchArgumentError
from frameworm.search.study.percentile import Percentile

__all__ = ["is_optunas", "known_pruner", "make_pruner"]

_READS_NO_PARAMETERS = (
    optuna.pruners.MedianPruner,
    optuna.pruners.PercentilePruner,
    optuna.pruners.SuccessiveHalvingPruner,
    optuna.pruners.HyperbandPruner,
    optuna.pruners.WilcoxonPruner,
)
_PRUNERS: dict[str, Callable[[], BasePruner]] = {
    "median": optuna.pruners.MedianPruner,
    # A third goes on after steps 3, 9, 27, ... Optuna's default, a quarter after the first, lost
    # the best of 60 networks in three seeds of five (tests/benchmarks/pruning.py).
    "asha": functools.partial(
        optuna.pruners.SuccessiveHalvingPruner, reduction_factor=3, min_early_stopping_rate=1
    ),
    "hyperband": optuna.pruners.HyperbandPruner,
    "wilcoxon": optuna.pruners.WilcoxonPruner,
}


def make_pruner(pruner: Any) -> BasePruner | None:
    """Return the pruner of a name.

    Args:
        pruner: ``"median"`` (``optuna.pruners.MedianPruner``), ``"asha"``
            (``SuccessiveHalvingPruner``; Li et al. 2018; a third of the trials go on at 3, 9, 27,
            ... times a hundredth of a trial's steps, and at least that many steps), ``"hyperband"``
            (``HyperbandPruner``; Li et al. 2016), ``"wilcoxon"`` (``WilcoxonPruner``), a
            `Percentile` (``PercentilePruner``), an Optuna pruner, or ``None``. But for ``"asha"``
            Optuna's defaults hold.

    Raises:
        SearchArgumentError: If it is none of these.
    """
    if pruner is None or isinstance(pruner, BasePruner):
        return pruner
    if isinstance(pruner, Percentile):
        return optuna.pruners.PercentilePruner(
            pruner.percentile, n_startup_trials=pruner.startup_trials
        )
    if pruner not in _PRUNERS:
        raise SearchArgumentError(
            f"pruner is one of {[*_PRUNERS]}, an Optuna pruner or None, got {pruner!r}."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        return _PRUNERS[pruner]()


def known_pruner(name: str | None) -> str | None:
    """Return a stored name if a pruner can be made of it; an object's class is not enough."""
    return name if name in _PRUNERS else None


def is_optunas(pruner: BasePruner) -> bool:
    """Whether a pruner is of a class that a name stands for, which look at reported values only."""
    return type(pruner) in _READS_NO_PARAMETERS
