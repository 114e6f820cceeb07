"""What a trial's folder is called, wherever a search makes one for each trial."""

from __future__ import annotations

import re

__all__ = ["trial_name", "trial_number"]

_NAME = re.compile(r"trial-(\d{5,})")


def trial_name(number: int) -> str:
    """Return the name of a trial's folder.

    Args:
        number: The trial's number, from 0.

    Example:
        >>> trial_name(3)
        'trial-00003'
    """
    return f"trial-{number:05d}"


def trial_number(name: str) -> int | None:
    """Return the number of the trial whose folder is called so; ``None`` for other folders.

    Example:
        >>> trial_number("trial-00003"), trial_number("old")
        (3, None)
    """
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else None
