"""Plain trees to YAML that reads back as the same tree, and to JSON."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Mapping
from typing import Any

from frameworm.core.interpolation import escape
from frameworm.core.tree import join
from frameworm.errors import ConfigValueError

__all__ = ["to_json", "to_yaml"]


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
    return OmegaConf.to_yaml(OmegaConf.create(_writable(tree, "", "YAML", escape)))


def to_json(tree: Mapping[Any, Any], indent: int | None = None) -> str:
    """Return the tree as JSON.

    Args:
        tree: As for `to_yaml`; keys become strings.
        indent: Spaces for each level; ``None`` writes one line.

    Raises:
        ConfigValueError: If a leaf has no form in JSON, such as a function, NaN or an infinity.

    Example:
        >>> to_json({"training": {"dims": (8, 4)}})
        '{"training": {"dims": [8, 4]}}'
    """
    return json.dumps(_writable(tree, "", "JSON", str), indent=indent)


def _writable(value: Any, key: str, form: str, text: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _writable(item, join(key, name), form, text) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_writable(item, f"{key}[{index}]", form, text) for index, item in enumerate(value)]
    if isinstance(value, str):
        return text(str(value))
    if isinstance(value, os.PathLike):
        return text(str(os.fspath(value)))
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) and (form == "YAML" or math.isfinite(value)):
        return float(value)
    if getattr(value, "shape", None) == () and type(bare := value.item()) is not type(value):
        return _writable(bare, key, form, text)
    raise ConfigValueError(
        f"{form} holds strings, numbers, booleans, null, lists and mappings, but {key!r} is "
        f"{value!r}. Store its name instead, or use to_dict() or pickle."
    )
