"""The order in which ``GridSearchCV`` lists its candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

from frameworm.search.space.dimensions import Dimension

__all__ = ["grid_place"]


def grid_place(grids: Sequence[Mapping[str, Dimension]], params: Mapping[str, Any]) -> list[int]:
    """Return where scikit-learn's ``ParameterGrid`` has a point: by grid, name and value.

    Args:
        grids: The dimensions of each grid.
        params: A point; it lacks the parameters whose conditions do not hold.

    Returns:
        What sorts points when compared.

    Example:
        >>> from frameworm.search import Categorical
        >>> grid = {"b": Categorical([0.5, 1.0]), "a": Categorical(["x", "y"])}
        >>> grid_place([{"a": Categorical(["z"])}, grid], {"b": 1.0, "a": "x"})
        [1, 0, 1]
    """
    for index, grid in enumerate(grids):
        place = [_position(grid[name].get_grid_values(), params.get(name)) for name in sorted(grid)]
        if params.keys() <= grid.keys() and len(params) == sum(found >= 0 for found in place):
            return [index, *place]
    return [len(grids)]


def _position(values: Sequence[Any], wanted: Any) -> int:
    for position, value in enumerate(values):
        # True is not 1.
        if value is wanted or (
            isinstance(wanted, (str, Real))
            and isinstance(value, bool) == isinstance(wanted, bool)
            and value == wanted
        ):
            return position
    return -1
