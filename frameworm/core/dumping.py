"""Plain trees to YAML that reads back as the same tree."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from frameworm.core.interpolation import escape
from frameworm.core.tree import join
from frameworm.errors import ConfigValueError

__all__ = ["to_yaml"]


def to_yaml(tree: Mapping[Any, Any]) -> str:
    """Return the tree as YAML.

    Args:
        tree: The tree; leaves are strings, numbers, booleans, ``None``, paths and NumPy scalars.
            Tuples are written as lists and paths as strings.

    Returns:
        YAML in block style, keys in their order.

    Raises:
        ConfigValueError: If a leaf has no form in YAML, such as a function.

    Example:
        >>> print(to_yaml({"training": {"lr": 1e-5, "name": "1e-5"}}), end="")
        training:
          lr: 1.0e-05
          name: '1e-5'
    """
    from omegaconf import OmegaConf

    # OmegaConf reads 1e-5 as a number where YAML 1.1 reads a string, so it must do the quoting.
    return OmegaConf.to_yaml(OmegaConf.create(_writable(tree, "")))


def _writable(value: Any, key: str) -> Any:
    if isinstance(value, Mapping):
        return {name: _writable(item, join(key, name)) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_writable(item, f"{key}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, str):
        return escape(str(value))
    if isinstance(value, os.PathLike):
        return escape(str(os.fspath(value)))
    if value is None or isinstance(value, bool):
        return value
    for kind in (int, float):
        if isinstance(value, kind):
            return kind(value)
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        return _writable(value.item(), key)
    raise ConfigValueError(
        f"YAML holds strings, numbers, booleans, null, lists and mappings, but {key!r} is "
        f"{value!r}. Store its name instead, or use to_dict() or pickle."
    )
