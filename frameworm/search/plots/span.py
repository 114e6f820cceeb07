"""The range of a number on an axis, and the place beside it where the number is inactive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import Locator

from frameworm.search.plots.axis import INACTIVE, is_log
from frameworm.search.plots.shades import Shades
from frameworm.search.space.dimensions import Categorical

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

    from frameworm.search.space.dimensions import Dimension

__all__ = ["Span", "draw_inactive"]


@dataclass(frozen=True)
class Span:
    """The range searched, wider where a resumed study has left it, on the scale it is searched on.

    Attributes:
        low: The low end.
        high: The high end.
        log: Whether the scale is logarithmic.
    """

    low: float
    high: float
    log: bool = False

    @classmethod
    def of(cls, numbers: npt.NDArray[np.float64], dimension: Dimension | None) -> Span:
        """Return the span of a parameter.

        Args:
            numbers: Its values; NaN where it is inactive.
            dimension: What is searched; of a choice among numbers only the values count.
        """
        present = numbers[np.isfinite(numbers)]
        low, high = (float(present.min()), float(present.max())) if present.size else (0.0, 1.0)
        if dimension is not None and not isinstance(dimension, Categorical):
            ends = float(dimension.low), float(dimension.high)
            low, high = (min(low, ends[0]), max(high, ends[1])) if present.size else ends
        return cls(low, high, is_log(dimension) and low > 0)

    def unit(self, numbers: Any) -> Any:
        """Return where numbers lie between the low end, 0, and the high end, 1."""
        if self.low == self.high:
            return np.where(np.isnan(numbers), np.nan, 0.5)
        if self.log:
            return np.log(numbers / self.low) / np.log(self.high / self.low)
        # Halved first, because the range of very large numbers overflows.
        return (numbers / 2 - self.low / 2) / (self.high / 2 - self.low / 2)

    def number(self, unit: float) -> float:
        """Return the number that lies somewhere between the ends, 0 and 1, or beyond them."""
        if self.low == self.high:
            return self.low + (unit - 0.5) * (abs(self.low) * 0.2 or 1.0)
        if self.log:
            return float(self.low * (self.high / self.low) ** unit)
        return self.low * (1 - unit) + self.high * unit


class _Within(Locator):
    """Another locator's ticks, without those beyond the range."""

    def __init__(self, inner: Locator, span: Span) -> None:
        self._inner = inner
        self._span = span

    def set_axis(self, axis: Axis | Any) -> None:
        super().set_axis(axis)
        self._inner.set_axis(axis)

    def __call__(self) -> Sequence[float]:
        return self._inside(self._inner())

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        return self._inside(self._inner.tick_values(vmin, vmax))

    def _inside(self, ticks: Sequence[float]) -> list[float]:
        low, high = self._span.number(-1e-9), self._span.number(1 + 1e-9)
        return [tick for tick in ticks if low <= tick <= high]


def draw_inactive(ax: Axes, span: Span) -> float:
    """Set apart a strip right of a range for trials in which the parameter is inactive.

    Args:
        ax: The axes, with the range along the bottom.
        span: The range.

    Returns:
        The middle of the strip.
    """
    shades = Shades.of(ax)
    begin, middle, end = (span.number(unit) for unit in (1.04, 1.09, 1.14))
    ax.axvspan(begin, end, color=shades.empty, alpha=0.6, linewidth=0, zorder=0)
    ax.xaxis.set_major_locator(_Within(ax.xaxis.get_major_locator(), span))
    ax.xaxis.set_minor_locator(_Within(ax.xaxis.get_minor_locator(), span))
    ax.annotate(
        INACTIVE,
        (middle, 0),
        xycoords=("data", "axes fraction"),
        xytext=(0, -5),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize="small",
    )
    ax.set_xlim(span.number(-0.03), span.number(1.15))
    return middle
