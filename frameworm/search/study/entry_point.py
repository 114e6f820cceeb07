"""Find the search engine: an installed package that declares the entry point."""

from __future__ import annotations

import warnings
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from frameworm.errors import BackendNotFoundError

if TYPE_CHECKING:
    from frameworm.search.study.backend import Backend

__all__ = ["find_backend"]

_GROUP = "frameworm.backends"


@cache
def find_backend(name: str = "optuna") -> Backend:
    """Return the engine of that name.

    Args:
        name: The name of an entry point in the group ``frameworm.backends``.

    Raises:
        BackendNotFoundError: If no installed package declares it.
    """
    found = {entry.name: entry for entry in entry_points(group=_GROUP)}
    if name not in found:
        raise BackendNotFoundError(
            f"No search engine {name!r} is installed; found {sorted(found)}. Reinstall frameworm: "
            "its installation declares one."
        )
    with warnings.catch_warnings():
        # In a notebook the engine would complain about a progress bar that we do not use.
        warnings.filterwarnings("ignore", message="IProgress not found")
        backend: Backend = found[name].load()()
    return backend
