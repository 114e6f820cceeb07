"""Search spaces as JSON and back."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from frameworm.core.json_values import name_of, value_from_json, value_to_json
from frameworm.search.space.dimensions import Categorical, Dimension, Integer, Real
from frameworm.search.space.when import conditions_of

__all__ = ["choices_to_json", "dimension_to_json", "space_from_json", "space_to_json"]


def space_to_json(space: Mapping[str, Dimension]) -> dict[str, Any]:
    """Return a search space as JSON.

    Args:
        space: Dimensions by dotted key.

    Returns:
        A dictionary that `space_from_json` reads back; the order of the keys is kept.

    Raises:
        TypeError: If a value is no dimension.

    Example:
        >>> space_to_json({"optimizer": Categorical(["adam", "sgd"])})
        {'optimizer': {'type': 'categorical', 'choices': ['adam', 'sgd']}}
    """
    return {key: dimension_to_json(dimension) for key, dimension in space.items()}


def space_from_json(stored: Mapping[str, Any]) -> dict[str, Dimension]:
    """Return the search space that `space_to_json` wrote.

    Ranges and choices come back exactly, tuples, lists and dictionaries included. A choice that
    JSON cannot hold, such as a function, comes back as a
    `frameworm.core.json_values.Placeholder` with its name.

    Args:
        stored: Parsed JSON.

    Returns:
        Dimensions by dotted key.

    Raises:
        TypeError: If an entry is no dimension's JSON.
        SpaceError: If an entry breaks the dimension's rules.

    Example:
        >>> space_from_json({"lr": {"type": "real", "low": 0.1, "high": 1.0}})
        {'lr': Real(0.1, 1.0)}
    """
    return {key: _dimension_from_json(key, entry) for key, entry in stored.items()}


@functools.singledispatch
def dimension_to_json(dimension: object) -> dict[str, Any]:
    """Return one dimension as JSON.

    Args:
        dimension: A ``Real``, ``Integer`` or ``Categorical``.

    Raises:
        TypeError: If it is none of these.
    """
    raise TypeError(f"No JSON form for {dimension!r}; give Real, Integer or Categorical.")


@dimension_to_json.register
def _(dimension: Real) -> dict[str, Any]:
    return {"type": "real", **_range(dimension)}


@dimension_to_json.register
def _(dimension: Integer) -> dict[str, Any]:
    return {"type": "integer", **_range(dimension)}


@dimension_to_json.register
def _(dimension: Categorical) -> dict[str, Any]:
    choices = choices_to_json(dimension.choices)
    return {"type": "categorical", "choices": choices, **_when(dimension)}


def _range(dimension: Real | Integer) -> dict[str, Any]:
    return {
        "low": dimension.low,
        "high": dimension.high,
        "log": dimension.log,
        "step": dimension.step,
        **_when(dimension),
    }


def _when(dimension: Dimension) -> dict[str, Any]:
    if not dimension.when:
        return {}
    conditions = conditions_of(dimension.when)
    return {"when": [[key, list(map(value_to_json, values))] for key, values in conditions]}


def choices_to_json(choices: Sequence[Any]) -> list[Any]:
    """Return each choice as JSON, no two of them alike.

    Args:
        choices: The choices of a ``Categorical``.

    Returns:
        As many JSON values, in the same order.

    Example:
        >>> choices_to_json([(8, 8), int, len])
        [{'$tuple': [8, 8]}, {'$repr': 'builtins.int'}, {'$repr': 'builtins.len'}]
    """
    written: list[Any] = []
    taken: set[str] = set()
    for choice in choices:
        first = encoded = value_to_json(choice)
        count = 1
        # Two lambdas of one module have one name; unnumbered they would load as one choice.
        while json.dumps(encoded) in taken:
            count += 1
            name = first["$repr"] if _is_name(first) else name_of(choice)
            encoded = {"$repr": f"{name} #{count}"}
        taken.add(json.dumps(encoded))
        written.append(encoded)
    return written


def _is_name(encoded: Any) -> bool:
    return isinstance(encoded, dict) and list(encoded) == ["$repr"]


def _dimension_from_json(key: str, entry: Any) -> Dimension:
    kind = entry.get("type") if isinstance(entry, Mapping) else None
    reader = _READERS.get(str(kind))
    if reader is None:
        raise TypeError(f"{key}: a dimension's JSON has a type among {[*_READERS]}, got {entry!r}.")
    fields = {name: field for name, field in entry.items() if name != "type"}
    try:
        if "when" in fields:
            fields["when"] = _read_when(fields["when"])
        return reader(**fields)
    except TypeError as exc:
        raise TypeError(f"{key}: {entry!r} is not a dimension's JSON: {exc}") from exc


def _read_when(stored: list[Any]) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    return tuple((key, tuple(map(value_from_json, values))) for key, values in stored)


def _read_categorical(choices: list[Any], **fields: Any) -> Categorical:
    return Categorical([value_from_json(choice) for choice in choices], **fields)


_READERS: dict[str, Callable[..., Dimension]] = {
    "real": Real,
    "integer": Integer,
    "categorical": _read_categorical,
}
