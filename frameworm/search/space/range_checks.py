"""What the ends, the step and the grid of a range must be, and where its values lie."""

from __future__ import annotations

import math
import numbers
from fractions import Fraction
from typing import Any

from frameworm.errors import SpaceError

__all__ = [
    "LARGEST",
    "check_count",
    "check_log",
    "check_order",
    "is_number",
    "lies_in",
    "number",
    "spread",
    "tidy",
    "whole",
]

LARGEST = 2**53
"""Up to here a double holds every whole number; a study stores parameters as doubles."""


def is_number(value: object) -> bool:
    """Whether a value is a real number; ``True`` is none."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def number(kind: str, name: str, value: object) -> float:
    """Return a finite number as a float.

    Args:
        kind: The dimension, for the message.
        name: Its argument, for the message.
        value: What was given.

    Raises:
        SpaceError: If it is none.
    """
    if not is_number(value):
        raise SpaceError(f"{kind} needs a number for {name}, got {value!r}.")
    try:
        converted = float(value)  # type: ignore[arg-type]  # it is a number by then
    except OverflowError:
        converted = math.inf
    if not math.isfinite(converted):
        raise SpaceError(f"{kind} needs a finite {name}, got {value!r}.")
    return converted


def whole(name: str, value: object) -> int:
    """Return a whole number as an int; ``1e4`` is one too.

    Args:
        name: The argument of ``Integer``, for the message.
        value: What was given.

    Raises:
        SpaceError: If it is none.
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise SpaceError(
            f"Integer needs a whole number for {name}, got {value!r}; use Real for other numbers."
        )
    return int(value)


def check_order(kind: str, low: float, high: float) -> None:
    """Refuse ends in the wrong order."""
    if low > high:
        raise SpaceError(f"{kind} needs low <= high, got low={low!r} and high={high!r}.")


def check_log(kind: str, log: object) -> None:
    """Refuse a ``log`` that is neither true nor false."""
    # Third by position, where other libraries have the step: Real(1, 5, 0.5) would be logarithmic.
    if not isinstance(log, bool):
        meant = "log=True" if "log" in str(log) else f"step={log!r}"
        raise SpaceError(f"{kind} needs log to be True or False, got {log!r}; or write {meant}.")


def lies_in(value: Any, low: float, high: float, step: float | None) -> bool:
    """Whether a value is one of a range, its steps counted from the low end.

    Args:
        value: Anything.
        low: The smallest value.
        high: The largest.
        step: The distance between values, a whole number where they are whole; ``None`` allows
            all.

    Example:
        >>> lies_in(3 * 0.1, 0.0, 1.0, 0.1), lies_in(0.35, 0.0, 1.0, 0.1), lies_in(True, 0, 1, 1)
        (True, False, False)
    """
    if not is_number(value) or not low <= value <= high:
        return False
    if step is None:
        return True
    if isinstance(step, int):  # a quotient of large numbers would lose its fraction
        return bool((value - low) % step == 0)
    steps = float(value - low) / step
    return abs(steps - round(steps)) < 1e-8


def check_count(num_values: object) -> None:
    """Refuse a number of grid values that is no whole number from 1."""
    is_whole = isinstance(num_values, numbers.Integral) and not isinstance(num_values, bool)
    if not is_whole or num_values < 1:  # type: ignore[operator]  # it is a number by then
        raise SpaceError(f"get_grid_values needs a whole num_values >= 1, got {num_values!r}.")


def tidy(value: float) -> float:
    """Drop the last digits of rounding noise, so that a grid reads 0.001 and not 0.00099999."""
    return float(f"{value:.15g}")


def spread(steps: int, num_values: int) -> list[int]:
    """Return at most ``num_values`` indices from 0 to ``steps``, both included, evenly apart."""
    last = max(1, num_values - 1)
    return sorted({round(Fraction(steps * index, last)) for index in range(num_values)})
