"""Search spaces: a dictionary from dotted configuration keys to dimensions."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from frameworm.core.tree import join, key_hint, keys_of, plain, slip_hint
from frameworm.errors import SpaceError
from frameworm.search.space.conditions import active, check_conditions
from frameworm.search.space.conversion.axes import dimension_of
from frameworm.search.space.dimensions import Categorical, Dimension, Integer, Real
from frameworm.search.space.randomness import generator

if TYPE_CHECKING:
    from frameworm.search.space.randomness import RandomState

__all__ = [
    "Categorical",
    "Dimension",
    "Integer",
    "Real",
    "check_space",
    "expand_search_space",
    "sample_configuration",
    "warn_of_slips",
]

_logger = logging.getLogger("frameworm")


def expand_search_space(search_space: Mapping[str, Any]) -> dict[str, Dimension]:
    """Return the space flat, with everything a user may write for a parameter made a dimension.

    Args:
        search_space: What `frameworm.search.space.conversion.axes.dimension_of` takes, by dotted
            configuration key or in sections of sections, as the configuration has them.

    Returns:
        A new dictionary with a dimension for each dotted key.

    Raises:
        SpaceError: If the space is empty or a value is neither a dimension nor a list.

    Example:
        >>> expand_search_space({"optimizer": ["adam", "sgd"], "training": {"lr": Real(0, 1)}})
        {'optimizer': Categorical(['adam', 'sgd']), 'training.lr': Real(0.0, 1.0)}
    """
    several = isinstance(search_space, (list, tuple)) and search_space
    if several and all(isinstance(part, Mapping) for part in search_space):
        raise SpaceError(
            "A list of spaces is for GridSearch; make one space, with when= for the parameters "
            "that only some of them have."
        )
    if not isinstance(search_space, Mapping):
        raise SpaceError(
            f"A search space is a dictionary of dimensions by key, got {type(search_space)!r}."
        )
    if not search_space:
        raise SpaceError("The search space is empty; give at least one parameter.")
    space: dict[str, Dimension] = {}
    for key, value in _parameters(search_space, ""):
        if key in space:
            raise SpaceError(f"The parameter {key!r} is given twice, flat and in a section.")
        try:
            space[key] = dimension_of(value)
        except SpaceError as error:
            raise SpaceError(f"{key}: {error}{_range_hint(key)}") from error
    check_conditions(space)
    return space


def _parameters(section: Mapping[Any, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in section.items():
        if not isinstance(name, str) or "" in name.split("."):
            raise SpaceError(
                f"A search space key is a dotted path like 'training.lr', got {name!r}."
            )
        key = join(prefix, name)
        if not isinstance(value, Mapping):
            yield key, value
        elif value:
            yield from _parameters(value, key)
        else:
            raise SpaceError(f"The section {key!r} of the search space is empty; leave it out.")


def _range_hint(key: str) -> str:
    parent, _, name = key.rpartition(".")
    if not parent or name not in ("type", "low", "high", "min", "max", "log", "step"):
        return ""
    return f" A dictionary is a section; if {parent!r} is a range, write Real(low, high)."


def check_space(search_space: Mapping[str, Any], base_config: Mapping[str, Any]) -> None:
    """Check that every key of the space has its section in the base configuration.

    Args:
        search_space: Anything by dotted configuration key.
        base_config: The configuration as a nested dictionary; an empty one has room for any key.

    Raises:
        SpaceError: If a section on the way to a key does not exist or is no section, or if one key
            lies inside another.
    """
    for key in search_space:
        _check_section(key, base_config)
        for other in search_space:
            if other.startswith(f"{key}."):
                raise SpaceError(f"The parameter {other!r} lies inside {key!r}; search one only.")


def _check_section(key: str, base_config: Mapping[str, Any]) -> None:
    section: Any = base_config
    *path, _ = key.split(".")
    for depth, name in enumerate(path if base_config else (), 1):
        if not isinstance(section, Mapping) or name not in section:
            parent = ".".join(path[:depth])
            raise SpaceError(
                f"The base config has no section {parent!r}, which the parameter {key!r} "
                f"needs.{key_hint(key, list(keys_of(plain(base_config))))}"
            )
        section = section[name]
    if path and not isinstance(section, Mapping):
        raise SpaceError(
            f"{'.'.join(path)!r} is a value in the base config, so the parameter {key!r} "
            "cannot lie inside it."
        )


def warn_of_slips(search_space: Mapping[str, Any], base_config: Mapping[str, Any]) -> None:
    """Log a warning for every key that is new to the configuration but nearly one it has.

    Args:
        search_space: Anything by dotted configuration key.
        base_config: The configuration as a nested dictionary.
    """
    known = [key for key in keys_of(plain(base_config)) if key not in search_space]
    for key in search_space.keys() - set(keys_of(plain(base_config))):
        # In a section of its own a name may well be one that another section has too.
        hint = slip_hint(key, known) if "." in key else key_hint(key, known)
        if hint:
            _logger.warning("The parameter %r is a new key of the config.%s", key, hint)


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
