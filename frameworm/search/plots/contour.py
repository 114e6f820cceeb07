"""The score over two numbers, smoothed into a landscape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MaxNLocator
from scipy.spatial import cKDTree

from frameworm.errors import SearchArgumentError
from frameworm.search.plots.axis import is_log, number_positions, set_log
from frameworm.search.plots.canvas import DARK_GREY, VERMILLION, dot_style, message, shorten, title
from frameworm.search.plots.scores import ScoreScale, draw_best
from frameworm.search.space.dimensions import Categorical, Integer
from frameworm.trial.state import TrialState

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes

    from frameworm.search.plots.trials import PlotTrials

__all__ = ["draw_contour"]

_FEWEST = 4
_GRID = 64
_REACH = 1.5
"""So many bandwidths from the nearest trial the landscape ends: beyond, it would be invented."""
_EMPTY = "#E8E8E8"
_MOST_OUTLINED = 300


@dataclass(frozen=True)
class _Range:
    """A parameter's values, and the same from 0 to 1 on the scale it is searched on."""

    numbers: npt.NDArray[np.float64]
    low: float
    high: float
    log: bool

    @property
    def unit(self) -> npt.NDArray[np.float64]:
        if self.low == self.high:
            return np.where(np.isnan(self.numbers), np.nan, 0.5)
        if self.log:
            placed = np.log(self.numbers / self.low) / np.log(self.high / self.low)
        else:
            placed = (self.numbers - self.low) / (self.high - self.low)
        result: npt.NDArray[np.float64] = placed
        return result

    @property
    def grid(self) -> npt.NDArray[np.float64]:
        space = np.geomspace if self.log else np.linspace
        return space(self.low, self.high, _GRID)


def draw_contour(ax: Axes, trials: PlotTrials, *, x: str, y: str) -> None:
    """Draw a smooth landscape of the score over two numbers, and the trials it is made from.

    The landscape is the mean of the trials around each point, weighted by a Gaussian kernel
    (Nadaraya 1964, Watson 1964) whose width follows Scott's rule (1992).

    Args:
        ax: Where to draw.
        trials: The trials.
        x: The dotted key of the parameter along the bottom.
        y: The dotted key of the parameter along the side.

    Raises:
        SearchArgumentError: If there is no such parameter, both are the same, or one is not a
            number.
    """
    if x == y:
        raise SearchArgumentError(f"A contour needs two different parameters, got {x!r} twice.")
    across, up = _range(trials, x), _range(trials, y)
    ax.set_xlabel(shorten(x, 70))
    ax.set_ylabel(shorten(y, 40))
    heading = f"{trials.metric} by {shorten(x, 22)} and {shorten(y, 22)}"
    scale = ScoreScale.of(trials.scores, trials.mode)
    if scale is None or trials.best is None:
        title(ax, heading)
        message(ax, trials.no_score_text())
        return
    usable = np.isfinite(trials.scores) & np.isfinite(across.unit) & np.isfinite(up.unit)
    points = np.column_stack([across.unit[usable], up.unit[usable]])
    distinct = np.unique(points, axis=0)
    if len(distinct) < _FEWEST or np.ptp(distinct, axis=0).min() == 0:
        title(ax, heading)
        message(
            ax,
            f"A contour needs {_FEWEST} trials with a score and different values of both "
            f"parameters, found {len(distinct)}.",
        )
        return
    scores = np.clip(trials.scores[usable], scale.low, scale.high)
    heights = _smooth(points, np.log10(scores) if scale.log else scores)
    better, colors = ("lower", "cividis_r") if trials.mode == "min" else ("higher", "cividis")
    if across.log:
        set_log(ax, "x", across.low, across.high)
    if up.log:
        set_log(ax, "y", up.low, up.high)
    ax.set_facecolor(_EMPTY)
    field = ax.contourf(across.grid, up.grid, heights, levels=14, cmap=colors)
    # Vector outlines of neighbouring levels show hairlines between them.
    field.set_rasterized(True)
    bar = ax.figure.colorbar(field, ax=ax)
    bar.set_label(f"{shorten(trials.metric, 30)} ({better} is better)")
    if scale.log:
        bar.ax.yaxis.set_major_formatter(lambda exponent, _: f"{10**exponent:.3g}")
    style = dot_style(len(points))
    if len(points) <= _MOST_OUTLINED:
        style.update(linewidths=0.4, edgecolors="white")
    else:
        style["alpha"] *= 0.5  # the landscape is what is to be seen
    ax.scatter(across.numbers[usable], up.numbers[usable], color="#010101", label="trial", **style)
    _draw_unscored(ax, trials, across, up)
    if usable[trials.best]:
        best = trials.best
        draw_best(
            ax,
            across.numbers[best],
            trials.scores[best],
            int(trials.numbers[best]),
            y=up.numbers[best],
        )
    if isinstance(trials.dimension(x), Integer) and not across.log:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    if isinstance(trials.dimension(y), Integer) and not up.log:
        ax.yaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.set_xlim(across.low, across.high)
    ax.set_ylim(up.low, up.high)
    left_out = int(trials.complete.sum()) - len(points)
    under = trials.count_text() + (f"; {left_out:,} not placed" if left_out else "")
    title(ax, heading, under)


