"""Where trials lie in a picture, so that the page can name the one under the pointer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from frameworm.search.space.dimensions import Categorical, Dimension

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["axis_places", "picture_axes"]

_POINTS = 72
"""An SVG of Matplotlib's is measured in points."""


def picture_axes(ax: Axes, x: dict[str, Any], y: dict[str, Any]) -> dict[str, Any] | None:
    """Return what the page needs to find trials in a picture that has been drawn.

    Args:
        ax: The axes drawn on.
        x: The column along the bottom as ``{"column": name}``, and the ``places`` of its values
            where they are categories.
        y: The column along the side.

    Returns:
        The box of the axes from the top left in the SVG's own units, and both ends and the scale of
        each axis; ``None`` where an axis is neither linear nor logarithmic.
    """
    figure = ax.figure
    scale = _POINTS / figure.dpi
    height = figure.bbox.height * scale
    left, bottom, width, tall = (value * scale for value in ax.bbox.bounds)
    found = {
        "box": [round(value, 2) for value in (left, height - bottom - tall, width, tall)],
        "x": _axis(ax, "x", x),
        "y": _axis(ax, "y", y),
    }
    return found if found["x"] and found["y"] else None


def _axis(ax: Axes, which: Literal["x", "y"], column: dict[str, Any]) -> dict[str, Any] | None:
    scale = ax.get_xscale() if which == "x" else ax.get_yscale()
    low, high = ax.get_xlim() if which == "x" else ax.get_ylim()
    if scale not in ("linear", "log"):
        return None
    return {**column, "log": scale == "log", "low": float(low), "high": float(high)}


def axis_places(
    values: Sequence[Any], dimension: Dimension | None, column: pd.Series[Any]
) -> list[list[Any]] | None:
    """Return where categories lie on their axis, as pairs of what the table shows and a place.

    Args:
        values: A parameter's value in each trial.
        dimension: The parameter's dimension.
        column: The same values as the table shows them.

    Returns:
        The pairs; ``None`` for numbers, which lie where they are.
    """
    import numpy as np

    from frameworm.search.plots.axis import Categories

    if not isinstance(dimension, Categorical):
        return None
    positions = Categories.of(values, dimension).positions
    found: dict[Any, float] = {}
    for shown, position in zip(column.tolist(), positions.tolist(), strict=True):
        # JSON holds no infinity, and a choice that is one is found by nobody.
        is_known = not isinstance(shown, float) or math.isfinite(shown)
        if is_known and not np.isnan(position):
            found.setdefault(shown, position)
    return [[shown, position] for shown, position in found.items()]
