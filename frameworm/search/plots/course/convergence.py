"""How the search got on: each score, and the best so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from frameworm.search.plots.canvas import ORANGE, message, shorten, title
from frameworm.search.plots.scores import ScoreScale, draw_best, draw_dots, draw_unscored

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from frameworm.search.plots.trials import PlotTrials

__all__ = ["draw_convergence"]


def draw_convergence(ax: Axes, trials: PlotTrials) -> None:
    """Draw scores and the best so far over the trials' numbers.

    Args:
        ax: Where to draw.
        trials: The trials.
    """
    ax.set_xlabel("trial")
    ax.set_ylabel(shorten(trials.metric, 40))
    scale = ScoreScale.of(trials.scores, trials.mode)
    heading = f"Best {trials.metric} so far"
    if scale is None or trials.best is None:
        title(ax, heading)
        message(ax, trials.no_score_text())
        return
    numbers = trials.numbers.astype(float)
    draw_dots(ax, numbers, trials.scores, scale, "trial")
    best = trials.best_so_far
    if len(numbers) > 1:
        ax.step(
            numbers, best, where="post", color=ORANGE, linewidth=2.0, zorder=3, label="best so far"
        )
    draw_best(
        ax, numbers[trials.best], trials.scores[trials.best], int(trials.numbers[trials.best])
    )
    draw_unscored(ax, numbers, trials)
    scale.apply(ax)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    margin = max(0.5, 0.02 * float(np.ptp(numbers)))
    ax.set_xlim(numbers.min() - margin, numbers.max() + margin)
    title(ax, heading, trials.count_text())
