"""The score over the values of one parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from frameworm.search.plots.axis import (
    INACTIVE,
    Categories,
    number_positions,
    set_labels,
    set_log,
)
from frameworm.search.plots.canvas import message, shorten, title
from frameworm.search.plots.scores import ScoreScale, draw_best, draw_dots, draw_unscored
from frameworm.search.plots.shades import Shades
from frameworm.search.plots.span import Span, draw_inactive
from frameworm.search.plots.trend import median_by_value, running_median
from frameworm.search.space.dimensions import Categorical, Integer
from frameworm.search.study.columns import MISSING

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes

    from frameworm.search.plots.trials import PlotTrials
    from frameworm.search.space.dimensions import Real

__all__ = ["draw_parameter"]

_TREND_FROM = 30
_ENOUGH = 5
"""A value with fewer trials on average has a median of little but noise."""
_JITTER = 0.22
_CROWDED = 50
_MOST_COLUMNS = 20


def draw_parameter(ax: Axes, trials: PlotTrials, *, name: str) -> None:
    """Draw each trial's score over its value of a parameter.

    The whole range searched is shown. Trials in which the parameter is inactive have a place of
    their own beside it.

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
    if isinstance(dimension, Categorical):
        categories = Categories.of(values, dimension).with_inactive()
        x = _draw_categories(ax, trials, categories)
    else:
        x = _draw_numbers(ax, trials, number_positions(values), dimension)
    draw_dots(ax, x, trials.scores, scale, "trial")
    number = int(trials.numbers[trials.best])
    draw_best(ax, x[trials.best], trials.scores[trials.best], number)
    draw_unscored(ax, x, trials)
    scale.apply(ax)
    missing = sum(value is MISSING for value in values)
    title(ax, heading, trials.count_text() + (f"; {INACTIVE} in {missing:,}" if missing else ""))


def _draw_categories(
    ax: Axes, trials: PlotTrials, categories: Categories
) -> npt.NDArray[np.float64]:
    """Set up an axis of choices with their medians; return where each trial's dot is."""
    x, count = categories.positions, len(categories.labels)
    _draw_medians(ax, x, trials.scores, count)
    set_labels(ax.xaxis, categories.labels)
    ax.set_xlim(-0.6, count - 0.4)
    if categories.labels[-1] == INACTIVE:
        empty = Shades.of(ax).empty
        ax.axvspan(count - 1.5, count - 0.4, color=empty, alpha=0.6, linewidth=0, zorder=0)
    return _spread(x) if len(x) > count else x


def _draw_numbers(
    ax: Axes,
    trials: PlotTrials,
    x: npt.NDArray[np.float64],
    dimension: Real | Integer | None,
) -> npt.NDArray[np.float64]:
    """Set up an axis of numbers with the median along it; return where each trial's dot is."""
    span = Span.of(x, dimension)
    is_missing = np.isnan(x)
    dots = x
    if span.log:
        set_log(ax, "x", span.low, span.high)
    elif isinstance(dimension, Integer):
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        if len(x) > _CROWDED and dimension.high - dimension.low <= _MOST_COLUMNS:
            dots = _spread(x)
    ax.set_xlim(span.number(-0.03), span.number(1.03))
    _draw_trend(ax, x, trials.scores, span)
    if is_missing.any():
        middle = draw_inactive(ax, span)
        places = np.random.default_rng(0).uniform(1.06, 1.12, int(is_missing.sum()))
        dots = dots.copy()
        dots[is_missing] = [span.number(place) for place in places]
        if is_missing.sum() == 1:
            dots[is_missing] = middle
        found = trials.scores[is_missing & np.isfinite(trials.scores)]
        if found.size > 1:
            ends = span.number(1.05), span.number(1.13)
            ax.plot(ends, [np.median(found)] * 2, color=Shades.of(ax).ink, linewidth=1.8, zorder=3)
    return dots


def _spread(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Move dots that share a value apart; always alike, so the same results look the same."""
    return x + np.random.default_rng(0).uniform(-_JITTER, _JITTER, len(x))


def _draw_trend(
    ax: Axes, x: npt.NDArray[np.float64], scores: npt.NDArray[np.float64], span: Span
) -> None:
    """Draw the median score of each value or, where each has few trials, around each value."""
    usable = np.isfinite(x) & np.isfinite(scores)
    values = np.unique(x[usable]).size
    if usable.sum() < _TREND_FROM or values < 2:
        return
    if values <= _MOST_COLUMNS and usable.sum() >= _ENOUGH * values:
        places, medians = median_by_value(x[usable], scores[usable])
    else:
        units, medians = running_median(span.unit(x[usable]), scores[usable])
        places = np.array([span.number(unit) for unit in units])
    ax.plot(places, medians, color=Shades.of(ax).ink, linewidth=1.8, zorder=3, label="median")


def _draw_medians(
    ax: Axes, x: npt.NDArray[np.float64], scores: npt.NDArray[np.float64], count: int
) -> None:
    """Draw each category's median score as a bar across its dots."""
    label = "median"
    ink = Shades.of(ax).ink
    for position in range(count):
        found = scores[(x == position) & np.isfinite(scores)]
        if found.size > 1:
            ends = (position - 0.3, position + 0.3)
            ax.plot(ends, [np.median(found)] * 2, color=ink, linewidth=1.8, zorder=3, label=label)
            label = "_"  # named in the legend once
