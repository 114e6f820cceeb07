"""Readable names for studies nobody named."""

from __future__ import annotations

import datetime
import secrets

__all__ = ["new_name"]


def new_name(strategy: str) -> str:
    """Return a unique name that says what the study is and when it was begun.

    Args:
        strategy: The strategy's name.

    Example:
        >>> new_name("grid")  # doctest: +ELLIPSIS
        'grid-20...-...-...-...-...'
    """
    now = datetime.datetime.now().strftime("%Y-%m-%d-%H%M%S")
    return f"{strategy}-{now}-{secrets.token_hex(2)}"
