"""How the scores are distributed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from frameworm.search.plots.axis import set_log
from frameworm.search.plots.canvas import (
    GREEN,
    message,
    shorten,
    title,
)
from frameworm.search.plots.scores import ScoreScale
from frameworm.search.plots.shades import Shades

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes

    from frameworm.search.plots.trials import PlotTrials

__all__ = ["draw_distribution"]

_MOST_BINS = 60


def draw_distribution(ax: Axes, trials: PlotTrials) -> None:
    """Draw a histogram of the scores, with the best and the median.

    Args:
        ax: Where to draw.
        trials: The trials.
    """
    ax.set_xlabel(shorten(trials.metric, 70))
    ax.set_ylabel("trials")
    heading = f"Distribution of {trials.metric}"
    scale = ScoreScale.of(trials.scores, trials.mode)
    if scale is None or trials.best is None:
        title(ax, heading)
        message(ax, trials.no_score_text())
        return
    under = trials.count_text()
    is_off = scale.off(trials.scores)
    if is_off.any():
        worst = trials.scores[is_off][np.argmax(np.abs(trials.scores[is_off]))]
        under += f"; {int(is_off.sum()):,} off the scale (to {worst:.3g})"
    shown = trials.scores[np.isfinite(trials.scores) & ~is_off]
    if scale.log:
        set_log(ax, "x", scale.low, scale.high)
    shades = Shades.of(ax)
    edges = _edges(shown, scale.log).tolist()
    ax.hist(shown, bins=edges, color=shades.blue, edgecolor=shades.paper, linewidth=0.5)
    best = float(trials.scores[trials.best])
    median = float(np.median(trials.scores[np.isfinite(trials.scores)]))
    ax.axvline(best, color=GREEN, linewidth=2.0, label=f"best {best:.5g}")
    ax.axvline(
        median, color=shades.ink, linewidth=2.0, linestyle="--", label=f"median {median:.5g}"
    )
    ax.yaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    title(ax, heading, under)


def _edges(scores: npt.NDArray[np.float64], log: bool) -> npt.NDArray[np.float64]:
    placed = np.log10(scores) if log else scores
    if np.ptp(placed) == 0:
        # One bar around the value; at 1e9 a width of 1 would be no width at all.
        half = abs(float(placed[0])) * 0.05 or 0.5
        return np.array([placed[0] - half, placed[0] + half])
    # Freedman and Diaconis' rule (1981), but never fewer bins than Rice's, 2 n^(1/3), because
    # scores are often in two crowds; NumPy's own runs out of memory where one score is far away.
    first, third = np.quantile(placed, [0.25, 0.75])
    width = 2 * (third - first) / placed.size ** (1 / 3)
    wanted = np.ptp(placed) / width if width > 0 else _MOST_BINS
    count = round(float(np.clip(wanted, max(5, 2 * placed.size ** (1 / 3)), _MOST_BINS)))
    edges: npt.NDArray[np.float64] = np.linspace(placed.min(), placed.max(), count + 1)
    return 10**edges if log else edges
