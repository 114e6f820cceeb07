"""Trees of plain dictionaries, lists and leaves: what a `Config` holds inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from frameworm.core.item import Item
from frameworm.errors import ConfigValueError, nearest

__all__ = [
    "MISSING",
    "assign",
    "copy_tree",
    "find",
    "held",
    "join",
    "key_hint",
    "keys_of",
    "merge",
    "plain",
    "slip_hint",
]


class _Missing:
    __slots__ = ()

    def __repr__(self) -> str:
        return "<missing>"


MISSING: Final = _Missing()
"""What `find` returns for a key that is not there; `None` is a value like any other."""


def copy_tree(value: Any) -> Any:
    """Return a copy that shares no dictionary, list or set with ``value``; leaves are shared.

    A search does this once a trial, and ``copy.deepcopy`` takes several times as long.

    Args:
        value: A tree as `plain` returns it, or any part of one.

    Returns:
        The copy; a leaf comes back as the very object.

    Example:
        >>> tree = {"a": [1, {"b": print}]}
        >>> copy = copy_tree(tree)
        >>> copy == tree, copy["a"] is tree["a"], copy["a"][1]["b"] is print
        (True, False, True)
    """
    copier = _COPIERS.get(type(value))
    return value if copier is None else copier(value)


def _copy_dict(value: dict[Any, Any]) -> dict[Any, Any]:
    return {key: copy_tree(item) for key, item in value.items()}


def _copy_list(value: list[Any]) -> list[Any]:
    return [copy_tree(item) for item in value]


def _copy_tuple(value: tuple[Any, ...]) -> tuple[Any, ...]:
    # A tuple is a leaf, the very object, unless something in it can be changed.
    return tuple(map(copy_tree, value)) if any(type(i) in _COPIERS for i in value) else value


def _copy_item(value: Item) -> Item:
    return Item(_copy_dict(value))


_COPIERS: dict[type, Callable[[Any], Any]] = {
    dict: _copy_dict,
    Item: _copy_item,
    list: _copy_list,
    set: set,
    tuple: _copy_tuple,
}


def plain(value: Any) -> Any:
    """Return ``value`` with every mapping made a new ``dict`` and every list a new ``list``.

    Args:
        value: Anything; sections may be any `Mapping`, so a `Config` too.

    Returns:
        The tree; leaves are the very objects.

    Example:
        >>> from collections import OrderedDict
        >>> plain({"a": OrderedDict(b=1), "c": (2, 3)})
        {'a': {'b': 1}, 'c': (2, 3)}
    """
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return copy_tree(value)


def held(value: Any, in_list: bool = False) -> Any:
    """Return ``value`` as a `Config` holds it: as `plain`, with an `Item` for a dict in a list.

    Args:
        value: Anything; sections may be any `Mapping`.
        in_list: Whether the value stands in a list.

    Example:
        >>> held({"layers": [{"units": 8}]})["layers"][0].units
        8
    """
    if isinstance(value, Mapping):
        return (Item if in_list else dict)((k, held(v, in_list)) for k, v in value.items())
    if isinstance(value, list):
        return [held(item, in_list=True) for item in value]
    return copy_tree(value)


def merge(base: dict[Any, Any], other: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return a new tree: ``base`` with ``other`` on top, section by section.

    Args:
        base: The tree below; it is left alone.
        other: The tree that wins; its lists and values replace, its sections merge.

    Returns:
        The merged tree, which shares nothing with either.

    Example:
        >>> merge({"a": {"b": 1, "c": [1, 2]}}, {"a": {"c": [3]}})
        {'a': {'b': 1, 'c': [3]}}
    """
    merged: dict[Any, Any] = copy_tree(base)
    for key, value in other.items():
        below = merged.get(key)
        if type(below) is dict and isinstance(value, Mapping):
            merged[key] = merge(below, value)
        else:
            merged[key] = held(value)
    return merged


