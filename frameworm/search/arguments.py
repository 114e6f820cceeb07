"""Checks of arguments that several searches share."""

from __future__ import annotations

from frameworm.errors import SearchArgumentError

__all__ = ["count"]


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
