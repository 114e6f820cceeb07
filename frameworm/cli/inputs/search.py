"""The search that a command line describes, under a name the same line finds again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from frameworm.errors import CommandError
from frameworm.search.study.settings import PRUNERS, SAMPLERS

if TYPE_CHECKING:
    from frameworm.core import Config
    from frameworm.search.search import Search

__all__ = ["METHODS", "MODES", "PRUNERS", "SAMPLERS", "check_method", "make_search", "modes_of"]

METHODS = ("grid", "random", "quasirandom", "bayesian")
MODES = ("min", "max")

_DRAWN = ("random", "quasirandom", "bayesian")


def check_method(
    method: str, trials: int | None, grid_values: int | None, sampler: str | None
) -> None:
    """Refuse options that do not go with the method.

    Args:
        method: One of `METHODS`.
        trials: What ``--trials`` says.
        grid_values: What ``--grid-values`` says.
        sampler: What ``--sampler`` says.

    Raises:
        CommandError: If one is given that is for another method.
    """
    for option, given, fitting in (
        ("--trials", trials, _DRAWN),
        ("--grid-values", grid_values, ("grid",)),
        ("--sampler", sampler, ("bayesian",)),
    ):
        if given is not None and method not in fitting:
            raise CommandError(
                f"{option} is for --method {', '.join(fitting)}, not {method}; leave it out."
            )


def modes_of(modes: Sequence[str] | None, metrics: Sequence[str]) -> list[str]:
    """Return a mode for each metric.

    Args:
        modes: What the ``--mode`` options say; by default less is better.
        metrics: What the ``--metric`` options say.

    Raises:
        CommandError: If there is not one for each, or a metric is named twice.
    """
    repeated = [name for name in metrics if metrics.count(name) > 1]
    if repeated:
        raise CommandError(f"--metric {repeated[0]} is given twice; name each metric once.")
    given = list(modes or ["min"] * len(metrics))
    if len(given) != len(metrics):
        raise CommandError(
            f"There are {len(metrics)} --metric and {len(given)} --mode; give one each."
        )
    return given


def make_search(
    method: str, train: str, base: Config, space: Mapping[str, Any], options: Mapping[str, Any]
) -> Search:
    """Make the search.

    Args:
        method: One of `METHODS`.
        train: The train function as ``package.module:function``.
        base: The base config.
        space: The dimensions by dotted key.
        options: Arguments of the search's class; those that are ``None`` keep their defaults.
            Without a ``study_name`` the name is made of all that makes it another search.
    """
    from frameworm.search import BayesianSearch, GridSearch, QuasiRandomSearch, RandomSearch

    classes: dict[str, Any] = {
        "grid": GridSearch,
        "random": RandomSearch,
        "quasirandom": QuasiRandomSearch,
        "bayesian": BayesianSearch,
    }
    given = {name: value for name, value in options.items() if value is not None}
    if "study_name" not in given:
        given["study_name"] = _name(method, train, base, space, options)
    made: Search = classes[method](base, space, **given)
    return made


def _name(
    method: str, train: str, base: Config, space: Mapping[str, Any], options: Mapping[str, Any]
) -> str:
    identity = {
        "train": train,
        "space": {key: repr(dimension) for key, dimension in space.items()},
        "base": base.to_dict(),
        "values": options.get("num_values"),
        **{key: options[key] for key in ("metric", "mode", "random_state", "repeats", "sampler")},
    }
    text = json.dumps(identity, sort_keys=True, default=repr)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{method}-{train.partition(':')[2]}-{digest}"
