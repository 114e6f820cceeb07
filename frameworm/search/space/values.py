"""Single values of a parameter: when two are one, and NumPy's as Python's own."""

from __future__ import annotations

import math
from typing import Any

__all__ = ["python_scalar", "same"]


def same(one: Any, other: Any) -> bool:
    """Whether two choices are one: equal *and* of one type, NaN equal to itself."""
    if type(one) is not type(other):
        return False
    if one is other:
        return True
    if isinstance(one, float) and math.isnan(one) and math.isnan(other):
        return True
    try:
        return bool(one == other) and repr(one) == repr(other)
    except Exception:  # arrays and other types whose == is no truth value
        return False


def python_scalar(value: Any) -> Any:
    """Return a NumPy scalar as the number a user would have typed; anything else as it is.

    Example:
        >>> import numpy as np
        >>> python_scalar(np.int64(3)), python_scalar("adam")
        (3, 'adam')
    """
    is_scalar = type(value).__module__ == "numpy" and getattr(value, "shape", None) == ()
    return value.item() if is_scalar else value
