"""What a train function returned: the numbers in it, and what is kept beside them."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["sort_out"]


def sort_out(returned: Mapping[Any, Any]) -> tuple[dict[str, float], dict[str, Any]]:
    """Return a result's metrics and its attributes, by dotted name: nothing is dropped.

    Args:
        returned: Numbers, one-element tensors, and anything else, in dictionaries. Of what JSON
            cannot hold, such as a model, the type's name is kept.

    Example:
        >>> sort_out({"val": {"loss": 0.5}, "classes": ["cat", "dog"], "best": True})
        ({'val.loss': 0.5, 'best': 1.0}, {'classes': ['cat', 'dog']})
    """
    metrics: dict[str, float] = {}
    attributes: dict[str, Any] = {}
    for name, value in _flat(returned):
        try:
            metrics[name] = _as_number(value)
        except (TypeError, ValueError, RuntimeError):
            attributes[name] = _plain(value)
    return metrics, attributes


def _flat(values: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}.")
        else:
            yield name, value


def _as_number(value: Any) -> float:
    if isinstance(value, (str, bytes)) or value is None:
        raise TypeError(f"{value!r} is no number")
    if hasattr(value, "detach"):
        # A tensor that still has its graph warns when made a number.
        value = value.detach()
    return float(value)


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it; of one that it cannot hold its type's name."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if hasattr(value, "tolist"):  # arrays and tensors, of NumPy, torch and others
        return _plain(value.tolist())
    # A finished training is not thrown away for something that it returns besides.
    return f"<{type(value).__name__}>"
