"""Modes as Optuna's study directions, and back."""

from __future__ import annotations

from collections.abc import Sequence

from optuna.study import StudyDirection

from frameworm.trial.goals import Goals, Mode

__all__ = ["directions_of", "goals_of"]

_DIRECTIONS = {"min": StudyDirection.MINIMIZE, "max": StudyDirection.MAXIMIZE}


def directions_of(goals: Goals) -> list[StudyDirection]:
    """Return the direction of each goal."""
    return [_DIRECTIONS[mode] for mode in goals.modes]


def goals_of(names: Sequence[str] | None, directions: Sequence[StudyDirection]) -> Goals:
    """Return the goals of a study.

    Args:
        names: The metrics' names; without them they are ``value``, or ``value_0``, ``value_1``, ...
        directions: The study's directions.
    """
    # A study that has not set one minimises.
    modes: list[Mode] = ["max" if d is StudyDirection.MAXIMIZE else "min" for d in directions]
    plain = ["value"] if len(modes) == 1 else [f"value_{index}" for index in range(len(modes))]
    return Goals(zip(names or plain, modes, strict=True))
