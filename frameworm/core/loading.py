"""YAML files to plain dictionaries: inheritance by ``_base_``, overrides, interpolation."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from frameworm.core.interpolation import resolve
from frameworm.core.tree import MISSING, find, keys_of, slip_hint
from frameworm.errors import ConfigNotFoundError, ConfigValueError, nearest

__all__ = ["load"]

BASE_KEY = "_base_"
_LOGGER = logging.getLogger("frameworm")
_COMMAND_LINE = "the command-line overrides"

_Layer = tuple[str, dict[Any, Any]]  # where it was written, and what was written there


def load(path: Path, overrides: Sequence[str] = ()) -> dict[Any, Any]:
    """Read a YAML file and what it inherits, apply the overrides, resolve the interpolations.

    Args:
        path: The YAML file.
        overrides: Dotted keys with values in YAML, such as ``"training.lr=1e-3"``.

    Returns:
        The plain, resolved tree.

    Raises:
        ConfigNotFoundError: If a file does not exist.
        ConfigValueError: If a file cannot be used, an override is malformed, a value marked
            ``???`` was not given, or an interpolation cannot be resolved.
    """
    from omegaconf import OmegaConf

    layers = list(_layers(path, ()))
    config = OmegaConf.merge(*(values for _, values in layers))
    if overrides:
        layers.append((_COMMAND_LINE, _apply(overrides, config)))
    resolved = resolve(_unresolved(config), _source_of(layers, path))
    for key in keys_of(resolved):
        if find(resolved, key) == "???":
            raise ConfigValueError(
                f"{key!r} in {_source_of(layers, path)(key)} is marked ??? and must be given a "
                f"value. Override it, for example with {key}=... on the command line."
            )
    return resolved


def _layers(path: Path, children: tuple[Path, ...]) -> Iterator[_Layer]:
    """Yield the file and all it inherits, the one that wins last."""
    identity = path.resolve()
    if identity in children:
        circle = " -> ".join(map(str, (*children[children.index(identity) :], identity)))
        raise ConfigValueError(
            f"Config files must not inherit in a circle: {circle}. Remove one {BASE_KEY}."
        )
    values = _read(path, children)
    for base in _bases(values.pop(BASE_KEY, []), path):
        yield from _layers(path.parent / base, (*children, identity))
    yield str(path), values


def _bases(entry: Any, path: Path) -> list[str]:
    entry = resolve({BASE_KEY: entry}, lambda _: str(path))[BASE_KEY]
    bases = [entry] if isinstance(entry, str) else entry
    if not isinstance(bases, list) or not all(isinstance(base, str) and base for base in bases):
        raise ConfigValueError(
            f"{BASE_KEY} must be the path of a YAML file or a list of them, got {entry!r} in "
            f"{path}. Relative paths start at that file's folder."
        )
    return bases


def _read(path: Path, children: tuple[Path, ...]) -> dict[Any, Any]:
    import yaml
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    named_by = f", named as {BASE_KEY} in {children[-1]}" if children else ""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as exc:
        siblings = [other.name for other in path.parent.glob("*.y*ml")]
        raise ConfigNotFoundError(
            f"The config file {path.absolute()} does not exist{named_by}. "
            f"Check the path.{nearest(path.name, siblings)}"
        ) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigValueError(
            f"The config file {path} cannot be read{named_by}: {exc}. "
            "It must be a readable text file in UTF-8."
        ) from exc
    try:
        # OmegaConf makes {} of an empty file and {'x': None} of a file with the one word x.
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is None:
            raise ConfigValueError(
                f"The config file {path} is empty{named_by}. Write keys and values, or {{}}."
            )
        if not isinstance(node, yaml.MappingNode):
            kind = "list" if isinstance(node, yaml.SequenceNode) else "single value"
            raise ConfigValueError(
                f"A config file must be a mapping of keys to values, but {path} holds a "
                f"{kind}{named_by}. Write it as in 'training: {{lr: 0.001}}'."
            )
        return _unresolved(OmegaConf.create(text))
    except (yaml.YAMLError, OmegaConfBaseException) as exc:
        raise ConfigValueError(
            f"The config file {path} is not valid YAML{named_by}: {exc}. Correct it there."
        ) from exc


def _apply(overrides: Sequence[str], config: Any) -> dict[Any, Any]:
    """Apply the overrides to the OmegaConf config, in order; return them as a tree."""
    import yaml
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    known = list(keys_of(_unresolved(config)))
    for override in overrides:
        key, equals, value = override.partition("=")
        if not equals or not key.strip("-. ") or key != key.strip():
            raise ConfigValueError(
                f"An override is written key=value, got {override!r}. "
                "Write it as in training.lr=1e-3."
            )
        key = key.lstrip("-")
        try:
            parsed = _unresolved(OmegaConf.from_dotlist([f"value={value}"]))["value"]
            OmegaConf.update(config, key, parsed, merge=True)
        except (yaml.YAMLError, OmegaConfBaseException, ValueError) as exc:
            raise ConfigValueError(
                f"The override {override!r} cannot be applied: {exc}. The value is written in "
                "YAML; an index in the key must lie in its list."
            ) from exc
        hint = "" if "[" in key or key in known else slip_hint(key, known)
        if hint:
            # Adding keys is allowed, but one that nearly exists is most likely a slip.
            _LOGGER.warning("The override %r adds a new key to the config.%s", override, hint)
    return _unresolved(OmegaConf.from_dotlist([override.lstrip("-") for override in overrides]))


def _unresolved(config: Any) -> dict[Any, Any]:
    from omegaconf import OmegaConf

    return cast("dict[Any, Any]", OmegaConf.to_container(config, resolve=False))


def _source_of(layers: list[_Layer], path: Path) -> Callable[[str], str]:
    def source_of(key: str) -> str:
        section = key.partition("[")[0]  # OmegaConf writes items of lists as key[0]
        writers = [source for source, values in layers if find(values, section) is not MISSING]
        return writers[-1] if writers else str(path)

    return source_of
