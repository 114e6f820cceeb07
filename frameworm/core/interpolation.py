"""Interpolation by OmegaConf: ``${model.dim}``, ``${oc.env:NAME}``, and ``${NAME}`` for short."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from frameworm.core.tree import key_hint, keys_of
from frameworm.errors import ConfigValueError

__all__ = ["escape", "has_interpolation", "resolve"]

# An even number of backslashes before it, or none: an odd one escapes the interpolation.
_NAME = re.compile(r"(?<!\\)((?:\\\\)*)\$\{\s*([A-Za-z_]\w*)\s*\}")
_UNSET_VARIABLE = re.compile(r"Environment variable '([^']*)' not found")
_UNKNOWN_KEY = re.compile(r"Interpolation key '([^']*)' not found")
_OPENING = re.compile(r"(\\*)\$\{")


class _Opaque:
    # Carries an object that OmegaConf cannot hold, such as a function, through it unchanged.
    # Not a dataclass: OmegaConf would take it apart.
    def __init__(self, value: Any) -> None:
        self.value = value

    def __deepcopy__(self, memo: Any) -> _Opaque:
        return self


def has_interpolation(value: Any) -> bool:
    """Tell whether a ``${`` stands anywhere in a tree.

    Example:
        >>> has_interpolation({"a": [{"b": "${c}"}]}), has_interpolation({"a": "c"})
        (True, False)
    """
    if isinstance(value, str):
        return "${" in value
    if isinstance(value, dict):
        return any(map(has_interpolation, value.values()))
    return isinstance(value, list) and any(map(has_interpolation, value))


def escape(text: str) -> str:
    r"""Return the text OmegaConf reads as ``text`` itself, whatever ``${`` is in it.

    Example:
        >>> print(escape("cost: ${5}"))
        cost: \${5}
    """
    return _OPENING.sub(r"\1\1\\${", text)


def resolve(values: Mapping[Any, Any], source_of: Callable[[str], str]) -> dict[Any, Any]:
    """Return the tree with every interpolation replaced by its value.

    A ``${NAME}`` that is no key of the tree is the environment variable ``NAME``. As in OmegaConf
    its value is a string; ``${oc.decode:${NAME}}`` reads it as YAML would, a number as a number.

    Args:
        values: A plain tree; leaves may be any objects.
        source_of: Says where a dotted key was written, for the error message.

    Returns:
        A new plain tree.

    Raises:
        ConfigValueError: If a variable is not set, a key does not exist, keys refer to each other
            in a circle, or an interpolation is malformed.

    Example:
        >>> resolve({"model": {"dim": 8}, "head": "${model.dim}"}, lambda key: "an example")
        {'model': {'dim': 8}, 'head': 8}
    """
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    try:
        config = OmegaConf.create(_wrap(values, values.keys()), flags={"allow_objects": True})
        resolved = _unwrap(OmegaConf.to_container(config, resolve=True))
    except OmegaConfBaseException as exc:
        raise ConfigValueError(_explain(exc, values, source_of)) from exc
    return dict(resolved)


def _wrap(value: Any, top_level: Collection[Any]) -> Any:
    if type(value) is str:  # a string of another class, such as an enum's, is a leaf
        return _NAME.sub(lambda match: _spell_out(match, top_level), value)
    if isinstance(value, Mapping):
        return {key: _wrap(item, top_level) for key, item in value.items()}
    if isinstance(value, list):
        return [_wrap(item, top_level) for item in value]
    return value if value is None or type(value) in (bool, int, float) else _Opaque(value)


def _spell_out(match: re.Match[str], top_level: Collection[Any]) -> str:
    backslashes, name = match.groups()
    return match[0] if name in top_level else f"{backslashes}${{oc.env:{name}}}"


def _unwrap(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unwrap(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_unwrap(item) for item in value]
    return value.value if isinstance(value, _Opaque) else value


def _explain(error: Exception, values: Mapping[Any, Any], source_of: Callable[[str], str]) -> str:
    key = str(getattr(error, "full_key", None) or "")
    place = f"{key!r} in {source_of(key)}"
    reason = str(error).partition("\n")[0]
    if unset := _UNSET_VARIABLE.search(reason):
        name = unset[1]
        return (
            f"The environment variable {name!r} is not set, but {place} needs it. Set it before "
            f"the start, or write a default: ${{oc.env:{name},default}}."
            f"{key_hint(name, list(keys_of(values)))}"
        )
    if unknown := _UNKNOWN_KEY.search(reason):
        name = unknown[1]
        return (
            f"The config has no key {name!r}, but {place} refers to it. Add the key or correct "
            f"the reference.{key_hint(name, list(keys_of(values)))}"
        )
    return (
        f"The interpolation at {place} cannot be resolved: {reason}. "
        r"Correct it, or write \${ for the characters themselves."
    )
