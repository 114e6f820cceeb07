"""What differs between two configurations, leaf by leaf."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from frameworm.core.tree import MISSING, join

__all__ = ["differences", "leaves"]


def differences(here: Mapping[Any, Any], there: Mapping[Any, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the leaves that are not the same in two trees.

    Args:
        here: A tree.
        there: The other.

    Returns:
        Pairs of the value here and the value there by dotted key, keys of the first tree first;
        `frameworm.core.tree.MISSING` stands where a tree does not have the key.

    Example:
        >>> differences({"lr": 0.1, "seed": 0}, {"lr": 0.5})
        {'lr': (0.1, 0.5), 'seed': (0, <missing>)}
    """
    one, other = dict(leaves(here)), dict(leaves(there))
    pairs = {key: (one.get(key, MISSING), other.get(key, MISSING)) for key in {**one, **other}}
    return {key: pair for key, pair in pairs.items() if not _are_equal(*pair)}


def leaves(tree: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the dotted key and value of every leaf; an empty section is a leaf.

    Example:
        >>> dict(leaves({"training": {"lr": 0.1}, "seed": 0}))
        {'training.lr': 0.1, 'seed': 0}
    """
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, join(prefix, key))
        else:
            yield join(prefix, key), value


def _are_equal(one: Any, other: Any) -> bool:
    if one is other:
        return True
    try:
        return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
    except Exception:  # arrays and other types whose == is no truth value
        return False
