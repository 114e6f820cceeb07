"""A parameter's axis: a scale for numbers, categories for the rest."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.axis import XAxis
from matplotlib.ticker import LogLocator, NullFormatter

from frameworm.core.json_values import name_of
from frameworm.errors import SpaceError
from frameworm.search.plots.canvas import extent_of, shorten
from frameworm.search.space.dimensions import Categorical, Dimension
from frameworm.search.study.columns import MISSING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.axis import YAxis

__all__ = [
    "INACTIVE",
    "Categories",
    "is_log",
    "label_of",
    "number_positions",
    "round_log_numbers",
    "set_labels",
    "set_log",
]

INACTIVE = "inactive"
"""What a parameter is called in trials to which it does not apply."""

_LABEL_WIDTH = 24
_MOST_LABELS = 30
_CHARACTER = 5.4
"""How wide a character of a label is on average, in points at Matplotlib's own font size of 10."""
_NARROWEST = 9
_POWERS_FROM = 100.0
"""A log axis over this factor has ticks at powers of ten; below, 4e2 is read worse than 400."""


@dataclass(frozen=True)
class Categories:
    """Values of a categorical parameter as positions on an axis.

    Attributes:
        positions: 0, 1, 2 ... for each trial; NaN where the parameter is missing.
        labels: What each position is called.
    """

    positions: npt.NDArray[np.float64]
    labels: list[str]

    @classmethod
    def of(cls, values: Sequence[Any], dimension: Categorical) -> Categories:
        """Return the positions of values: choices in their order, numbers in rising order."""
        # A new Categorical, because a resumed study may hold choices its space has lost.
        extra: list[Any] = []
        codes = []
        for value in values:
            codes.append(math.nan if value is MISSING else _code(value, dimension, extra))
        choices = [*dimension.choices, *extra]
        order = list(range(len(choices)))
        if all(type(choice) in (int, float) for choice in choices):
            order.sort(key=lambda index: choices[index])
        place = {code: position for position, code in enumerate(order)}
        positions = [math.nan if math.isnan(code) else place[int(code)] for code in codes]
        labels = [label_of(choices[index]) for index in order]
        return cls(np.array(positions, dtype=np.float64), labels)

    def with_inactive(self) -> Categories:
        """Return the same with a last place for trials in which the parameter is inactive."""
        is_missing = np.isnan(self.positions)
        if not is_missing.any():
            return self
        places = np.where(is_missing, float(len(self.labels)), self.positions)
        return Categories(places, [*self.labels, INACTIVE])


def _code(value: Any, dimension: Categorical, extra: list[Any]) -> int:
    try:
        return dimension.index(value)
    except SpaceError:
        pass
    if not any(value is known for known in extra):
        try:
            return len(dimension.choices) + Categorical(extra).index(value)
        except SpaceError:
            extra.append(value)
    return len(dimension.choices) + next(i for i, known in enumerate(extra) if known is value)


def number_positions(values: Sequence[Any]) -> npt.NDArray[np.float64]:
    """Return numbers as an array; NaN where the parameter is missing."""
    return np.array([math.nan if v is MISSING else float(v) for v in values], dtype=np.float64)


def is_log(dimension: Dimension | None) -> bool:
    """Whether a parameter is searched, and so drawn, on a logarithmic scale."""
    return bool(getattr(dimension, "log", False))


def set_log(ax: Axes, which: Literal["x", "y"], low: float, high: float) -> None:
    """Make an axis logarithmic, with round numbers rather than powers where it is short.

    Args:
        ax: The axes.
        which: Which of its axes.
        low: The smallest value shown.
        high: The largest value shown.
    """
    if which == "x":
        ax.set_xscale("log")
    else:
        ax.set_yscale("log")
    if high / low < _POWERS_FROM:
        axis = ax.xaxis if which == "x" else ax.yaxis
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(lambda value, _: f"{value:g}")
        axis.set_minor_formatter(NullFormatter())


def round_log_numbers(low: float, high: float) -> npt.NDArray[np.float64]:
    """Return a few of 1, 2, 5, 10, 20, ... from one number to another."""
    decades = math.log10(high / low)
    steps = [1.0] if decades > 3 else [1.0, 2.0, 5.0] if decades < 1.5 else [1.0, 3.0]
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    thin = max(1, len(powers) // 6)
    found = np.array([step * 10.0**power for power in powers[::thin] for step in steps])
    return found[(found >= low) & (found <= high)]


def label_of(value: Any) -> str:
    """Return a short name for a choice.

    Example:
        >>> label_of((64, 64)), label_of(len), label_of("adam")
        ('(64, 64)', 'len', 'adam')
    """
    if isinstance(value, float):
        return f"{value:.5g}"
    name = getattr(value, "__qualname__", None)
    if isinstance(name, str):
        return shorten(name.rpartition("<locals>.")[2], _LABEL_WIDTH)
    return shorten(name_of(value) or "''", _LABEL_WIDTH)


def set_labels(
    axis: XAxis | YAxis, labels: Sequence[str], at: Sequence[float] | None = None
) -> None:
    """Label positions on an axis; wrapped or turned where they would touch, thinned where many."""
    places = range(len(labels)) if at is None else at
    step = math.ceil(len(labels) / _MOST_LABELS)
    shown = list(labels)[::step]
    size, width, _ = extent_of(axis.axes)
    room = int(width / (_CHARACTER * size)) // max(1, len(shown))
    is_crowded = isinstance(axis, XAxis) and max(map(len, shown), default=0) > room
    if is_crowded and room >= _NARROWEST:
        shown = [textwrap.fill(label, room) for label in shown]
    axis.set_ticks(list(places)[::step], shown)
    if is_crowded and room < _NARROWEST:
        axis.set_tick_params(rotation=35)
        for text in axis.get_ticklabels():
            text.set(ha="right", rotation_mode="anchor")
