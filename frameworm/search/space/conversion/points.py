"""A point of a search space as users hold it: flat, in sections, or a whole configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from frameworm.core import Config
from frameworm.core.tree import MISSING, find, join, key_hint
from frameworm.errors import SpaceError, nearest
from frameworm.search.space.dimensions import Categorical, Dimension, Integer
from frameworm.search.space.range_checks import lies_in
from frameworm.search.space.values import python_scalar

__all__ = ["point_of"]


def point_of(space: Mapping[str, Dimension], params: Mapping[str, Any]) -> dict[str, Any]:
    """Return a point by dotted key, every value checked and as the space has it.

    Args:
        space: The dimensions by dotted key.
        params: Values by dotted key or in sections; of a `Config` those that are searched are
            taken. It need not be complete.

    Raises:
        SpaceError: If a key is no parameter, or a value does not lie in its dimension.

    Example:
        >>> from frameworm.search import Real
        >>> space = {"training.lr": Real(0, 1), "optimizer": Categorical(["adam", "sgd"])}
        >>> point_of(space, {"training": {"lr": 1}})
        {'training.lr': 1.0}
        >>> point_of(space, Config.from_dict({"optimizer": "sgd", "seed": 3}))
        {'optimizer': 'sgd'}
    """
    if not isinstance(params, Mapping) or not params:
        raise SpaceError(f"A point is a dictionary from parameter to value, got {params!r}.")
    if isinstance(params, Config):
        tree = params.to_dict()
        values = {key: find(tree, key) for key in space}
        given = {key: value for key, value in values.items() if value is not MISSING}
        if not given:
            raise SpaceError(f"The config has none of the parameters {list(space)}.")
    else:
        given = dict(_values(space, params, ""))
    return {key: _checked(key, space[key], value) for key, value in given.items()}


def _values(
    space: Mapping[str, Dimension], params: Mapping[Any, Any], prefix: str
) -> Iterator[tuple[str, Any]]:
    for name, value in params.items():
        key = join(prefix, name)
        if key in space:  # whose choices may be dictionaries
            yield key, value
        elif isinstance(value, Mapping) and any(other.startswith(f"{key}.") for other in space):
            yield from _values(space, value, key)
        else:
            hint = key_hint(key, list(space)) or nearest(key, space)
            raise SpaceError(f"{key!r} is no parameter of the search space.{hint}")


def _checked(key: str, dimension: Dimension, value: Any) -> Any:
    value = python_scalar(value)
    if isinstance(dimension, Categorical):
        try:
            return dimension.choices[dimension.index(value)]
        except SpaceError as error:
            raise SpaceError(f"{key}: {error}") from error
    if not lies_in(value, dimension.low, dimension.high, dimension.step):
        raise SpaceError(f"{key}: {value!r} does not lie in {dimension!r}.")
    return int(value) if isinstance(dimension, Integer) else float(value)
