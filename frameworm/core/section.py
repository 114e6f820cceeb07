"""Access to nested dictionaries with dots, items and dotted keys: what a `Config` inherits."""

from __future__ import annotations

import pprint
from collections.abc import Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from frameworm.core.tree import MISSING, assign, copy_tree, find, join, key_hint, keys_of, plain
from frameworm.errors import ConfigKeyError, ConfigValueError, FrozenConfigError

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Section"]


class Section(MutableMapping[str, Any]):
    """A view of nested dictionaries; its sections are views of the same dictionaries.

    Not made directly: `frameworm.core.Config` adds where the values come from and go to.

    Example:
        >>> section = Section._of({"training": {"lr": 0.1}})
        >>> section.training.lr = 0.5
        >>> section["training.lr"], "training.epochs" in section
        (0.5, False)
    """

    __slots__ = ("_data", "_frozen", "_prefix")

    _data: dict[Any, Any]
    _frozen: set[str]  # dotted keys of the frozen sections, '' for all; shared by all sections
    _prefix: str  # the dotted key of this section, '' for the whole

    def copy(self) -> Self:
        """Return an independent copy that is not frozen.

        Example:
            >>> Section._of({"a": 1}).freeze().copy().is_frozen
            False
        """
        return self._of(copy_tree(self._data))

    def freeze(self) -> Self:
        """Forbid changes to this section and all below it; `copy` is the way back.

        Lists read from a frozen configuration are copies.

        Returns:
            The configuration itself.

        Example:
            >>> config = Section._of({"training": {"lr": 0.1}}).freeze()
            >>> config.training.lr = 0.5  # doctest: +ELLIPSIS
            Traceback (most recent call last):
            ...
            frameworm.errors.FrozenConfigError: The config is frozen, so 'training.lr' cannot be ...
        """
        self._frozen.add(self._prefix)
        return self

    @property
    def is_frozen(self) -> bool:
        """Whether assigning to this section is an error."""
        return any(_is_below(self._prefix, frozen) for frozen in self._frozen)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value at a dotted key, or the default.

        Args:
            key: A key, or several joined by dots.
            default: What to return for a key that does not exist.

        Example:
            >>> Section._of({"training": {"lr": 0.1}}).get("training.epochs", 3)
            3
        """
        value = find(self._data, key)
        return default if value is MISSING else self._seen(key, value)

    def __getitem__(self, key: str) -> Any:
        value = find(self._data, key)
        if value is MISSING:
            raise self._missing(key)
        return self._seen(key, value)

    def __setitem__(self, key: str, value: Any) -> None:
        self._check_writable(key)
        assign(self._data, key, value)

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise self._missing(key)
        self._check_writable(key)
        section, name = self._data, key
        while name not in section:
            head, _, name = name.partition(".")
            section = section[head]
        del section[name]

    def __getattr__(self, name: str) -> Any:
        # Asked by copy and pickle before the slots are filled: nothing may be looked up then.
        if name.startswith("__") or name in Section.__slots__:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        if name not in self._data:
            raise self._missing(name)
        return self._seen(name, self._data[name])

    def __setattr__(self, name: str, value: Any) -> None:
        self[self._free(name)] = value

    def __delattr__(self, name: str) -> None:
        del self[self._free(name)]

    def __contains__(self, key: object) -> bool:
        return find(self._data, key) is not MISSING

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Section):
            return self._data == other._data
        return self._data == plain(other) if isinstance(other, Mapping) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        indent = len(type(self).__name__) + 1
        body = pprint.pformat(self._data, sort_dicts=False, width=88 - indent)
        return f"{type(self).__name__}({body})".replace("\n", "\n" + " " * indent)

    def __dir__(self) -> list[str]:
        keys = [key for key in self._data if isinstance(key, str) and key.isidentifier()]
        return sorted({*super().__dir__(), *keys})

    def __copy__(self) -> Self:
        return self.copy()

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._data, self.is_frozen)

    @classmethod
    def _of(cls, data: dict[Any, Any]) -> Self:
        config = cls.__new__(cls)
        config._hold(data)
        return config

    def _hold(self, data: dict[Any, Any], prefix: str = "", frozen: set[str] | None = None) -> None:
        object.__setattr__(self, "_data", data)
        object.__setattr__(self, "_prefix", prefix)
        object.__setattr__(self, "_frozen", set() if frozen is None else frozen)

    def _seen(self, key: Any, value: Any) -> Any:
        if type(value) is dict:
            section = self.__class__.__new__(self.__class__)
            section._hold(value, join(self._prefix, key), self._frozen)
            return section
        if not self._frozen:
            return value
        full = join(self._prefix, key)
        is_frozen = any(_is_below(full, frozen) for frozen in self._frozen)
        return copy_tree(value) if is_frozen else value

    def _free(self, name: str) -> str:
        if hasattr(type(self), name):
            raise ConfigValueError(
                f"{name!r} is an attribute of {type(self).__name__} itself, so it cannot be set "
                f"or deleted with a dot. Write config[{name!r}] instead."
            )
        return name

    def _check_writable(self, key: Any) -> None:
        full = join(self._prefix, key)
        if any(_is_below(full, frozen) or _is_below(frozen, full) for frozen in self._frozen):
            raise FrozenConfigError(
                f"The config is frozen, so {full!r} cannot be changed. "
                "Change a copy: config.copy(), or config.replace({...})."
            )

    def _missing(self, key: Any) -> ConfigKeyError:
        full = join(self._prefix, key)
        # Notebooks and debuggers probe for names like _repr_html_ all the time.
        known = [] if full.startswith("_") else list(keys_of(self._data, self._prefix))
        hint = key_hint(full, known)
        names = ", ".join(map(repr, self._data)) or "nothing"
        section = f"section {self._prefix!r}" if self._prefix else "config"
        return ConfigKeyError(
            f"The config has no key {full!r}.{hint or f' The {section} holds {names}.'} "
            "Add the key, or read it with get() and a default."
        )


def _is_below(key: str, section: str) -> bool:
    return not section or key == section or key.startswith(f"{section}.")


def _rebuild(cls: type[Section], data: dict[Any, Any], is_frozen: bool) -> Section:
    config = cls._of(data)
    return config.freeze() if is_frozen else config
