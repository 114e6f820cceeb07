"""Values as they are stored: configurations as JSON and YAML, metrics as floats."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from frameworm.core.interpolation import escape
from frameworm.core.objects import as_mapping
from frameworm.errors import ConfigValueError, ExperimentError

__all__ = ["as_metric", "as_metrics", "from_json", "plain_config", "to_json", "to_yaml"]

_FLOAT = "$float"  # {"$float": "nan"} in JSON, which has no numbers that are not finite
_encode = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps makes an encoder each time
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# YAML 1.1 reads these keys as booleans or null when they are not quoted.
_RESERVED = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])
# What JSON leaves as it is, but YAML does not allow in the open.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def plain_config(config: Any) -> dict[str, Any]:
    """Return a configuration as plain dictionaries, lists, strings, numbers, booleans and None.

    What is none of these becomes one: tuples and sets lists, paths strings, NumPy scalars and
    0-d tensors numbers, functions and classes their dotted name, anything else its ``repr``.

    Args:
        config: A mapping, such as a `Config`, a dataclass or whatever else
            `frameworm.core.objects.as_mapping` takes, or None for an empty one.

    Returns:
        A tree that shares nothing with the configuration.

    Raises:
        ExperimentError: If it is none of these.

    Example:
        >>> plain_config({"model": {"dims": (8, 4), "act": len}})
        {'model': {'dims': [8, 4], 'act': 'builtins.len'}}
    """
    try:
        mapping = as_mapping(config)
    except ConfigValueError as exc:
        raise ExperimentError(f"An experiment's config cannot be recorded: {exc}") from exc
    return {str(key): plain(item) for key, item in mapping.items()}


def plain(value: Any) -> Any:
    """Return one value of a configuration as `plain_config` does."""
    if value is None or type(value) in (str, int, float, bool):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted((plain(item) for item in value), key=repr)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (int, float)):
        return int(value) if isinstance(value, int) else float(value)
    if isinstance(value, os.PathLike):
        return str(os.fspath(value))
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        return plain(value.item())
    if hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    return repr(value)


def to_json(tree: Any, indent: int | None = None) -> str:
    """Return a plain tree as valid JSON; numbers that are not finite become ``{"$float": ...}``.

    Example:
        >>> to_json({"limit": float("inf")})
        '{"limit": {"$float": "inf"}}'
    """
    try:
        return json.dumps(tree, allow_nan=False, indent=indent)
    except ValueError:  # rare, so the common tree is not walked for it
        return json.dumps(_marked(tree), allow_nan=False, indent=indent)


def from_json(text: str) -> Any:
    """Return the plain tree that `to_json` wrote.

    Raises:
        ValueError: If the text is not JSON.

    Example:
        >>> from_json('{"limit": {"$float": "inf"}}')
        {'limit': inf}
    """
    return json.loads(text, object_hook=_unmarked)


def _marked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _marked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_marked(item) for item in value]
    return {_FLOAT: repr(value)} if type(value) is float and not math.isfinite(value) else value


def _unmarked(value: dict[str, Any]) -> Any:
    marked = value.get(_FLOAT)
    is_mark = len(value) == 1 and marked in ("nan", "inf", "-inf")
    return float(str(marked)) if is_mark else value


def to_yaml(tree: Mapping[str, Any]) -> str:
    """Return a plain tree as YAML that `Config` reads back.

    Written here because PyYAML takes 2 ms for 30 keys, its C version 0.5 ms, and this 0.1 ms; a
    search writes one file a trial. Strings are always quoted, so none is taken for a number.

    Args:
        tree: What `plain_config` returned.

    Returns:
        YAML, sections in block style, lists in one line.

    Example:
        >>> print(to_yaml({"training": {"lr": 1e-5, "name": "1e-5"}, "dims": [8, 4]}), end="")
        training:
          lr: 1.0e-05
          name: "1e-5"
        dims: [8, 4]
    """
    return "".join(f"{line}\n" for line in _lines(tree, "")) or "{}\n"


def _lines(tree: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in tree.items():
        is_plain = _PLAIN_KEY.fullmatch(key) and key.lower() not in _RESERVED
        name = key if is_plain else _quoted(key)
        if isinstance(value, dict) and value:
            yield f"{indent}{name}:"
            yield from _lines(value, indent + "  ")
        else:
            yield f"{indent}{name}: {_flow(value)}"


def _flow(value: Any) -> str:
    if isinstance(value, str):
        return _quoted(escape(value))
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{_quoted(key)}: {_flow(item)}" for key, item in value.items()) + "}"
        )
    return _float(value) if isinstance(value, float) else _encode(value)


def _float(value: float) -> str:
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else f"{'-' if value < 0 else ''}.inf"
    text = repr(value)
    # YAML 1.1 takes 1e-05 for a string: a float needs its point.
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


def _quoted(text: str) -> str:
    return _UNPRINTABLE.sub(lambda m: f"\\u{ord(m[0]):04x}", _encode(text))


def as_metric(name: str, value: Any) -> float:
    """Return the value of a metric as a float.

    Args:
        name: Its name, for the message.
        value: A number, NaN and infinities included, or whatever has ``item()`` that returns one:
            a NumPy scalar or a tensor with one element.

    Returns:
        The float.

    Raises:
        ExperimentError: If it is no number.

    Example:
        >>> import numpy as np
        >>> as_metric("loss", np.float32(0.5))
        0.5
    """
    if type(value) is float:
        return value
    try:
        if hasattr(value, "item"):
            value = value.item()
        if not isinstance(value, (str, bytes, bytearray)):
            return float(value)
    except (TypeError, ValueError, OverflowError, RuntimeError) as exc:
        raise _no_number(name, value) from exc
    raise _no_number(name, value)


def as_metrics(values: Mapping[str, Any]) -> dict[str, float]:
    """Return every metric as a float; see `as_metric`.

    Raises:
        ExperimentError: If it is no mapping, or a value no number.
    """
    if not isinstance(values, Mapping):
        raise ExperimentError(
            f"Metrics are a mapping of names to numbers, got {type(values).__name__}. "
            "Write {'val_loss': 0.5}."
        )
    return {name: as_metric(name, value) for name, value in values.items()}


def _no_number(name: str, value: Any) -> ExperimentError:
    return ExperimentError(
        f"A metric is one number, but {name!r} is {str(value)[:80]!r} ({type(value).__name__}). "
        "Log a float; reduce a tensor first, for example with .mean()."
    )
