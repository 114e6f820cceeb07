"""The configuration: nested sections with dot access, on plain dictionaries.

OmegaConf reads, merges and interpolates the files (`frameworm.core.loading`); what comes out is
held in plain dictionaries, because a search copies its configuration once a trial and a copy of
an OmegaConf object costs about fifty times as much.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from frameworm.core.differences import differences
from frameworm.core.interpolation import has_interpolation, resolve
from frameworm.core.loading import load
from frameworm.core.objects import as_mapping
from frameworm.core.section import Section
from frameworm.core.tree import assign, copy_tree, held, join, merge, plain
from frameworm.errors import ConfigValueError

if TYPE_CHECKING:
    from pydantic import BaseModel
    from typing_extensions import Self

    from frameworm.core.objects import ConfigLike

__all__ = ["Config"]

_Model = TypeVar("_Model", bound="BaseModel")


class Config(Section):
    """A nested configuration, read with dots or items at any depth.

    ``config.training.lr``, ``config["training"]["lr"]`` and ``config["training.lr"]`` are the same
    value, and all three can be assigned and deleted. A section comes back as a `Config` that
    shares its values with the whole, so ``config.training.lr = 3`` changes ``config``. Lists come
    back as they are; the dictionaries in them are read with dots too (``config.layers[0].units``).
    What is assigned is copied.

    Methods win over keys of the same name: a section called ``items`` or ``copy`` is reached as
    ``config["items"]``, and ``config.items = ...`` is an error.

    In the file, ``_base_: other.yaml`` (or a list; paths start at the file's folder) inherits from
    other files, ``${model.dim}`` refers to another key, and ``${DATA_DIR}``, when it is no key, to
    an environment variable, a string (``${oc.decode:${SEED}}`` for a number). ``???`` marks a
    value that must be given.

    Args:
        path: A YAML file that holds a mapping; left out, the configuration is empty.

    Raises:
        ConfigNotFoundError: If the file, or one it inherits from, is missing; a ConfigValueError
            and a FileNotFoundError.
        ConfigValueError: If the file, or one it inherits from, is empty, malformed or no mapping,
            if files inherit in a circle, or if an interpolation cannot be resolved.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp(), "config.yaml")
        >>> _ = path.write_text("training: {lr: 1e-3, epochs: 10}")
        >>> config = Config(path)
        >>> config.training.lr, config["training"]["lr"], config["training.lr"]
        (0.001, 0.001, 0.001)
        >>> config.training.lr = 0.01
        >>> config["model.dim"] = 8
        >>> config
        Config({'training': {'lr': 0.01, 'epochs': 10}, 'model': {'dim': 8}})
    """

    __slots__ = ()

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self._hold({} if path is None else held(load(_as_path(path))))

    @classmethod
    def from_dict(cls, mapping: Mapping[Any, Any]) -> Self:
        """Make a configuration from a nested mapping.

        Args:
            mapping: The values; leaves may be any objects and stay what they are. Keys are taken
                as they are, dots included; see `replace` for dotted keys. Interpolations in
                strings are resolved as in a file.

        Returns:
            A configuration that shares no dictionary or list with the mapping.

        Raises:
            ConfigValueError: If it is no mapping, or an interpolation cannot be resolved.

        Example:
            >>> Config.from_dict({"model": {"dim": 8}, "head": "${model.dim}"}).head
            8
        """
        if not isinstance(mapping, Mapping):
            raise ConfigValueError(
                f"Config.from_dict takes a mapping, got {type(mapping).__name__}. Read a YAML file "
                "with Config(path), a dataclass or other object with Config.from_object(it)."
            )
        if isinstance(mapping, Section):
            return cls._of(copy_tree(mapping._data))  # what it had to resolve is resolved
        values = held(as_mapping(mapping))
        if has_interpolation(values):
            values = held(resolve(values, lambda _: "the mapping given to Config.from_dict"))
        return cls._of(values)

    @classmethod
    def from_object(cls, source: ConfigLike) -> Self:
        """Make a configuration from whatever holds one.

        Args:
            source: A mapping, an instance of a dataclass, an attrs class or a Pydantic model, an
                ``argparse.Namespace``, an OmegaConf config, the path of a YAML file, or ``None``
                for an empty configuration. Fields that are again such objects become sections;
                methods and computed properties are not taken.

        Returns:
            A configuration that shares no dictionary or list with the source.

        Raises:
            ConfigValueError: If it is none of these, or the file cannot be used.

        Example:
            >>> from types import SimpleNamespace
            >>> Config.from_object(SimpleNamespace(lr=0.1, model=SimpleNamespace(dim=8))).model.dim
            8
        """
        if isinstance(source, (str, os.PathLike)):
            return cls(source)
        return cls.from_dict(as_mapping(source))

    @classmethod
    def from_cli_args(cls, path: str | os.PathLike[str], args: Sequence[str] | None = None) -> Self:
        """Read a file and override some of its values.

        Args:
            path: A YAML file that holds a mapping.
            args: Overrides such as ``"training.lr=1e-3"`` or ``"--training.lr=1e-3"``, the value
                in YAML, applied in order before interpolation. By default the arguments of the
                program, ``sys.argv[1:]``.

        Returns:
            The configuration.

        Raises:
            ConfigValueError: If the file cannot be used or an override is not ``key=value``.

        Example:
            >>> import tempfile
            >>> path = Path(tempfile.mkdtemp(), "config.yaml")
            >>> _ = path.write_text("training: {lr: 0.1}")
            >>> Config.from_cli_args(path, ["training.lr=1e-3", "model.dims=[8, 4]"])
            Config({'training': {'lr': 0.001}, 'model': {'dims': [8, 4]}})
        """
        overrides = sys.argv[1:] if args is None else args
        if isinstance(overrides, str):
            raise ConfigValueError(
                f"The overrides must be a list of strings, got the string {overrides!r}. "
                f"Write [{overrides!r}]."
            )
        return cls._of(held(load(_as_path(path), overrides)))

    def replace(self, values: Mapping[str, Any]) -> Self:
        """Return an independent configuration with some values replaced.

        Args:
            values: New values by dotted key. A key that does not exist is added, with the
                sections on the way; a mapping replaces a whole section.

        Returns:
            A new configuration, not frozen, that shares no dictionary or list with this one.

        Raises:
            ConfigValueError: If a key leads through a value that is no section.

        Example:
            >>> config = Config.from_dict({"training": {"lr": 0.1, "epochs": 3}})
            >>> config.replace({"training.lr": 0.5}).training, config.training.lr
            (Config({'lr': 0.5, 'epochs': 3}), 0.1)
        """
        data = copy_tree(self._data)
        for key, value in values.items():
            assign(data, key, value)
        return self._of(data)

    def merge(self, other: Mapping[Any, Any]) -> Self:
        """Return a new configuration with another on top, section by section.

        Args:
            other: A `Config` or nested mapping. Its values and lists replace, its sections merge;
                its keys are taken as they are, dots included.

        Returns:
            A new configuration, not frozen, that shares nothing with either.

        Raises:
            ConfigValueError: If ``other`` is no mapping.

        Example:
            >>> config = Config.from_dict({"training": {"lr": 0.1, "epochs": 3}})
            >>> config.merge({"training": {"lr": 0.5}})
            Config({'training': {'lr': 0.5, 'epochs': 3}})
        """
        if not isinstance(other, Mapping):
            raise ConfigValueError(
                f"A Config merges with a Config or a mapping, got {type(other).__name__}. "
                "Read a YAML file with Config(path) first."
            )
        return self._of(merge(self._data, other))

    def to_dict(self) -> dict[Any, Any]:
        """Return the values as plain nested dictionaries that share nothing with this.

        Example:
            >>> Config.from_dict({"training": {"lr": 0.1}}).to_dict()
            {'training': {'lr': 0.1}}
        """
        return dict(plain(self._data))

    def diff(self, other: ConfigLike) -> dict[str, tuple[Any, Any]]:
        """Return what differs between this configuration and another.

        Args:
            other: A configuration, or anything `from_object` takes.

        Returns:
            Pairs of the value here and the value there by dotted key, keys of this one first;
            `frameworm.core.tree.MISSING` stands for a key that one of them does not have.

        Raises:
            ConfigValueError: If ``other`` is no configuration.

        Example:
            >>> config = Config.from_dict({"training": {"lr": 0.1, "epochs": 3}})
            >>> config.diff({"training": {"lr": 0.5}})
            {'training.lr': (0.1, 0.5), 'training.epochs': (3, <missing>)}
        """
        return differences(self._data, self.from_object(other)._data)

    def to_json(self, indent: int | None = 2) -> str:
        """Return the values as JSON that any program reads; tuples become lists, paths strings.

        Args:
            indent: Spaces for each level; ``None`` writes one line.

        Raises:
            ConfigValueError: If a value has no form in JSON, such as a function or NaN.

        Example:
            >>> Config.from_dict({"training": {"lr": 0.1}}).to_json(indent=None)
            '{"training": {"lr": 0.1}}'
        """
        from frameworm.core.dumping import to_json

        return to_json(self._data, indent)

    def to_yaml(self) -> str:
        """Return the values as YAML; tuples become lists and paths strings.

        Raises:
            ConfigValueError: If a value has no form in YAML, such as a function.

        Example:
            >>> print(Config.from_dict({"training": {"lr": 0.1}}).to_yaml(), end="")
            training:
              lr: 0.1
        """
        from frameworm.core.dumping import to_yaml

        return to_yaml(self._data)

    def dump(self, path: str | os.PathLike[str]) -> None:
        """Write the values to a YAML file that `Config` reads back; folders are made.

        Args:
            path: The file to write.

        Raises:
            ConfigValueError: If a value has no form in YAML, such as a function.

        Example:
            >>> import tempfile
            >>> path = Path(tempfile.mkdtemp(), "config.yaml")
            >>> Config.from_dict({"training": {"lr": 0.1}}).dump(path)
            >>> Config(path).training.lr
            0.1
        """
        text = self.to_yaml()
        target = _as_path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def validate(self, model: type[_Model]) -> _Model:
        """Check the values against a Pydantic model (an optional dependency).

        Args:
            model: A subclass of ``pydantic.BaseModel``.

        Returns:
            The model's instance, values converted to the types of its fields.

        Raises:
            ConfigValueError: If values do not fit; the message names each field and its problem.

        Example:
            >>> from pydantic import BaseModel
            >>> class Training(BaseModel):
            ...     lr: float
            >>> Config.from_dict({"lr": 1}).validate(Training)
            Training(lr=1.0)
        """
        from pydantic import ValidationError

        try:
            return model.model_validate(self.to_dict())
        except ValidationError as exc:
            problems = [
                f"  {join(self._prefix, '.'.join(map(str, error['loc'])))}: {error['msg']}, "
                f"got {error['input']!r}"
                for error in exc.errors()
            ]
            raise ConfigValueError(
                f"The config does not fit {model.__name__}. Correct these values:\n"
                + "\n".join(problems)
            ) from exc


def _as_path(path: str | os.PathLike[str]) -> Path:
    if isinstance(path, (str, os.PathLike)):
        return Path(path)
    raise ConfigValueError(
        f"A config file is named by its path, got {type(path).__name__}. "
        "Use Config.from_dict(...) for values in memory."
    )
