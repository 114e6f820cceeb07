"""The median score over two parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.colors import LogNorm, Normalize

from frameworm.errors import SearchArgumentError
from frameworm.search.plots.axis import (
    INACTIVE,
    Categories,
    label_of,
    number_positions,
    round_log_numbers,
    set_labels,
)
from frameworm.search.plots.canvas import message, shorten, title
from frameworm.search.plots.scores import ScoreScale
from frameworm.search.plots.shades import Shades
from frameworm.search.plots.span import Span
from frameworm.search.space.dimensions import Categorical, Integer
from frameworm.search.study.columns import MISSING

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.axis import XAxis, YAxis

    from frameworm.search.plots.shades import Shades
    from frameworm.search.plots.trials import PlotTrials
from frameworm.search.space.dimensions import Dimension

__all__ = ["draw_heatmap"]

_MOST_VALUES = 12
_MOST_BINS = 12
_MOST_TEXTS = 100
_EXTEND: dict[tuple[bool, bool], Literal["neither", "min", "max", "both"]] = {
    (False, False): "neither",
    (True, False): "min",
    (False, True): "max",
    (True, True): "both",
}


@dataclass(frozen=True)
class _Cells:
    """One parameter cut into cells.

    Attributes:
        positions: Each trial's cell; NaN where the parameter is missing.
        labels: What is written along the axis.
        at: Where: the middles of cells that are values, the edges of those that are ranges.
        count: How many cells there are.
    """

    positions: npt.NDArray[np.float64]
    labels: list[str]
    at: list[float]
    count: int

    def label(self, axis: XAxis | YAxis) -> None:
        set_labels(axis, self.labels, self.at)

    def with_inactive(self, scores: npt.NDArray[np.float64]) -> _Cells:
        """Return the same with a last cell for scored trials in which the parameter is inactive."""
        is_missing = np.isnan(self.positions)
        if not (is_missing & np.isfinite(scores)).any():
            return self
        return _Cells(
            np.where(is_missing, float(self.count), self.positions),
            [*self.labels, INACTIVE],
            [*self.at, float(self.count)],
            self.count + 1,
        )


def draw_heatmap(ax: Axes, trials: PlotTrials, *, x: str, y: str) -> None:
    """Draw the median finite score of each pair of values; cells without a trial are grey.

    Args:
        ax: Where to draw.
        trials: The trials.
        x: The dotted key of the parameter along the bottom.
        y: The dotted key of the parameter along the side.

    Raises:
        SearchArgumentError: If there is no such parameter, or both are the same.
    """
    if x == y:
        raise SearchArgumentError(f"A heatmap needs two different parameters, got {x!r} twice.")
    trials.param(x), trials.param(y)  # wrong names are an error even where nothing is drawn
    ax.set_xlabel(shorten(x, 70))
    ax.set_ylabel(shorten(y, 40))
    heading = f"Median {trials.metric}"
    scale = ScoreScale.of(trials.scores, trials.mode)
    if scale is None:
        title(ax, heading)
        message(ax, trials.no_score_text())
        return
    across, up = (_cells(trials, name).with_inactive(trials.scores) for name in (x, y))
    medians = _medians(across, up, trials.scores)
    filled = int(np.isfinite(medians).sum())
    edges = np.arange(across.count + 1) - 0.5, np.arange(up.count + 1) - 0.5
    shown = medians[np.isfinite(medians)]
    low, high = (max(scale.low, shown.min()), min(scale.high, shown.max())) if filled else (0, 1)
    norm = (LogNorm if scale.log and low < high else Normalize)(low, high)
    # The better a score the brighter, in both modes; cividis is readable colour-blind and in grey.
    better, colors = ("lower", "cividis_r") if trials.mode == "min" else ("higher", "cividis")
    shades = Shades.of(ax)
    ax.set_facecolor(shades.empty)
    mesh = ax.pcolormesh(*edges, np.ma.masked_invalid(medians), cmap=colors, norm=norm)
    mesh.set_edgecolor(shades.paper)
    mesh.set_linewidth(0.5)
    beyond = (filled and shown.min() < low, filled and shown.max() > high)
    bar = ax.figure.colorbar(mesh, ax=ax, extend=_EXTEND[bool(beyond[0]), bool(beyond[1])])
    bar.set_label(f"{shorten(trials.metric, 30)} ({better} is better)")
    if isinstance(norm, LogNorm):
        marks = round_log_numbers(float(low), float(high)).tolist()
        bar.set_ticks(marks, labels=[f"{mark:g}" for mark in marks])
        bar.minorticks_off()
    across.label(ax.xaxis)
    up.label(ax.yaxis)
    title(ax, heading, f"{trials.count_text()}; {filled} of {medians.size} cells have a score")
    if medians.size <= _MOST_TEXTS:
        _write(ax, medians, mesh)


def _cells(trials: PlotTrials, name: str) -> _Cells:
    values = trials.param(name)
    dimension = trials.dimension(name)
    if isinstance(dimension, Categorical):
        categories = Categories.of(values, dimension)
        return _values(categories.positions, categories.labels)
    known = [value for value in values if value is not MISSING]
    present = sorted(set(known))
    repeats = 2 * len(present) <= len(known) or len(present) == 1
    is_small = isinstance(dimension, Integer) and dimension.high - dimension.low < _MOST_VALUES
    if len(present) <= _MOST_VALUES and (repeats or is_small):
        place: dict[Any, float] = {value: index for index, value in enumerate(present)}
        positions = [place.get(value, np.nan) for value in values]
        labels = [label_of(value) for value in present]
        return _values(np.array(positions, dtype=np.float64), labels)
    return _bins(number_positions(values), dimension)


def _values(positions: npt.NDArray[np.float64], labels: list[str]) -> _Cells:
    return _Cells(positions, labels, [float(place) for place in range(len(labels))], len(labels))


def _bins(numbers: npt.NDArray[np.float64], dimension: Dimension | None) -> _Cells:
    known = numbers[~np.isnan(numbers)]
    # The range searched, unless a resumed study left it: the same edges as trials come in.
    span = Span.of(numbers, dimension)
    # Two trials a cell on average when both parameters are cut this way.
    count = int(np.clip(round((known.size / 2) ** 0.5), 2, _MOST_BINS))
    edges = np.array([span.number(unit) for unit in np.linspace(0, 1, count + 1)])
    inner = np.searchsorted(edges[1:-1], numbers, side="right").astype(np.float64)
    inner[np.isnan(numbers)] = np.nan
    at = [place - 0.5 for place in range(count + 1)]
    return _Cells(inner, [f"{edge:.3g}" for edge in edges], at, count)


def _medians(
    across: _Cells, up: _Cells, scores: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    medians = np.full((up.count, across.count), np.nan)
    usable = np.isfinite(scores) & ~np.isnan(across.positions) & ~np.isnan(up.positions)
    cells = up.positions[usable].astype(int) * across.count + across.positions[usable].astype(int)
    order = np.argsort(cells, kind="stable")
    found, starts = np.unique(cells[order], return_index=True)
    for cell, group in zip(found, np.split(scores[usable][order], starts[1:]), strict=True):
        medians[cell // across.count, cell % across.count] = np.median(group)
    return medians


def _write(ax: Axes, medians: npt.NDArray[np.float64], mesh: Any) -> None:
    for row, column in np.argwhere(np.isfinite(medians)):
        value = medians[row, column]
        red, green, blue, _ = mesh.to_rgba(value)
        is_dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
        ax.text(
            column,
            row,
            f"{value:.3g}",
            ha="center",
            va="center",
            fontsize="small" if medians.shape[1] <= 8 else 5.5,
            # Not quite white and black: a report in dark mode turns those round.
            color="#fefefe" if is_dark else "#010101",
        )
