"""Names in a space that the estimator has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from frameworm.errors import SpaceError, nearest

__all__ = ["check_names"]


def check_names(estimator: Any, names: Iterable[str]) -> None:
    """Refuse a parameter that an estimator does not have.

    Args:
        estimator: A scikit-learn estimator.
        names: The names of the parameters searched for.

    Raises:
        SpaceError: If it has no parameter of that name.
    """
    known, searched = estimator.get_params(), {*names}
    for name in searched - known.keys():
        # The parameters of a step that is itself searched for are not known yet.
        steps = name.split("__")
        owners = {"__".join(steps[:depth]) for depth in range(1, len(steps))}
        if not owners & searched:
            raise SpaceError(
                f"{type(estimator).__name__} has no parameter {name!r}.{nearest(name, known)} "
                "estimator.get_params() shows all."
            )