def _range(trials: PlotTrials, name: str) -> _Range:
    values = trials.param(name)
    dimension = trials.dimension(name)
    if isinstance(dimension, Categorical):
        if not all(type(choice) in (int, float) for choice in dimension.choices):
            raise SearchArgumentError(
                f"A contour is over numbers, and {name!r} has choices; use plot_heatmap for it."
            )
        dimension = None
    numbers = number_positions(values)
    present = numbers[np.isfinite(numbers)]
    low, high = (float(present.min()), float(present.max())) if present.size else (0.0, 1.0)
    if dimension is not None:
        low, high = min(low, float(dimension.low)), max(high, float(dimension.high))
    return _Range(numbers, low, high, is_log(dimension) and low > 0)


def _draw_unscored(ax: Axes, trials: PlotTrials, across: _Range, up: _Range) -> None:
    """Mark failed and pruned trials in their places: they often share a corner."""
    for state, word, marker, color in (
        (TrialState.FAIL, "failed", "x", VERMILLION),
        (TrialState.PRUNED, "pruned", "|", DARK_GREY),
    ):
        chosen = trials.in_state(state) & np.isfinite(across.unit) & np.isfinite(up.unit)
        count = int(chosen.sum())
        if count:
            few = count <= _MOST_OUTLINED
            ax.scatter(
                across.numbers[chosen],
                up.numbers[chosen],
                marker=marker,
                color=color,
                s=22 if few else 8,
                linewidths=1.0 if few else 0.5,
                alpha=1.0 if few else 0.5,
                rasterized=not few,
                label=f"{count:,} {word}",
            )


def _smooth(
    points: npt.NDArray[np.float64], heights: npt.NDArray[np.float64]
) -> np.ma.MaskedArray[Any, Any]:
    """Return the landscape on the grid, a row for each y; masked far from every trial."""
    width = np.maximum(points.std(axis=0), 0.05) * len(points) ** (-1 / 6)
    places = np.linspace(0, 1, _GRID)
    # The kernel is a product, so weights over the grid are one matrix product.
    near_x = _kernel((places[:, None] - points[None, :, 0]) / width[0])
    near_y = _kernel((places[:, None] - points[None, :, 1]) / width[1])
    total = near_y @ near_x.T
    weighted = (near_y * heights) @ near_x.T
    across, up = np.meshgrid(places, places)
    grid = np.column_stack([across.ravel(), up.ravel()])
    distance, _ = cKDTree(points / width).query(grid / width)
    is_far = distance.reshape(total.shape) > _REACH
    return np.ma.masked_where(is_far, weighted / np.where(total > 0, total, 1))


def _kernel(distance: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    result: npt.NDArray[np.float64] = np.exp(-0.5 * distance**2)
    return result
