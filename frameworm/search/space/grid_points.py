"""The points of a grid whose parameters depend on each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from frameworm.errors import SpaceError
from frameworm.search.space.conditions import holds, ordered
from frameworm.search.space.dimensions import Dimension

__all__ = ["grid_points"]


def grid_points(
    space: Mapping[str, Dimension],
    axes: Mapping[str, Sequence[Any]],
    feasible: Callable[[Mapping[str, Any]], bool] | None = None,
) -> list[dict[str, Any]]:
    """Return every combination that exists, once.

    Args:
        space: The dimensions by dotted key; their conditions say which combinations exist.
        axes: The values of each parameter.
        feasible: Whether a combination may be tried; ``None`` allows all.

    Returns:
        The parameters of each point, in an order that the space and axes alone decide.

    Raises:
        SpaceError: If no combination may be tried.

    Example:
        >>> from frameworm.search import Categorical
        >>> space = {"a": Categorical([1, 2]), "b": Categorical([3, 4], when={"a": 1})}
        >>> grid_points(space, {"a": (1, 2), "b": (3, 4)})
        [{'a': 1, 'b': 3}, {'a': 1, 'b': 4}, {'a': 2}]
    """
    points = list(_combine(space, axes, ordered(space), {}))
    allowed = points if feasible is None else [point for point in points if feasible(point)]
    if not allowed:
        raise SpaceError(
            f"None of the {len(points)} points of the grid meets the constraints; loosen them or "
            "widen the search space."
        )
    return allowed


def _combine(
    space: Mapping[str, Dimension],
    axes: Mapping[str, Sequence[Any]],
    left: Sequence[str],
    point: dict[str, Any],
) -> Iterator[dict[str, Any]]:
    if not left:
        yield point
        return
    key, *others = left
    if not holds(space, key, point):
        yield from _combine(space, axes, others, point)
        return
    for value in axes[key]:
        yield from _combine(space, axes, others, {**point, key: value})
