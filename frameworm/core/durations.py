"""Lengths of time as people type and read them."""

from __future__ import annotations

import re

__all__ = ["duration_text", "parse_duration"]

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhd])")


def parse_duration(text: str) -> float:
    """Return a typed duration in seconds.

    Args:
        text: Numbers with the units s, m, h or d; a lone number is seconds.

    Raises:
        ValueError: If it is none, or not positive.

    Example:
        >>> parse_duration("90"), parse_duration("30m"), parse_duration("1h30m")
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
        raise ValueError(f"A duration is written like 90s, 30m, 1h or 1h30m, got {text!r}.")
    return total


def duration_text(seconds: float) -> str:
    """Return a duration in the words people use for it.

    Args:
        seconds: Its length.

    Example:
        >>> duration_text(0.0005), duration_text(90), duration_text(9000), duration_text(1e6)
        ('0.5 ms', '90 s', '2 h 30 min', '11 days 13 h')
    """
    if seconds < 0.1:
        return f"{seconds * 1000:.3g} ms"
    if seconds < 120:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 120:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} days {hours % 24} h"
