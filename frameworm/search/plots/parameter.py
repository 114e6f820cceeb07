"""The score over the values of one parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from frameworm.search.plots.axis import Categories, is_log, number_positions, set_labels, set_log
from frameworm.search.plots.canvas import (
    BLACK,
    BLUE,
    message,
    shorten,
    title,
)
from frameworm.search.plots.scores import ScoreScale, draw_best, draw_dots, draw_unscored
from frameworm.search.space.dimensions import Categorical, Integer

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes

    from frameworm.search.plots.trials import PlotTrials

__all__ = ["draw_parameter"]

_TREND_FROM = 30
_TREND_BINS = 12
_JITTER = 0.22
_CROWDED = 50
_MOST_COLUMNS = 20


def draw_parameter(ax: Axes, trials: PlotTrials, *, name: str) -> None:
    """Draw each trial's score over its value of a parameter.

    Args:
        ax: Where to draw.
        trials: The trials.
        name: The parameter's dotted key.

    Raises:
        SearchArgumentError: If there is no such parameter.
    """
    values = trials.param(name)
    dimension = trials.dimension(name)
    ax.set_xlabel(shorten(name, 70))
    ax.set_ylabel(shorten(trials.metric, 40))
    heading = f"{trials.metric} by {name}"
    scale = ScoreScale.of(trials.scores, trials.mode)
    if scale is None or trials.best is None:
        title(ax, heading)
        message(ax, trials.no_score_text())
        return
    under = trials.count_text()
    categories = Categories.of(values, dimension) if isinstance(dimension, Categorical) else None
    x = number_positions(values) if categories is None else categories.positions
    missing = int(np.isnan(x).sum())
    if missing:
        under += f"; {missing:,} without this parameter"
    if categories is None:
        dots = x
        if is_log(dimension):
            present = x[np.isfinite(x)]
            set_log(ax, "x", *((present.min(), present.max()) if present.size else (1.0, 1.0)))
        elif isinstance(dimension, Integer):
            ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
            if len(x) > _CROWDED and dimension.high - dimension.low <= _MOST_COLUMNS:
                dots = _spread(x)
        _draw_trend(ax, x, trials.scores)
    else:
        dots = _spread(x) if len(x) > len(categories.labels) else x
        _draw_medians(ax, x, trials.scores, len(categories.labels))
        set_labels(ax.xaxis, categories.labels)
        ax.set_xlim(-0.6, len(categories.labels) - 0.4)
    draw_dots(ax, dots, trials.scores, scale, BLUE, "trial")
    if not np.isnan(dots[trials.best]):
        number = int(trials.numbers[trials.best])
        draw_best(ax, dots[trials.best], trials.scores[trials.best], number)
    draw_unscored(ax, dots, trials)
    scale.apply(ax)
    title(ax, heading, under)


def _spread(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Move dots that share a value apart; always alike, so the same results look the same."""
    return x + np.random.default_rng(0).uniform(-_JITTER, _JITTER, len(x))


def _draw_trend(ax: Axes, x: npt.NDArray[np.float64], scores: npt.NDArray[np.float64]) -> None:
    """Draw the median score of each value or, of many values, in bins of equally many trials."""
    usable = ~np.isnan(x) & np.isfinite(scores)
    if usable.sum() < _TREND_FROM or np.unique(x[usable]).size < 2:
        return
    order = np.argsort(x[usable], kind="stable")
    values, starts = np.unique(x[usable][order], return_index=True)
    if values.size <= _MOST_COLUMNS:
        groups = np.split(order, starts[1:])
    else:
        groups = np.array_split(order, min(_TREND_BINS, order.size // 8))
    middles = [float(np.median(x[usable][group])) for group in groups]
    medians = [float(np.median(scores[usable][group])) for group in groups]
    ax.plot(middles, medians, color=BLACK, linewidth=1.8, zorder=3, label="median")


def _draw_medians(
    ax: Axes, x: npt.NDArray[np.float64], scores: npt.NDArray[np.float64], count: int
) -> None:
    """Draw each category's median score as a bar across its dots."""
    label = "median"
    for position in range(count):
        found = scores[(x == position) & np.isfinite(scores)]
        if found.size > 1:
            ends = (position - 0.3, position + 0.3)
            ax.plot(ends, [np.median(found)] * 2, color=BLACK, linewidth=1.8, zorder=3, label=label)
            label = "_"  # named in the legend once
