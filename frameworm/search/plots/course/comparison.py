"""Several searches side by side: the best so far of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import numpy as np
from matplotlib.ticker import MaxNLocator

from frameworm.errors import SearchArgumentError
from frameworm.search.plots.canvas import (
    GREEN,
    ORANGE,
    PURPLE,
    VERMILLION,
    message,
    shorten,
    title,
)
from frameworm.search.plots.course.clock import RunningClock, time_unit
from frameworm.search.plots.scores import ScoreScale
from frameworm.search.plots.shades import Shades

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes

    from frameworm.search.plots.trials import PlotTrials

__all__ = ["Against", "draw_comparison"]

Against = Literal["trials", "time"]

_COLORS = (ORANGE, GREEN, PURPLE, VERMILLION)
_STYLES = ("-", "--", ":", "-.")


def draw_comparison(
    ax: Axes, searches: Mapping[str, PlotTrials], *, against: Against = "trials"
) -> None:
    """Draw the best score so far of each search as a step line.

    Args:
        ax: Where to draw.
        searches: The trials of each search by name; all of one metric and mode.
        against: ``"trials"`` for how many had finished, or ``"time"`` for the time since the
            first start, without the pauses between a stop and a resume.

    Raises:
        SearchArgumentError: If ``against`` is neither, or metrics or modes differ.
    """
    if against not in ("trials", "time"):
        raise SearchArgumentError(f"against is 'trials' or 'time', got {against!r}.")
    found = {(trials.metric, trials.mode) for trials in searches.values()}
    if len(found) != 1:
        raise SearchArgumentError(
            "Searches are compared by one metric and mode, got "
            f"{', '.join(f'{metric} ({mode})' for metric, mode in sorted(found)) or 'no search'}."
        )
    metric, mode = found.pop()
    lines = {name: _line(trials, against) for name, trials in searches.items()}
    drawn = {name: line for name, line in lines.items() if line is not None}
    ax.set_ylabel(shorten(f"best {metric}", 40))
    heading = f"Best {metric} so far, {len(searches)} searches"
    if not drawn:
        title(ax, heading)
        message(ax, "No search has a score to draw.")
        return
    last = max(float(x[-1]) for x, _ in drawn.values())
    unit, unit_name = time_unit(last) if against == "time" else (1.0, "")
    ax.set_xlabel(f"time running ({unit_name})" if unit_name else "finished trials")
    shades = Shades.of(ax)
    colors = (shades.blue, *_COLORS, shades.ink)
    for index, (name, (x, best)) in enumerate(drawn.items()):
        style = _STYLES[index // len(colors) % len(_STYLES)]
        label = f"{shorten(name, 30)}: {best[-1]:.5g}"
        color = colors[index % len(colors)]
        ax.step(
            x / unit, best, where="post", color=color, linestyle=style, linewidth=2.0, label=label
        )
        ax.scatter([x[-1] / unit], [best[-1]], color=color, s=26, zorder=4)
        if x[-1] < last:
            # What the search found holds while others go on.
            rest = [x[-1] / unit, last / unit]
            ax.plot(rest, [best[-1]] * 2, color=color, linewidth=0.8, linestyle=":", alpha=0.8)
    scale = ScoreScale.of(np.concatenate([best for _, best in drawn.values()]), mode)
    assert scale is not None
    # Where each search ended is what is compared: that is never off the scale.
    ends = [float(best[-1]) for _, best in drawn.values()]
    low, high = min(scale.low, *ends), max(scale.high, *ends)
    ScoreScale(low, high, scale.log).apply(ax)
    if against == "trials":
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.set_xlim(0, last / unit * 1.03 or 1)
    left_out = [shorten(name, 20) for name, line in lines.items() if line is None]
    more = "higher" if mode == "max" else "lower"
    under = f"{more} is better"
    if left_out:
        listed = ", ".join(left_out[:3]) + (" ..." if len(left_out) > 3 else "")
        why = "score" if against == "trials" else "score or times"
        under += f"; without a {why}: {listed}"
    title(ax, heading, under)


def _line(
    trials: PlotTrials, against: Against
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None:
    """Return where the best so far changes or ends, and what it is; ``None`` without a score."""
    ended = np.array([record.finished_at for record in trials.records], dtype="datetime64[us]")
    scores = np.where(np.isfinite(trials.scores), trials.scores, np.nan)
    if against == "time":
        started = np.array([record.started_at for record in trials.records], dtype="datetime64[us]")
        known = ~np.isnat(started) & ~np.isnat(ended)
        if not known.any():
            return None
        scores = scores[known]
        places = RunningClock.of(started[known], ended[known]).seconds(ended[known])
        order = np.argsort(places, kind="stable")
    else:
        # With several workers trials do not finish in the order of their numbers.
        order = np.argsort(ended, kind="stable")
        places = np.empty(len(scores))
        places[order] = np.arange(1, len(scores) + 1)
    best = (np.fmin if trials.mode == "min" else np.fmax).accumulate(scores[order])
    has_best = ~np.isnan(best)
    if not has_best.any():
        return None
    return places[order][has_best], best[has_best]
