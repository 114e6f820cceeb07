"""What a study carries about itself, in user attributes that the dashboard shows too."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from frameworm.core.differences import differences
from frameworm.core.urls import without_password
from frameworm.errors import StudyMismatchError
from frameworm.search.space.serialization import space_from_json, space_to_json
from frameworm.search.space.spaces import Dimension
from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Adaptive, Grid, QuasiRandom, Random, Strategy
from frameworm.trial.goals import Goals
from frameworm_optuna.translate.distributions import from_internal, to_internal
from frameworm_optuna.translate.pruners import known_pruner

__all__ = [
    "changed_keys",
    "check_same",
    "kept_place",
    "read_settings",
    "space_differences",
    "write_settings",
]

_SPACE = "frameworm:space"
_STRATEGY = "frameworm:strategy"
_METRIC = "frameworm:metric"
_BASE = "frameworm:base_config"
_PRUNER = "frameworm:pruner"
_REPEATS = "frameworm:repeats"
_CONSTRAINED = "frameworm:constrained"
_CHECKPOINTS = "frameworm:checkpoints"
_ID = "frameworm:id"
_PROVENANCE = ("version", "git_commit", "git_dirty")


def write_settings(settings: StudySettings) -> dict[str, Any]:
    """Return a study's user attributes for its settings."""
    return {
        _SPACE: space_to_json(settings.space),
        _STRATEGY: _strategy_to_json(settings.strategy, settings.space),
        _METRIC: {
            "name": settings.goals.first.metric,
            "mode": settings.goals.first.mode,
            "further": settings.goals[1:],
        },
        _PRUNER: settings.pruner_name,
        _REPEATS: settings.repeats,
        _CONSTRAINED: settings.feasible is not None,
        # What JSON cannot hold is shown as its repr; resuming by hand brings the real object.
        _BASE: _jsonable(settings.base_config),
        _CHECKPOINTS: kept_place(settings),
        _ID: settings.id,
        **{f"frameworm:{key}": value for key, value in settings.provenance.items()},
    }


def read_settings(attrs: Mapping[str, Any]) -> StudySettings | None:
    """Return the settings in a study's user attributes, ``None`` if Frameworm left none."""
    if _SPACE not in attrs:
        return None
    space = space_from_json(attrs[_SPACE])
    return StudySettings(
        space=space,
        strategy=_strategy_from_json(attrs[_STRATEGY], space),
        goals=_goals_from_json(attrs[_METRIC]),
        base_config=attrs[_BASE],
        pruner=known_pruner(attrs.get(_PRUNER)),
        repeats=attrs.get(_REPEATS, 1),
        is_constrained=attrs.get(_CONSTRAINED, False),
        checkpoints=attrs.get(_CHECKPOINTS),
        id=attrs.get(_ID, ""),
        provenance={
            key: attrs[f"frameworm:{key}"] for key in _PROVENANCE if f"frameworm:{key}" in attrs
        },
    )


def kept_place(settings: StudySettings) -> str | None:
    """Return where checkpoints lie, as the study remembers it: without a password."""
    return None if settings.checkpoints is None else without_password(settings.checkpoints)


def _goals_from_json(stored: Mapping[str, Any]) -> Goals:
    return Goals([(stored["name"], stored["mode"]), *stored.get("further", ())])


def _jsonable(config: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(config, default=repr))
    return plain


def changed_keys(stored: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    """Return the dotted keys in which a base config differs from the stored one."""
    return sorted(differences(stored, _jsonable(asked)))


def _strategy_to_json(strategy: Strategy, space: Mapping[str, Dimension]) -> dict[str, Any]:
    if isinstance(strategy, Adaptive):
        return {
            "name": strategy.name,
            "seed": strategy.seed,
            "n_trials": strategy.n_trials,
            "sampler": strategy.sampler_name,
            "n_initial_points": strategy.n_initial_points,
            "acquisition": strategy.acquisition,
        }
    if not isinstance(strategy, Grid):
        return {"name": strategy.name, "seed": strategy.seed, "n_trials": strategy.n_trials}
    axes = {
        name: [to_internal(space[name], value) for value in values]
        for name, values in strategy.axes.items()
    }
    return {"name": strategy.name, "seed": strategy.seed, "axes": axes}


_STRATEGIES: dict[str, Callable[..., Strategy]] = {
    "random": Random,
    "quasirandom": QuasiRandom,
    "bayesian": Adaptive,
}


def _strategy_from_json(stored: Mapping[str, Any], space: Mapping[str, Dimension]) -> Strategy:
    fields = {name: value for name, value in stored.items() if name != "name"}
    if stored["name"] in _STRATEGIES:
        return _STRATEGIES[stored["name"]](**fields)
    axes = {
        name: tuple(from_internal(space[name], value) for value in values)
        for name, values in stored["axes"].items()
    }
    return Grid(axes=axes, seed=stored["seed"])


def check_same(name: str, stored: StudySettings, asked: StudySettings, extend: bool) -> None:
    """Refuse to resume a study as something it is not.

    Args:
        name: The study's name.
        stored: What the study is about.
        asked: What it shall be about.
        extend: Whether the space may differ.

    Raises:
        StudyMismatchError: If metric, mode, strategy, seed or space differ.
    """
    fixed = []
    (metric, mode), (asked_metric, asked_mode) = stored.goals.first, asked.goals.first
    if metric != asked_metric:
        fixed.append(f"metric: {metric!r} there, {asked_metric!r} here")
    if mode != asked_mode:
        fixed.append(f"mode: {mode!r} there, {asked_mode!r} here")
    if stored.repeats != asked.repeats:
        fixed.append(f"repeats: {stored.repeats} there, {asked.repeats} here")
    if stored.goals[1:] != asked.goals[1:]:
        there, here = Goals(stored.goals[1:]), Goals(asked.goals[1:])
        fixed.append(f"further metrics: {there or 'none'} there, {here or 'none'} here")
    if stored.strategy.name != asked.strategy.name:
        fixed.append(f"strategy: {stored.strategy.name} there, {asked.strategy.name} here")
    elif asked.seeded and stored.strategy.seed != asked.strategy.seed:
        fixed.append(f"random_state: {stored.strategy.seed} there, {asked.strategy.seed} here")
    if fixed:
        raise StudyMismatchError(
            f"The study {name!r} is about something else: {'; '.join(fixed)}. "
            "Give this search another study_name."
        )
    differences = space_differences(stored, asked)
    if differences and not extend:
        raise StudyMismatchError(
            f"The study {name!r} has another search space: {'; '.join(differences)}. Give this "
            "search another study_name, or pass extend=True to go on with the new space."
        )


def space_differences(stored: StudySettings, asked: StudySettings) -> list[str]:
    """Return one line for each parameter whose dimension or grid values differ."""
    lines = []
    there, here = _described(stored), _described(asked)
    for key in sorted({*there, *here}):
        one, other = there.get(key, "absent"), here.get(key, "absent")
        if one != other:
            lines.append(f"{key}: {one} there, {other} here")
    return lines


def _described(settings: StudySettings) -> dict[str, str]:
    # As the study keeps it: a function that is a choice is known there by its name alone.
    space = space_from_json(space_to_json(settings.space))
    if not isinstance(settings.strategy, Grid):
        return {key: repr(dimension) for key, dimension in space.items()}
    axes = _strategy_to_json(settings.strategy, settings.space)["axes"]
    described = {}
    for key, dimension in space.items():
        values = [from_internal(dimension, value) for value in axes[key]]
        when = f" when {dict(dimension.when)!r}" if dimension.when else ""
        described[key] = f"{values!r}{when}"
    return described
