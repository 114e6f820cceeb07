"""The registry: models by name, so that a configuration can choose one."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, TypeVar, overload

from frameworm.errors import ConfigValueError, UnknownModelError, nearest

__all__ = ["get_model", "list_models", "register_model", "registered_name"]

_Class = TypeVar("_Class", bound=type[Any])

# The module that registers each built-in model when it is imported: they import torch.
_BUILT_IN = {"vae": "frameworm.models.vae"}
_REGISTERED: dict[str, type[Any]] = {}


@overload
def register_model(name: str, *, override: bool = ...) -> Callable[[_Class], _Class]: ...


@overload
def register_model(name: str, cls: _Class, *, override: bool = ...) -> _Class: ...


def register_model(name: str, cls: Any = None, *, override: bool = False) -> Any:
    """Register a model class under a name, as a decorator or by a call.

    Args:
        name: The name, exactly as `get_model` will be asked for it.
        cls: The class; leave it out to decorate one.
        override: Whether the class may take the name from another.

    Returns:
        The class itself, or the decorator.

    Raises:
        ConfigValueError: If the name is no text, ``cls`` is no class, or another class has the
            name and ``override`` is false.

    Example:
        >>> @register_model("example-linear")
        ... class Linear:
        ...     pass
        >>> get_model("example-linear") is Linear
        True
    """
    if not isinstance(name, str) or not name:
        raise ConfigValueError(
            f"A model is registered under a name, got {name!r}. "
            'Write @register_model("name") above the class.'
        )

    def register(cls: _Class) -> _Class:
        _register(name, cls, override)
        return cls

    return register if cls is None else register(cls)


def get_model(name: str) -> type[Any]:
    """Return the model class registered under a name; a built-in one is imported on demand.

    Args:
        name: The name, for example ``"vae"``.

    Returns:
        The class, to be called with a `frameworm.core.Config`.

    Raises:
        UnknownModelError: If no model has that name.

    Example:
        >>> get_model("vea")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        frameworm.errors.UnknownModelError: No model is registered as 'vea'. Did you mean 'vae'? ...
    """
    if name not in _REGISTERED and name in _BUILT_IN:
        importlib.import_module(_BUILT_IN[name])
    if name not in _REGISTERED:
        known = list_models()
        raise UnknownModelError(
            f"No model is registered as {name!r}.{nearest(str(name), known)} There are: "
            f"{', '.join(known)}. Import the module that registers it with @register_model."
        )
    return _REGISTERED[name]


def registered_name(cls: type[Any]) -> str | None:
    """Return the name a model class is registered under, `None` if it is not.

    Example:
        >>> registered_name(int) is None
        True
    """
    return next((name for name, known in _REGISTERED.items() if known is cls), None)


def list_models() -> list[str]:
    """Return the names of all models, sorted; built-in ones are not imported for it.

    Example:
        >>> "vae" in list_models()
        True
    """
    return sorted({*_BUILT_IN, *_REGISTERED})


def _register(name: str, cls: Any, override: bool) -> None:
    if not isinstance(cls, type):
        raise ConfigValueError(
            f"A model must be a class, got {cls!r} for {name!r}. Register the class, not an object."
        )
    owner = _REGISTERED.get(name)
    is_built_in = cls.__module__ == _BUILT_IN.get(name)
    if is_built_in and owner is not None and owner.__module__ != cls.__module__:
        return  # The user took the name before the built-in model was imported.
    if override or is_built_in or _is_free(name, cls):
        _REGISTERED[name] = cls
        return
    holder = (
        f"{owner.__module__}.{owner.__qualname__}" if owner else f"built in ({_BUILT_IN[name]})"
    )
    raise ConfigValueError(
        f"A model name stands for one class, but {name!r} is already taken: {holder}. "
        "Choose another name, or pass override=True to replace it."
    )


def _is_free(name: str, cls: type[Any]) -> bool:
    owner = _REGISTERED.get(name)
    if owner is None:
        return name not in _BUILT_IN
    # A notebook cell or a reloaded module defines the same class again.
    same_place = (owner.__module__, owner.__qualname__) == (cls.__module__, cls.__qualname__)
    return owner is cls or (same_place and "<locals>" not in cls.__qualname__)
