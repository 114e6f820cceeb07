"""Python values as JSON and back: what configurations, parameters and choices are made of."""

from __future__ import annotations

import datetime
import enum
import math
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

__all__ = ["Placeholder", "name_of", "text_of", "value_from_json", "value_to_json"]


class Placeholder(str):
    """The name of an object that JSON cannot hold, such as a function or a class.

    It stands in a loaded space or configuration where the object was when it was saved; as a
    string it can be shown and compared, but it cannot be called.

    Example:
        >>> Placeholder("builtins.len") == "builtins.len"
        True
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{self}>"


def value_to_json(value: Any) -> Any:
    """Return a value as JSON that `value_from_json` reads back.

    JSON's own values, lists and dictionaries with string keys stand for themselves. Numbers that
    are not finite, tuples, sets, other dictionaries, dates and paths are tagged, so they come back
    exactly. NumPy scalars and 0-d tensors become numbers, larger arrays nested lists. Of anything
    else only the name is kept, and a `Placeholder` comes back.

    Args:
        value: Any object.

    Returns:
        Nested dictionaries, lists, strings, finite numbers, booleans and ``None``.

    Example:
        >>> value_to_json([1, (2.0, float("inf")), len])
        [1, {'$tuple': [2.0, {'$float': 'inf'}]}, {'$repr': 'builtins.len'}]
    """
    kind = type(value)
    if value is None or kind in (str, int, bool):
        return value
    if isinstance(value, enum.Enum):  # before int and str, which it may subclass too
        return {"$repr": str(value)}
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"$float": repr(float(value))}
    if kind is list:
        return [value_to_json(item) for item in value]
    if kind is tuple:
        return {"$tuple": [value_to_json(item) for item in value]}
    if isinstance(value, Mapping):
        return _mapping_to_json(value)
    if kind in (set, frozenset):
        return {f"${kind.__name__}": [value_to_json(item) for item in sorted(value, key=repr)]}
    if kind in (datetime.datetime, datetime.date):
        return {f"${kind.__name__}": value.isoformat()}
    if isinstance(value, PurePath):
        return {"$path": str(value)}
    if hasattr(value, "tolist") and hasattr(value, "shape"):
        listed = value.tolist()
        # An extended-precision scalar is its own tolist().
        return value_to_json(float(value) if type(listed) is kind else listed)
    return {"$repr": name_of(value)}


def _mapping_to_json(value: Mapping[Any, Any]) -> dict[str, Any]:
    looks_tagged = len(value) == 1 and str(next(iter(value))).startswith("$")
    if looks_tagged or any(type(key) is not str for key in value):
        return {"$dict": [[value_to_json(key), value_to_json(item)] for key, item in value.items()]}
    return {key: value_to_json(item) for key, item in value.items()}


def value_from_json(value: Any) -> Any:
    """Return the value that `value_to_json` wrote.

    Args:
        value: Parsed JSON.

    Returns:
        The value; a `Placeholder` for what JSON could not hold.

    Example:
        >>> value_from_json({"$tuple": [64, 64]})
        (64, 64)
    """
    if isinstance(value, list):
        return [value_from_json(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((tag, content),) = value.items()
        reader = _READERS.get(tag)
        if reader is not None:
            return reader(content)
    return {key: value_from_json(item) for key, item in value.items()}


_READERS: dict[str, Any] = {
    "$float": float,
    "$tuple": lambda items: tuple(map(value_from_json, items)),
    "$set": lambda items: set(map(value_from_json, items)),
    "$frozenset": lambda items: frozenset(map(value_from_json, items)),
    "$dict": lambda pairs: {value_from_json(key): value_from_json(item) for key, item in pairs},
    "$datetime": datetime.datetime.fromisoformat,
    "$date": datetime.date.fromisoformat,
    "$path": Path,
    "$repr": Placeholder,
}


def name_of(value: Any) -> str:
    """Return a name for an object that is the same in every process.

    Example:
        >>> name_of(len)
        'builtins.len'
    """
    if isinstance(value, str):
        return str.__str__(value)
    if hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    text = repr(value)
    # A default repr holds a memory address, which is another in the next process.
    return type(value).__qualname__ if " at 0x" in text else text


def text_of(value: Any) -> str:
    """Return a value as people read it: numbers to six digits, anything else by its name.

    Example:
        >>> text_of(0.1 + 0.2), text_of(64), text_of("adam"), text_of(len)
        ('0.3', '64', 'adam', 'builtins.len')
    """
    return f"{value:.6g}" if isinstance(value, float) else name_of(value)
