"""A list of grids, as scikit-learn has them, in one space with conditions."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from frameworm.errors import SpaceError
from frameworm.search.space.dimensions import Categorical, Dimension, same
from frameworm.search.space.spaces import expand_search_space
from frameworm.search.space.when import conditions_of

__all__ = ["one_space"]

_WAY_OUT = "or make a search for each of the grids"


def one_space(grids: Sequence[Mapping[str, Any]]) -> dict[str, Dimension]:
    """Return one space whose grid has exactly the points of several grids.

    One parameter must tell the grids apart: it is in each, and no two share a value of it. The
    others are searched where that parameter has the values of their grids.

    Args:
        grids: Search spaces as `expand_search_space` takes them.

    Returns:
        The space by dotted key.

    Raises:
        SpaceError: If no parameter tells the grids apart, or another one has different values in
            two of them.

    Example:
        >>> one_space([{"kernel": ["linear"]}, {"kernel": ["rbf"], "C": [1, 2]}])
        {'kernel': Categorical(['linear', 'rbf']), 'C': Categorical([1, 2], when={'kernel': 'rbf'})}
    """
    if not isinstance(grids, (list, tuple)) or not grids:
        return expand_search_space(grids)  # type: ignore[arg-type]  # which refuses it
    spaces = [expand_search_space(grid) for grid in grids]
    if len(spaces) == 1:
        return spaces[0]
    selector = _selector(spaces)
    values = [_values(space[selector]) for space in spaces]
    joined: dict[str, Dimension] = {selector: Categorical(itertools.chain(*values))}
    for key in dict.fromkeys(key for space in spaces for key in space if key != selector):
        holders = [index for index, space in enumerate(spaces) if key in space]
        first = spaces[holders[0]][key]
        for index in holders:
            if spaces[index][key] != first:
                raise SpaceError(
                    f"{key} has other values in the grid {index + 1} than in the grid "
                    f"{holders[0] + 1}; give it the same in both, {_WAY_OUT}."
                )
        if len(holders) < len(spaces):
            allowed = tuple(itertools.chain(*(values[index] for index in holders)))
            first = replace(first, when=(*conditions_of(first.when), (selector, allowed)))
        joined[key] = first
    return expand_search_space(joined)


def _selector(spaces: Sequence[Mapping[str, Dimension]]) -> str:
    common = [key for key in spaces[0] if all(key in space for space in spaces)]
    for key in common:
        found = [_values(space[key]) for space in spaces]
        if all(map(_are_apart, *zip(*itertools.combinations(found, 2), strict=True))):
            return key
    shared = f"they share {common}" if common else "they share no parameter"
    raise SpaceError(
        "A list of grids needs a parameter that is in each and has other values in each, as "
        f"'kernel' in [{{'kernel': ['linear']}}, {{'kernel': ['rbf'], ...}}], but {shared}; add "
        f"one, {_WAY_OUT}."
    )


def _values(dimension: Dimension) -> tuple[Any, ...]:
    # A range has no list of values to tell grids apart by; with a condition it is not always there.
    if not isinstance(dimension, Categorical) or dimension.when:
        return ()
    return dimension.choices


def _are_apart(one: Sequence[Any], other: Sequence[Any]) -> bool:
    pairs = itertools.product(one, other)
    return bool(one and other) and not any(same(a, b) or a == b for a, b in pairs)