def find(tree: Mapping[Any, Any], key: Any) -> Any:
    """Return the value at a dotted key, or `MISSING`.

    Args:
        tree: The tree to look in.
        key: A key, or several joined by dots. A key that itself contains a dot is found first.

    Returns:
        The value, the very object of the tree.

    Example:
        >>> find({"training": {"lr": 0.1}, "v1.0": 2}, "training.lr"), find({"v1.0": 2}, "v1.0")
        (0.1, 2)
    """
    if key in tree:
        return tree[key]
    head, rest = _split(key)
    section = tree.get(head) if rest else None
    return find(section, rest) if type(section) is dict else MISSING


def assign(tree: dict[Any, Any], key: Any, value: Any) -> None:
    """Set the value at a dotted key, in place; sections on the way are made.

    Args:
        tree: The tree to change.
        key: A key, or several joined by dots.
        value: What to put there; mappings and lists are copied.

    Raises:
        ConfigValueError: If a name on the way is empty, or holds a value and no section.

    Example:
        >>> tree = {"training": {"lr": 0.1}}
        >>> assign(tree, "training.epochs", 3)
        >>> assign(tree, "model.dim", 8)
        >>> tree
        {'training': {'lr': 0.1, 'epochs': 3}, 'model': {'dim': 8}}
    """
    dotted = isinstance(key, str) and "." in key
    if dotted and "" in key.split(".") and find(tree, key) is MISSING:
        raise ConfigValueError(
            f"A dotted key joins names by single dots, got {key!r}. Write it as in 'training.lr'."
        )
    section, full = tree, key
    while dotted and key not in section and "." in key:
        head, key = _split(key)
        below = section.setdefault(head, {})
        if type(below) is not dict:
            raise ConfigValueError(
                f"{full!r} cannot be set: {full[: -len(key) - 1]!r} is a value, {below!r}, and no "
                "section. Set that key to a mapping first, or choose another key."
            )
        section = below
    section[key] = held(value)


def _split(key: Any) -> tuple[Any, str]:
    if not isinstance(key, str):
        return key, ""
    head, _, rest = key.partition(".")
    return head, rest


def join(prefix: str, key: Any) -> str:
    """Return the full dotted key of ``key`` in the section ``prefix`` ('' for the top).

    Example:
        >>> join("training", "lr"), join("", "training")
        ('training.lr', 'training')
    """
    return f"{prefix}.{key}" if prefix else str(key)


def keys_of(tree: Mapping[Any, Any], prefix: str = "") -> Iterator[str]:
    """Yield the full dotted key of every section and leaf.

    Args:
        tree: The tree to walk.
        prefix: The dotted key of the tree itself, '' for the top.

    Example:
        >>> list(keys_of({"training": {"lr": 0.1}}))
        ['training', 'training.lr']
    """
    for key, value in tree.items():
        full = join(prefix, key)
        yield full
        if type(value) is dict:
            yield from keys_of(value, full)


def key_hint(key: str, known: list[str]) -> str:
    """Return a hint naming the known dotted key most likely meant, or an empty string.

    Args:
        key: The key that is missing.
        known: The keys there are.

    Example:
        >>> key_hint("lr", ["training", "training.lr"])
        " Did you mean 'training.lr'?"
    """
    hint = slip_hint(key, known)
    if hint:
        return hint
    # The right name in the wrong section.
    name = key.rpartition(".")[2]
    same = next((other for other in known if other.rpartition(".")[2] == name), None)
    return f" Did you mean {same!r}?" if same else ""


def slip_hint(key: str, known: list[str]) -> str:
    """Return a hint naming the known dotted key that is spelled alike, or an empty string.

    Args:
        key: The key that is missing.
        known: The keys there are.

    Example:
        >>> slip_hint("trainig.lrr", ["training.lr"]), slip_hint("lr", ["training.lr"])
        (" Did you mean 'training.lr'?", '')
    """
    return nearest(key, [other for other in known if _is_alike(key, other)])


def _is_alike(key: str, other: str) -> bool:
    # Name by name: a long section in common would make any two keys in it look alike.
    names, others = key.split("."), other.split(".")
    return len(names) == len(others) and all(
        a == b or nearest(a, [b]) for a, b in zip(names, others, strict=True)
    )
