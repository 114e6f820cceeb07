"""Conditional parameters: which of them count, given the values of the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frameworm.core.tree import key_hint
from frameworm.errors import SpaceError
from frameworm.search.space.dimensions import Categorical, Dimension, Real, same
from frameworm.search.space.range_checks import lies_in
from frameworm.search.space.when import conditions_of

__all__ = ["active", "check_conditions", "holds", "is_conditional", "ordered"]


def is_conditional(space: Mapping[str, Dimension]) -> bool:
    """Whether any parameter of the space has a condition."""
    return any(dimension.when for dimension in space.values())


def check_conditions(space: Mapping[str, Dimension]) -> None:
    """Check that every condition can be met and none depends on itself.

    Args:
        space: The dimensions by dotted key.

    Raises:
        SpaceError: If a condition names no parameter of the space, a value it cannot take, or
            closes a cycle.
    """
    for key, dimension in space.items():
        for parent, values in conditions_of(dimension.when):
            if parent not in space:
                raise SpaceError(
                    f"{key} is searched when {parent!r} has a certain value, but that is no "
                    f"parameter of the space.{key_hint(parent, list(space))}"
                )
            for value in values:
                if not _can_be(space[parent], value):
                    raise SpaceError(
                        f"{key} is searched when {parent} is {value!r}, which {space[parent]!r} "
                        "cannot be."
                    )
    for key in space:
        _check_cycle(space, key, (key,))


def _check_cycle(space: Mapping[str, Dimension], key: str, path: tuple[str, ...]) -> None:
    for parent, _ in conditions_of(space[key].when):
        if parent in path:
            raise SpaceError(f"Conditions go in a circle: {' -> '.join((*path, parent))}.")
        _check_cycle(space, parent, (*path, parent))


def _can_be(dimension: Dimension, value: Any) -> bool:
    if isinstance(dimension, Categorical):
        return any(same(choice, value) for choice in dimension.choices)
    return lies_in(value, dimension.low, dimension.high, dimension.step)


def ordered(space: Mapping[str, Dimension]) -> list[str]:
    """Return the parameters so that each comes after those its conditions name.

    Otherwise they are in order of their names, however the space was written.

    Example:
        >>> ordered({"mom": Real(0, 1, when={"opt": "sgd"}), "opt": Categorical(["sgd", "adam"])})
        ['opt', 'mom']
    """
    found: dict[str, None] = {}

    def add(key: str) -> None:
        for parent, _ in conditions_of(space[key].when):
            add(parent)
        found[key] = None

    for key in sorted(space):
        add(key)
    return list(found)


def holds(space: Mapping[str, Dimension], key: str, params: Mapping[str, Any]) -> bool:
    """Whether a parameter counts, given the values of those that count before it.

    Args:
        space: The dimensions by dotted key.
        key: The parameter.
        params: The parameters that count; one that is absent does not.
    """
    if not space[key].when:
        return True
    return all(
        parent in params and any(_equal(space[parent], params[parent], value) for value in values)
        for parent, values in conditions_of(space[key].when)
    )


def active(space: Mapping[str, Dimension], params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that count: those whose conditions hold, chains included.

    Args:
        space: The dimensions by dotted key.
        params: A value for every parameter.

    Example:
        >>> space = {"opt": Categorical(["sgd", "adam"]), "mom": Real(0, 1, when={"opt": "sgd"})}
        >>> active(space, {"opt": "adam", "mom": 0.5})
        {'opt': 'adam'}
    """
    counting: dict[str, Any] = {}
    for key in ordered(space):
        if key in params and holds(space, key, counting):
            counting[key] = params[key]
    return {key: value for key, value in params.items() if key in counting}


def _equal(dimension: Dimension, one: Any, other: Any) -> bool:
    if isinstance(dimension, Categorical):  # choices are told apart by type too
        return same(one, other)
    if isinstance(dimension, Real) and dimension.step is not None:
        # The third step of 0.1 is 0.3 as written and 0.30000000000000004 as drawn.
        return bool(abs(one - other) < dimension.step / 2)
    return bool(one == other)
