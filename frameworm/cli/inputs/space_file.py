"""Search spaces written in YAML."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from frameworm.errors import CommandError, SpaceError, nearest
from frameworm.search.space.conversion.axes import dimension_of
from frameworm.search.space.spaces import (
    Categorical,
    Dimension,
    Integer,
    Real,
    check_space,
    expand_search_space,
)

__all__ = ["read_space"]

_Make = Callable[..., Dimension]
_TYPES: dict[str, tuple[_Make, tuple[str, ...], tuple[str, ...]]] = {
    "real": (Real, ("low", "high"), ("log", "step", "when")),
    "integer": (Integer, ("low", "high"), ("log", "step", "when")),
    "categorical": (Categorical, ("choices",), ("when",)),
}
_FIELDS = {field for _, needed, others in _TYPES.values() for field in (*needed, *others)}
_FLOAT = re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?[eE][-+]?[0-9]+$")


class _Loader(yaml.SafeLoader):
    """Reads 1e-5 as the number it is; YAML 1.1 asks for 1.0e-5."""


_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, list("-+0123456789"))


def read_space(path: Path, base_config: Mapping[str, Any]) -> dict[str, Dimension]:
    """Return the search space in a YAML file.

    Args:
        path: The file: parameters by dotted key or in sections, each a list of values or a mapping
            with a ``type`` (``real``, ``integer`` or ``categorical``) and its arguments.
        base_config: The configuration it is for, as a nested dictionary.

    Raises:
        CommandError: If the file is missing, no YAML, or breaks a rule of the space; the message
            names the line and the key.
    """
    lines: dict[str, int] = {}
    found: dict[str, Any] = {}
    for key, node, value in _parameters(path):
        if key in found:
            raise _wrong(path, node, key, f"it is given twice, first in line {lines[key]}.")
        found[key], lines[key] = value, node.start_mark.line + 1
    try:
        space = expand_search_space(found)
        check_space(space, base_config)
    except SpaceError as error:
        place = _place(str(error), lines)
        raise CommandError(f"{path}{place}: {error}") from error
    return space


def _place(message: str, lines: Mapping[str, int]) -> str:
    """Return the line of the parameter that a message names first."""
    named = [key for key in lines if message.startswith(f"{key}:") or message.startswith(f"{key} ")]
    named = named or sorted((key for key in lines if repr(key) in message), key=message.find)
    return f", line {lines[named[0]]}, {named[0]}" if named else ""


def _parameters(path: Path) -> Iterator[tuple[str, yaml.Node, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CommandError(f"Cannot read the search space {path}: {reason}.") from error
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise CommandError(f"{path} is empty; give at least one parameter.")
        if not isinstance(root, yaml.MappingNode):
            raise _wrong(path, root, "", "a search space is a mapping of parameters by key.")
        yield from _walk(path, loader, root, "")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise CommandError(f"{path}{place}: this is not YAML: {error.problem}.") from error
    except yaml.YAMLError as error:
        raise CommandError(f"{path} is not YAML: {error}.") from error
    finally:
        loader.dispose()


def _walk(
    path: Path, loader: _Loader, section: yaml.MappingNode, prefix: str
) -> Iterator[tuple[str, yaml.Node, Any]]:
    loader.flatten_mapping(section)
    for key_node, node in section.value:
        key = f"{prefix}{loader.construct_object(key_node)}"
        if isinstance(node, yaml.SequenceNode):
            make = functools.partial(dimension_of, loader.construct_object(node, deep=True))
            yield key, key_node, _checked(path, key_node, key, make)
        elif not isinstance(node, yaml.MappingNode):
            raise _wrong(
                path,
                node,
                key,
                "a parameter is a list of values, as in [16, 32], or a mapping, as in "
                f"{{type: real, low: 0.0, high: 1.0}}; got {node.value!r}.",
            )
        elif _is_section(node):
            yield from _walk(path, loader, node, f"{key}.")
        else:
            yield key, key_node, _dimension(path, loader, node, key)


def _is_section(node: yaml.MappingNode) -> bool:
    """Whether a mapping holds parameters rather than describing one."""
    names = {key.value for key, _ in node.value}
    if "type" in names:
        return False
    return not names & _FIELDS or all(
        isinstance(value, (yaml.MappingNode, yaml.SequenceNode)) and key.value != "choices"
        for key, value in node.value
    )


def _dimension(path: Path, loader: _Loader, node: yaml.MappingNode, key: str) -> Dimension:
    loader.flatten_mapping(node)
    places = {str(name.value): name for name, _ in node.value}
    given = {str(name.value): loader.construct_object(at, deep=True) for name, at in node.value}
    kind = given.pop("type", None)
    kinds = ", ".join(_TYPES)
    if kind is None:
        raise _wrong(path, node, key, f"its type is missing; give type: one of {kinds}.")
    if kind not in _TYPES:
        hint = nearest(str(kind), _TYPES)
        raise _wrong(path, places["type"], f"{key}.type", f"{kind!r} is none of {kinds}.{hint}")
    make, needed, others = _TYPES[kind]
    for name in given:
        if name not in (*needed, *others):
            hint = nearest(name, (*needed, *others))
            known = ", ".join((*needed, *others))
            raise _wrong(
                path, places[name], f"{key}.{name}", f"a {kind} parameter has {known} only.{hint}"
            )
    for name in needed:
        if name not in given:
            raise _wrong(path, node, key, f"a {kind} parameter needs {name}.")
    return _checked(path, node, key, functools.partial(make, **given))


def _checked(path: Path, node: yaml.Node, key: str, make: Callable[[], Dimension]) -> Dimension:
    try:
        return make()
    except SpaceError as error:
        raise _wrong(path, node, key, str(error)) from error


def _wrong(path: Path, node: yaml.Node, key: str, what: str) -> CommandError:
    named = f", {key}" if key else ""
    return CommandError(f"{path}, line {node.start_mark.line + 1}{named}: {what}")
