"""Optuna's pruner for a name."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import optuna
from optuna.pruners import BasePruner

from frameworm.errors import SearchArgumentError

__all__ = ["is_optunas", "known_pruner", "make_pruner", "pruner_name"]

_PRUNERS: dict[str, Callable[[], BasePruner]] = {
    "median": optuna.pruners.MedianPruner,
    "asha": optuna.pruners.SuccessiveHalvingPruner,
    "hyperband": optuna.pruners.HyperbandPruner,
    "wilcoxon": optuna.pruners.WilcoxonPruner,
}


def make_pruner(pruner: Any) -> BasePruner | None:
    """Return the pruner of a name, with Optuna's defaults.

    Args:
        pruner: ``"median"`` (``optuna.pruners.MedianPruner``), ``"asha"``
            (``SuccessiveHalvingPruner``; Li et al. 2018), ``"hyperband"`` (``HyperbandPruner``; Li
            et al. 2016), ``"wilcoxon"`` (``WilcoxonPruner``), an Optuna pruner, or ``None``.

    Raises:
        SearchArgumentError: If it is none of these.
    """
    if pruner is None or isinstance(pruner, BasePruner):
        return pruner
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
    """Whether a pruner is one that a name stands for."""
    return type(pruner) in _PRUNERS.values()


def pruner_name(pruner: Any) -> str | None:
    """Return what a study stores of its pruner: its name, or an object's class."""
    return pruner if pruner is None or isinstance(pruner, str) else type(pruner).__name__
