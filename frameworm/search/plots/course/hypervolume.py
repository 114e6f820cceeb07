"""Convergence with several objectives: the hypervolume that the front dominates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from frameworm.search.plots.canvas import GREEN, ORANGE, message, title
from frameworm.search.plots.scores import ScoreScale, draw_unscored

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes

    from frameworm.search.plots.trials import PlotTrials

__all__ = ["draw_hypervolume", "unit_losses"]


def unit_losses(trials: PlotTrials) -> npt.NDArray[np.float64]:
    """Return objective values as losses from 0, the best found, to 1, the worst.

    An objective over orders of magnitude is taken by its logarithm, and a few wild values count
    as worse than 1, by the rules that set the scales of the plots; else one of them would make all
    the rest look alike.

    Args:
        trials: The trials.

    Returns:
        A row a trial and a column an objective; NaN unless complete.
    """
    values = trials.values
    losses = np.full(values.shape, np.nan)
    for column, (_, mode) in enumerate(trials.goals):
        found = values[:, column]
        scale = ScoreScale.of(found, mode)
        if scale is None:
            continue
        low, high = scale.low, scale.high
        if scale.log:
            found, low, high = np.log(found), float(np.log(low)), float(np.log(high))
        share = (found - low) / ((high - low) or 1.0)
        losses[:, column] = share if mode == "min" else 1 - share
    return losses


def draw_hypervolume(ax: Axes, trials: PlotTrials, *, volumes: Sequence[float]) -> None:
    """Draw the hypervolume dominated by the first 1, 2, ... trials.

    Args:
        ax: Where to draw.
        trials: The trials.
        volumes: The share dominated after each trial, of the box from the best to the worst
            values found.
    """
    ax.set_xlabel("trial")
    ax.set_ylabel("hypervolume (share dominated)")
    heading = "Hypervolume so far"
    if not np.isfinite(trials.values).all(axis=1).any():
        title(ax, heading)
        message(ax, trials.no_score_text())
        return
    numbers = trials.numbers.astype(float)
    height = np.asarray(volumes, dtype=float)
    shown = np.where(height > 0, height, np.nan)
    ax.step(numbers, shown, where="post", color=ORANGE, linewidth=2.0, zorder=3)
    rises = np.flatnonzero(np.diff(np.concatenate([[0.0], height])) > 0)
    ax.scatter(
        numbers[rises],
        height[rises],
        color=GREEN,
        s=20 if rises.size <= 100 else 8,
        zorder=4,
        label=f"{rises.size:,} trial{'' if rises.size == 1 else 's'} moved the front",
    )
    draw_unscored(ax, numbers, trials)
    reached = height[height > 0]
    low, high = (float(reached.min()), float(reached.max())) if reached.size else (0.0, 1.0)
    ax.set_ylim(*ScoreScale(low, high, log=False).limits)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    margin = max(0.5, 0.02 * float(np.ptp(numbers)))
    ax.set_xlim(numbers.min() - margin, numbers.max() + margin)
    names = ", ".join(trials.goals.metrics)
    title(ax, heading, f"{names}; {trials.count_text()}")
