"""What one parameter may be, as users hold it: lists, arrays, other libraries' dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from frameworm.errors import SpaceError
from frameworm.search.space.conversion.foreign import from_library, from_prior
from frameworm.search.space.dimensions import Categorical, Dimension, Integer, Real
from frameworm.search.space.range_checks import LARGEST, is_number
from frameworm.search.space.values import python_scalar

__all__ = ["choices_of", "dimension_of"]


def dimension_of(value: Any) -> Dimension:
    """Return the dimension that a value of a search space stands for.

    Args:
        value: A dimension; a list, tuple, range, one-dimensional array or series of values; a
            distribution of Optuna; SciPy's frozen ``uniform``, ``loguniform`` or ``randint``; or a
            dimension of scikit-optimize, as an object or as ``(low, high, "log-uniform")``.

    Raises:
        SpaceError: If it is none of these; the message says what to write.

    Example:
        >>> dimension_of((1e-4, 1e-1, "log-uniform")), dimension_of(range(8, 33, 8))
        (Real(0.0001, 0.1, log=True), Categorical([8, 16, 24, 32]))
    """
    if isinstance(value, (Real, Integer, Categorical)):
        return value
    found = from_library(value) or from_prior(value)
    if found is not None:
        return found
    if isinstance(value, tuple) and len(value) == 2 and all(map(is_number, value)):
        low, high = map(python_scalar, value)
        kind = "Integer" if isinstance(low, int) and isinstance(high, int) else "Real"
        raise SpaceError(
            f"{value!r} is a range to some libraries and two values to others; write "
            f"{kind}({low!r}, {high!r}) or {[low, high]!r}."
        )
    return Categorical(choices_of(value))


def choices_of(value: Any) -> list[Any]:
    """Return the values of a list of values.

    Whole numbers among other numbers become floats, so that ``[0, 0.5, 1]`` is one kind of number
    in every search.

    Args:
        value: A list, tuple, range, one-dimensional array or series.

    Raises:
        SpaceError: If it is none of these; the message says what to write.

    Example:
        >>> choices_of([0, 0.5, 1]), choices_of(["adam", None])
        ([0.0, 0.5, 1.0], ['adam', None])
    """
    dimensions = getattr(value, "ndim", None)
    if dimensions == 1 and hasattr(value, "tolist"):
        return value.tolist()  # type: ignore[no-any-return]  # arrays of any library
    if dimensions is None and isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        values = list(map(python_scalar, value))
        return [float(number) for number in values] if _are_mixed(values) else values
    raise SpaceError(
        "a parameter is a Real, an Integer, a Categorical or a list of values, "
        f"got {value!r}{_remedy(value, dimensions)}"
    )


def _are_mixed(values: list[Any]) -> bool:
    """Whether whole and other numbers stand side by side, and floats can hold them all."""
    if {type(value) for value in values} != {int, float}:
        return False
    return all(abs(value) <= LARGEST for value in values if isinstance(value, int))


def _remedy(value: Any, dimensions: int | None) -> str:
    if dimensions:
        return f", which has {dimensions} dimensions; write list(...) to have its rows as choices."
    if isinstance(value, (set, frozenset)):
        return ", which has no order; write sorted(...)."
    if isinstance(value, (str, bytes, int, float, type(None))) or dimensions == 0:
        return f"; write [{value!r}] for a single value."
    if isinstance(value, type) or not hasattr(value, "__iter__"):
        return "; write Real(low, high), with log=True or step=, for a range."
    return "; write list(...) of it."
