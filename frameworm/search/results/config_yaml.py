"""A configuration as YAML for people, whatever objects it holds."""

from __future__ import annotations

from typing import Any

from frameworm.core.config import Config
from frameworm.core.json_values import name_of
from frameworm.errors import ConfigError

__all__ = ["config_yaml"]


def config_yaml(config: Config) -> str:
    """Return a configuration as YAML; what YAML cannot hold goes in by its name.

    Example:
        >>> print(config_yaml(Config.from_dict({"lr": 0.1, "activation": len})), end="")
        lr: 0.1
        activation: builtins.len
    """
    try:
        return config.to_yaml()
    except ConfigError:
        # Merged, since from_dict would resolve what was escaped.
        return Config.from_dict({}).merge(_named(config.to_dict())).to_yaml()


def _named(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _named(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_named(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return name_of(value)
