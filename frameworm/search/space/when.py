"""Conditions of a dimension, as users write them and as dimensions keep them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Union

from frameworm.errors import SpaceError
from frameworm.search.space.values import python_scalar

__all__ = ["When", "conditions_of", "show_when"]

When = Union[Mapping[str, Any], "tuple[tuple[str, tuple[Any, ...]], ...]"]
"""A dictionary from keys to a value or a list of values; kept as sorted pairs of key and values."""


def conditions_of(when: When) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """Return conditions as sorted pairs of a parameter's key and the values it must have."""
    if not isinstance(when, (Mapping, tuple)):
        raise SpaceError(
            f"when is a dictionary from another parameter's key to its values, got {when!r}."
        )
    pairs = when.items() if isinstance(when, Mapping) else when
    conditions = []
    for key, values in pairs:
        # A tuple may itself be a choice, so only a list, range or array names several values.
        listed = isinstance(values, (list, range)) or getattr(values, "ndim", 0) == 1
        several = listed or isinstance(when, tuple)
        allowed = tuple(map(python_scalar, values)) if several else (python_scalar(values),)
        if not isinstance(key, str) or not allowed:
            raise SpaceError(f"when needs a key and at least one value, got {key!r}: {values!r}.")
        conditions.append((key, allowed))
    return tuple(sorted(conditions))


def show_when(when: When) -> str:
    """Return conditions as the last argument in a dimension's repr; nothing for none."""
    shown = {key: vs[0] if len(vs) == 1 else list(vs) for key, vs in conditions_of(when)}
    return f", when={shown!r}" if shown else ""
