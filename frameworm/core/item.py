"""Dictionaries in the lists of a configuration, read with dots too."""

from __future__ import annotations

from typing import Any

from frameworm.errors import ConfigKeyError, ConfigValueError, nearest

__all__ = ["Item"]


class Item(dict[Any, Any]):
    """A dictionary in a list of a `Config`, such as one layer of ``model.layers``.

    It is an ordinary dictionary, so the list can be changed in place; keys that are names are
    attributes too. Methods win over keys of the same name.

    Example:
        >>> layer = Item(units=8)
        >>> layer.units, layer["units"]
        (8, 8)
        >>> layer.units = 16
        >>> layer
        {'units': 16}
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            # Copy and pickle probe for special methods.
            hint = "" if name.startswith("__") else nearest(name, map(str, self))
            raise ConfigKeyError(
                f"This dictionary of the config has no key {name!r}.{hint} It holds "
                f"{', '.join(map(repr, self)) or 'nothing'}."
            ) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[_free(name)] = value

    def __delattr__(self, name: str) -> None:
        if _free(name) not in self:
            getattr(self, name)  # says what there is
        del self[name]


def _free(name: str) -> str:
    if hasattr(dict, name):
        raise ConfigValueError(
            f"{name!r} is a method of every dictionary, so it cannot be set or deleted with a dot. "
            f"Write item[{name!r}] instead."
        )
    return name
