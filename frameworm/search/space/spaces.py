"""Search spaces: a dictionary from dotted configuration keys to dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from frameworm.errors import SpaceError, nearest
from frameworm.search.space.conditions import active, check_conditions
from frameworm.search.space.dimensions import Categorical, Dimension, Integer, Real, generator

if TYPE_CHECKING:
    from frameworm.search.space.dimensions import RandomState

__all__ = [
    "Categorical",
    "Dimension",
    "Integer",
    "Real",
    "check_space",
    "expand_search_space",
    "sample_configuration",
]


def expand_search_space(search_space: Mapping[str, Any]) -> dict[str, Dimension]:
    """Return the space with every list of values made a ``Categorical``.

    Args:
        search_space: Dimensions or lists of values by dotted configuration key.

    Returns:
        A new dictionary with a dimension for each key.

    Raises:
        SpaceError: If the space is empty or a value is neither a dimension nor a list.

    Example:
        >>> expand_search_space({"optimizer": ["adam", "sgd"]})
        {'optimizer': Categorical(['adam', 'sgd'])}
    """
    if not isinstance(search_space, Mapping):
        raise SpaceError(
            f"A search space is a dictionary of dimensions by key, got {type(search_space)!r}."
        )
    if not search_space:
        raise SpaceError("The search space is empty; give at least one parameter.")
    space = {key: _dimension(key, value) for key, value in search_space.items()}
    check_conditions(space)
    return space


def _dimension(key: object, value: Any) -> Dimension:
    if not isinstance(key, str) or not key or "" in key.split("."):
        raise SpaceError(f"A search space key is a dotted path like 'training.lr', got {key!r}.")
    if isinstance(value, (Real, Integer, Categorical)):
        return value
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        try:
            return Categorical(value)
        except SpaceError as error:
            raise SpaceError(f"{key}: {error}") from error
    raise SpaceError(
        f"{key}: a parameter is a Real, an Integer, a Categorical or a list of values, "
        f"got {value!r}."
    )


def check_space(search_space: Mapping[str, Any], base_config: Mapping[str, Any]) -> None:
    """Check that every key of the space has its section in the base configuration.

    Args:
        search_space: Anything by dotted configuration key.
        base_config: The configuration as a nested dictionary.

    Raises:
        SpaceError: If a section on the way to a key does not exist or is no section, or if one key
            lies inside another.
    """
    for key in search_space:
        section: Any = base_config
        *path, _ = key.split(".")
        for depth, name in enumerate(path, 1):
            if not isinstance(section, Mapping) or name not in section:
                parent = ".".join(path[:depth])
                raise SpaceError(
                    f"The base config has no section {parent!r}, which the parameter {key!r} "
                    f"needs.{nearest(key, _keys(base_config))}"
                )
            section = section[name]
        if path and not isinstance(section, Mapping):
            raise SpaceError(
                f"{'.'.join(path)!r} is a value in the base config, so the parameter {key!r} "
                "cannot lie inside it."
            )
        for other in search_space:
            if other.startswith(f"{key}."):
                raise SpaceError(f"The parameter {other!r} lies inside {key!r}; search one only.")


def _keys(config: Mapping[str, Any], prefix: str = "") -> Iterable[str]:
    for name, value in config.items():
        yield f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from _keys(value, f"{prefix}{name}.")


def sample_configuration(
    search_space: Mapping[str, Any], random_state: RandomState = None
) -> dict[str, Any]:
    """Draw one value for every parameter whose conditions hold.

    Args:
        search_space: Dimensions or lists of values by dotted key.
        random_state: A seed, a NumPy generator, or ``None`` for fresh randomness.

    Returns:
        The drawn values by dotted key.

    Example:
        >>> sample_configuration({"training.lr": Real(0.5, 0.5)})
        {'training.lr': 0.5}
    """
    random = generator(random_state)
    space = expand_search_space(search_space)
    return active(space, {key: dimension.sample(random) for key, dimension in space.items()})
