"""Parameters as other tools' tables take them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frameworm.core.json_values import name_of

__all__ = ["plain_params"]


def plain_params(params: Mapping[str, Any]) -> dict[str, bool | int | float | str]:
    """Return parameters with every value that is no number or string made its name.

    Example:
        >>> plain_params({"lr": 0.1, "layers": (8, 8), "loss": len, "decay": None})
        {'lr': 0.1, 'layers': '(8, 8)', 'loss': 'builtins.len', 'decay': 'None'}
    """
    return {
        name: value if isinstance(value, (bool, int, float, str)) else name_of(value)
        for name, value in params.items()
    }
