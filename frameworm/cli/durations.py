"""Durations as people type them: ``90s``, ``30m``, ``1h30m``, ``2d``."""

from __future__ import annotations

import re

from frameworm.errors import CommandError

__all__ = ["seconds"]

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhd])")


def seconds(text: str) -> float:
    """Return a duration in seconds.

    Args:
        text: Numbers with the units s, m, h or d; a lone number is seconds.

    Raises:
        CommandError: If it is none.

    Example:
        >>> seconds("90"), seconds("30m"), seconds("1h30m")
        (90.0, 1800.0, 5400.0)
    """
    plain = text.strip().lower()
    if re.fullmatch(r"\d+(\.\d+)?", plain):
        total = float(plain)
    elif re.fullmatch(f"({_PART.pattern})+", plain):
        total = sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(plain))
    else:
        total = 0.0
    if total <= 0:
        raise CommandError(f"A duration is written like 90s, 30m, 1h or 1h30m, got {text!r}.")
    return total
