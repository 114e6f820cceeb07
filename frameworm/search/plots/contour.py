"""The score over two numbers, smoothed into a landscape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MaxNLocator
from scipy.spatial import cKDTree

from frameworm.errors import SearchArgumentError
from frameworm.search.plots.axis import number_positions, round_log_numbers, set_log
from frameworm.search.plots.canvas import VERMILLION, dot_style, message, shorten, title
from frameworm.search.plots.scores import ScoreScale, draw_best
from frameworm.search.plots.shades import Shades
from frameworm.search.plots.span import Span
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
"""So many widths by Scott's rule from the nearest trial the landscape ends: there it would be
invented."""
_MOST_OUTLINED = 300
_MOST_COMPARED = 400
_SHARES = np.geomspace(0.25, 1.25, 8)


def draw_contour(ax: Axes, trials: PlotTrials, *, x: str, y: str) -> None:
    """Draw a smooth landscape of the score over two numbers, and the trials it is made from.

    The landscape is the mean of the trials around each point, weighted by a Gaussian kernel
    (Nadaraya 1964, Watson 1964). Its width is a share of that by Scott's rule (1992): the share
    that predicts each trial best from the others (cross-validation, Stone 1974), narrow where
    scores are exact and wide where they are noisy.

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
    (horizontal, across), (vertical, up) = _range(trials, x), _range(trials, y)
    ax.set_xlabel(shorten(x, 70))
    ax.set_ylabel(shorten(y, 40))
    heading = f"{trials.metric} by {shorten(x, 22)} and {shorten(y, 22)}"
    scale = ScoreScale.of(trials.scores, trials.mode)
    if scale is None or trials.best is None:
        title(ax, heading)
        message(ax, trials.no_score_text())
        return
    usable = np.isfinite(trials.scores) & np.isfinite(horizontal) & np.isfinite(vertical)
    points = np.column_stack([across.unit(horizontal[usable]), up.unit(vertical[usable])])
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
    shades = Shades.of(ax)
    ax.set_facecolor(shades.empty)
    field = ax.contourf(_grid(across), _grid(up), heights, levels=14, cmap=colors)
    # Vector outlines of neighbouring levels show hairlines between them.
    field.set_rasterized(True)
    bar = ax.figure.colorbar(field, ax=ax)
    bar.set_label(f"{shorten(trials.metric, 30)} ({better} is better)")
    if scale.log:
        marks = round_log_numbers(*(10.0**level for level in field.get_clim()))
        bar.set_ticks(np.log10(marks).tolist(), labels=[f"{mark:g}" for mark in marks])
    style = dot_style(len(points))
    if len(points) <= _MOST_OUTLINED:
        style.update(linewidths=0.4, edgecolors="#fefefe")
    else:
        style["alpha"] *= 0.5  # the landscape is what is to be seen
    ax.scatter(horizontal[usable], vertical[usable], color="#010101", label="trial", **style)
    _draw_unscored(ax, trials, horizontal, vertical)
    if usable[trials.best]:
        best = trials.best
        draw_best(
            ax,
            horizontal[best],
            trials.scores[best],
            int(trials.numbers[best]),
            y=vertical[best],
        )
    if isinstance(trials.dimension(x), Integer) and not across.log:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    if isinstance(trials.dimension(y), Integer) and not up.log:
        ax.yaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.set_xlim(across.low, across.high)
    ax.set_ylim(up.low, up.high)
    left_out = int(trials.complete.sum()) - len(points)
    under = trials.count_text() + (f"; {left_out:,} without both parameters" if left_out else "")
    title(ax, heading, under)


def _range(trials: PlotTrials, name: str) -> tuple[npt.NDArray[np.float64], Span]:
    values = trials.param(name)
    dimension = trials.dimension(name)
    if isinstance(dimension, Categorical) and not all(
        type(choice) in (int, float) for choice in dimension.choices
    ):
        raise SearchArgumentError(
            f"A contour is over numbers, and {name!r} has choices; use plot_heatmap for it."
        )
    numbers = number_positions(values)
    return numbers, Span.of(numbers, dimension)


def _grid(span: Span) -> npt.NDArray[np.float64]:
    return np.array([span.number(unit) for unit in np.linspace(0, 1, _GRID)])


def _draw_unscored(
    ax: Axes,
    trials: PlotTrials,
    horizontal: npt.NDArray[np.float64],
    vertical: npt.NDArray[np.float64],
) -> None:
    """Mark failed and pruned trials in their places: they often share a corner."""
    for state, word, marker, color in (
        (TrialState.FAIL, "failed", "x", VERMILLION),
        (TrialState.PRUNED, "pruned", "|", Shades.of(ax).dim),
    ):
        chosen = trials.in_state(state) & np.isfinite(horizontal) & np.isfinite(vertical)
        count = int(chosen.sum())
        if count:
            few = count <= _MOST_OUTLINED
            ax.scatter(
                horizontal[chosen],
                vertical[chosen],
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
    width = _width(points) * _sharpness(points, heights)
    places = np.linspace(0, 1, _GRID)
    # The kernel is a product, so weights over the grid are one matrix product.
    near_x = _kernel((places[:, None] - points[None, :, 0]) / width[0])
    near_y = _kernel((places[:, None] - points[None, :, 1]) / width[1])
    total = near_y @ near_x.T
    weighted = (near_y * heights) @ near_x.T
    across, up = np.meshgrid(places, places)
    grid = np.column_stack([across.ravel(), up.ravel()])
    scott = _width(points)
    distance, _ = cKDTree(points / scott).query(grid / scott)
    is_far = distance.reshape(total.shape) > _REACH
    return np.ma.masked_where(is_far, weighted / np.where(total > 0, total, 1))


def _width(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    spread: npt.NDArray[np.float64] = np.maximum(points.std(axis=0), 0.05)
    return spread * float(len(points) ** (-1 / 6))


def _sharpness(points: npt.NDArray[np.float64], heights: npt.NDArray[np.float64]) -> float:
    """Return the share of Scott's width that predicts each trial best from the others."""
    if len(points) > _MOST_COMPARED:
        chosen = np.random.default_rng(0).choice(len(points), _MOST_COMPARED, replace=False)
        points, heights = points[chosen], heights[chosen]
    placed = points / _width(points)
    squares = ((placed[:, None] - placed[None]) ** 2).sum(axis=2)
    errors = []
    for share in _SHARES:
        weights = np.exp(-0.5 * squares / share**2)
        np.fill_diagonal(weights, 0)
        total = weights.sum(axis=1)
        # Where nobody is near, no trial says more than the mean of all.
        is_alone = total < 1e-3
        guess = np.where(is_alone, heights.mean(), weights @ heights / np.where(is_alone, 1, total))
        errors.append(float(np.mean((guess - heights) ** 2)))
    return float(_SHARES[int(np.argmin(errors))])


def _kernel(distance: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    result: npt.NDArray[np.float64] = np.exp(-0.5 * distance**2)
    return result
