"""What every search is told besides its space, checked before anything is stored."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any, get_args

from frameworm.errors import SearchArgumentError, UnknownArgumentError, nearest
from frameworm.search.study.percentile import Percentile
from frameworm.search.study.settings import PRUNERS, Durability

__all__ = [
    "check_durability",
    "check_gpus",
    "check_names",
    "check_pruner",
    "check_seed",
    "check_study_name",
    "count",
    "jobs",
]

# What other libraries call it.
_ELSEWHERE = {
    "direction": "mode",
    "directions": "mode",
    "n_iter": "n_trials",
    "num_samples": "n_trials",
    "max_trials": "n_trials",
    "name": "study_name",
    "scheduler": "pruner",
    "seed": "random_state",
    "storage_url": "storage",
    "param_grid": "search_space",
    "param_distributions": "search_space",
    "space": "search_space",
}


def check_names(function: Callable[..., Any], given: Iterable[str], called: str) -> None:
    """Refuse keyword arguments that a function does not have, and name the nearest.

    Args:
        function: What is called.
        given: The names of the keyword arguments.
        called: What the user knows the function as.

    Raises:
        UnknownArgumentError: If there is no such argument.
    """
    known = list(inspect.signature(function).parameters)
    for name in given:
        if name not in known:
            meant = _ELSEWHERE.get(name)
            hint = f" Did you mean {meant!r}?" if meant in known else nearest(name, known)
            raise UnknownArgumentError(f"{called} has no argument {name!r}.{hint}")


def count(name: str, value: object) -> int:
    """Return a number of things, at least one.

    Args:
        name: The argument's name.
        value: What was given.

    Raises:
        SearchArgumentError: If it is no whole number from 1.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SearchArgumentError(f"{name} is a whole number from 1, got {value!r}.")
    return value


def jobs(n_jobs: object) -> int:
    """Return a number of trials at once; -1 is as many as there are cores, or GPUs, for.

    Raises:
        SearchArgumentError: If it is neither -1 nor a whole number from 1.
    """
    if isinstance(n_jobs, bool) or not isinstance(n_jobs, int) or (n_jobs < 1 and n_jobs != -1):
        raise SearchArgumentError(f"n_jobs is a number of processes from 1, or -1, got {n_jobs!r}.")
    return n_jobs


def check_seed(seed: object) -> None:
    """Refuse what is no seed.

    Raises:
        SearchArgumentError: If it is neither ``None`` nor a whole number below ``2**32``.
    """
    is_whole = isinstance(seed, int) and not isinstance(seed, bool)
    if seed is not None and not (is_whole and 0 <= seed < 2**32):  # type: ignore[operator]
        raise SearchArgumentError(
            f"random_state is a whole number from 0 to 2**32 - 1 or None, got {seed!r}."
        )


def check_study_name(name: object) -> None:
    """Refuse what is no study's name.

    Raises:
        SearchArgumentError: If it is neither ``None`` nor a text of 1 to 512 characters.
    """
    if name is not None and (not isinstance(name, str) or not 1 <= len(name) <= 512):
        raise SearchArgumentError(f"study_name is a text of 1 to 512 characters, got {name!r}.")


def check_durability(durability: object) -> None:
    """Refuse what is no durability.

    Raises:
        SearchArgumentError: If it is neither ``"full"`` nor ``"normal"``.
    """
    known = get_args(Durability)
    if durability not in known:
        raise SearchArgumentError(
            f"durability is one of {list(known)}, got {durability!r}.{_near(durability, known)}"
        )


def check_pruner(pruner: object) -> None:
    """Refuse what is no pruner.

    Raises:
        SearchArgumentError: If it is none of the names, and no object that prunes.
    """
    if isinstance(pruner, type):
        raise SearchArgumentError(
            f"pruner is a pruner's name or object, got the class; give {pruner.__name__}()."
        )
    is_known = (
        pruner is None
        or isinstance(pruner, Percentile)
        or (isinstance(pruner, str) and pruner in PRUNERS)
    )
    if not is_known and not callable(getattr(pruner, "prune", None)):
        raise SearchArgumentError(
            f"pruner is one of {list(PRUNERS)}, an Optuna pruner or None, got {pruner!r}."
            f"{_near(pruner, PRUNERS)}"
        )


def check_gpus(gpus: object) -> None:
    """Refuse what names no devices.

    Raises:
        SearchArgumentError: If it is neither ``"auto"`` nor a list of device numbers, or of UUIDs
            of GPUs or MIGs.
    """
    if gpus == "auto":
        return
    is_list = isinstance(gpus, Sequence) and not isinstance(gpus, str)
    for device in gpus if is_list else [None]:  # type: ignore[attr-defined]
        is_number = isinstance(device, int) and not isinstance(device, bool) and device >= 0
        is_name = isinstance(device, str) and device.startswith(("GPU-", "MIG-"))
        if not (is_number or is_name):
            raise SearchArgumentError(
                "gpus is a list of device numbers such as [0, 1], or of the UUIDs that nvidia-smi "
                f"-L shows ('GPU-...', 'MIG-...'), or 'auto' for all there are, got {gpus!r}."
            )


def _near(value: object, known: Iterable[str]) -> str:
    return nearest(value, known) if isinstance(value, str) else ""
