"""Configurations held as other objects: dataclasses, namespaces, Pydantic, attrs, OmegaConf."""

from __future__ import annotations

import dataclasses
import os
import types
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Union

from frameworm.errors import ConfigValueError

if TYPE_CHECKING:
    import argparse

    from _typeshed import DataclassInstance
    from attrs import AttrsInstance
    from pydantic import BaseModel

    ConfigLike = Union[
        Mapping[Any, Any],
        DataclassInstance,
        AttrsInstance,
        BaseModel,
        argparse.Namespace,
        types.SimpleNamespace,
        str,
        os.PathLike[str],
        None,
    ]

__all__ = ["as_mapping"]


def as_mapping(source: Any) -> Mapping[Any, Any]:
    """Return the nested mapping that a configuration object stands for.

    Args:
        source: A mapping, such as a `Config` or OmegaConf's; ``None`` for an empty one; or an
            instance of a dataclass, an attrs class, a Pydantic model, or a namespace. What such
            an object holds of these, lists and tuples included, becomes dictionaries too; other
            values stay the very objects.

    Raises:
        ConfigValueError: If it is none of these; the message says what to write.

    Example:
        >>> import argparse
        >>> as_mapping(argparse.Namespace(lr=0.1, model=types.SimpleNamespace(dim=8)))
        {'lr': 0.1, 'model': {'dim': 8}}
    """
    if source is None:
        return {}
    if isinstance(source, Mapping):
        return _without_omegaconf(source)
    fields = _fields(source)
    if fields is not None:
        return {key: _section(value) for key, value in fields.items()}
    raise ConfigValueError(
        "A config is a mapping, a dataclass, an attrs or Pydantic object, a namespace or an "
        f"OmegaConf config, got {type(source).__name__}{_remedy(source)}"
    )


def _section(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _section(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(_section, value))
    fields = _fields(value)
    return value if fields is None else {key: _section(item) for key, item in fields.items()}


def _fields(source: Any) -> dict[str, Any] | None:
    """Return the fields of an object that is made to hold fields; ``None`` for another."""
    import argparse

    kind = type(source)
    if isinstance(source, type):
        return None
    if isinstance(source, (argparse.Namespace, types.SimpleNamespace)):
        return dict(vars(source))
    if dataclasses.is_dataclass(source):
        names = [field.name for field in dataclasses.fields(source)]
    elif hasattr(kind, "__attrs_attrs__"):
        names = [field.name for field in kind.__attrs_attrs__]
    elif hasattr(kind, "model_fields"):
        names = [*kind.model_fields, *(source.model_extra or ())]
    else:
        return None
    return {name: getattr(source, name) for name in names}


def _remedy(source: Any) -> str:
    if isinstance(source, type):
        return f"; give an instance, {source.__name__}(...), and not the class."
    for name in ("to_dict", "as_dict", "asdict", "_asdict", "dict"):
        if callable(getattr(source, name, None)):
            return f"; write Config.from_dict(config.{name}())."
    if hasattr(source, "__dict__") and vars(source):
        return "; write Config.from_dict(vars(config))."
    return "; write Config.from_dict({...}), or Config(path) for a YAML file."


def _without_omegaconf(mapping: Mapping[Any, Any]) -> Mapping[Any, Any]:
    # Only who has made an OmegaConf object has imported omegaconf.
    if type(mapping).__module__.partition(".")[0] != "omegaconf":
        return mapping
    from omegaconf import OmegaConf

    return OmegaConf.to_container(mapping, resolve=True)  # type: ignore[return-value]
