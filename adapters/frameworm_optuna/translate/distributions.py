"""Translate Frameworm's dimensions to Optuna's distributions and back.

Optuna stores a categorical value as its index among JSON scalars. Choices it cannot store
faithfully travel as string tokens: see :func:`choice_tokens`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from frameworm.search.space.spaces import Categorical, Dimension, Integer, Real

__all__ = ["choice_tokens", "from_internal", "to_dimension", "to_distribution", "to_internal"]


@functools.singledispatch
def to_distribution(dimension: object) -> BaseDistribution:
    """Return the Optuna distribution of a dimension.

    Args:
        dimension: A ``Real``, ``Integer`` or ``Categorical``.

    Raises:
        TypeError: If it is none of these.
    """
    raise TypeError(f"No Optuna distribution for {dimension!r}; give Real, Integer or Categorical.")


@to_distribution.register
def _(dimension: Real) -> FloatDistribution:
    return FloatDistribution(dimension.low, dimension.high, log=dimension.log, step=dimension.step)


@to_distribution.register
def _(dimension: Integer) -> IntDistribution:
    return IntDistribution(dimension.low, dimension.high, log=dimension.log, step=dimension.step)


@to_distribution.register
def _(dimension: Categorical) -> CategoricalDistribution:
    return CategoricalDistribution(choice_tokens(dimension.choices))


@functools.singledispatch
def to_dimension(distribution: object) -> Dimension:
    """Return the dimension of an Optuna distribution.

    Args:
        distribution: A float, integer or categorical distribution.

    Raises:
        TypeError: If it is none of these.
    """
    raise TypeError(
        f"No dimension for {distribution!r}; known are Optuna's FloatDistribution, "
        "IntDistribution and CategoricalDistribution."
    )


@to_dimension.register
def _(distribution: FloatDistribution) -> Real:
    return Real(distribution.low, distribution.high, log=distribution.log, step=distribution.step)


@to_dimension.register
def _(distribution: IntDistribution) -> Integer:
    return Integer(
        distribution.low, distribution.high, log=distribution.log, step=distribution.step
    )


@to_dimension.register
def _(distribution: CategoricalDistribution) -> Categorical:
    return Categorical(distribution.choices)


def choice_tokens(choices: Sequence[Any]) -> tuple[bool | int | float | str | None, ...]:
    """Return what Optuna stores for each choice.

    A JSON scalar that equals no earlier choice stands for itself; anything else becomes a string
    that names it, numbered where two would read alike. The result depends on the choices alone,
    so the same list gives the same tokens in every process.

    Args:
        choices: The choices of a ``Categorical``.

    Returns:
        As many distinct JSON scalars, in the same order.

    Example:
        >>> choice_tokens(["relu", (64, 64), True, 1])
        ('relu', '(64, 64)', True, 'int 1')
    """
    tokens: list[bool | int | float | str | None] = []
    taken = {choice for choice in choices if isinstance(choice, str)}
    for choice in choices:
        if _is_stored_faithfully(choice) and choice not in tokens:
            tokens.append(choice)
            continue
        name = _name(choice)
        token = name
        count = 1
        while token in taken:
            count += 1
            token = f"{name} #{count}"
        taken.add(token)
        tokens.append(token)
    return tuple(tokens)


def _is_stored_faithfully(choice: Any) -> bool:
    if type(choice) is float:
        return math.isfinite(choice)
    return choice is None or type(choice) in (bool, int, str)


def _name(choice: Any) -> str:
    if hasattr(choice, "__qualname__"):
        return f"{choice.__module__}.{choice.__qualname__}"
    if isinstance(choice, (bool, int, float)):
        return f"{type(choice).__name__} {choice!r}"
    text = repr(choice)
    # A default repr holds a memory address, which is another in the next process.
    return type(choice).__qualname__ if " at 0x" in text else text


def to_internal(dimension: Dimension, value: Any) -> float:
    """Return the number Optuna stores for a value of a dimension.

    Args:
        dimension: The value's dimension.
        value: A value it may take.

    Raises:
        SpaceError: If a categorical value is not among the choices.
    """
    if isinstance(dimension, Categorical):
        return float(dimension.index(value))
    return float(value)


def from_internal(dimension: Dimension, stored: float) -> Any:
    """Return the value of a dimension that Optuna stored as a number.

    Args:
        dimension: The value's dimension.
        stored: The stored number: the value itself, or a choice's index.

    Returns:
        A ``float``, an ``int``, or the very object given as a choice.
    """
    if isinstance(dimension, Categorical):
        return dimension.choices[int(stored)]
    return int(stored) if isinstance(dimension, Integer) else float(stored)
