"""The Pareto front of a search with several objectives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from frameworm.search.plots.axis import set_log
from frameworm.search.plots.canvas import GREEN, dot_style, message, shorten, title
from frameworm.search.plots.scores import ScoreScale
from frameworm.search.plots.shades import Shades
from frameworm.trial.ranking import nondominated

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes

    from frameworm.search.plots.trials import PlotTrials

__all__ = ["draw_pareto_front"]

_MOST_NUMBERS = 12


def draw_pareto_front(ax: Axes, trials: PlotTrials) -> None:
    """Draw trials over two objectives, dominated ones pale and the Pareto front strong.

    With more than two objectives the axes' place is divided among all pairs of them; the front is
    then that of all objectives, so in one pair some of its trials seem dominated.

    Args:
        ax: Where to draw.
        trials: The trials; of one objective only its best is the front.
    """
    names = list(trials.goals.metrics)
    heading = f"Pareto front of {', '.join(names)}"
    values = trials.values
    finite = np.asarray(np.isfinite(values).all(axis=1))
    if len(names) < 2:
        title(ax, heading)
        message(ax, f"The search has one objective, {names[0]}: its best trial is the front.")
        return
    if not finite.any():
        title(ax, heading)
        message(ax, trials.no_score_text())
        return
    numbers = {record.number for record in nondominated(trials.records, trials.goals)}
    is_front = np.array([number in numbers for number in trials.numbers.tolist()]) & finite
    count = int(is_front.sum())
    under = f"{trials.count_text()}; {count:,} on the front"
    left_out = int((~np.isnan(values).all(axis=1) & ~finite).sum())
    if left_out:
        under += f"; {left_out:,} infinite"
    if len(names) == 2:
        _draw_pair(ax, trials, 0, 1, is_front, finite, is_alone=True)
        title(ax, heading, under)
        return
    _draw_pairs(ax, trials, is_front, finite)
    title(ax, heading, under)


def _draw_pair(
    ax: Axes,
    trials: PlotTrials,
    across: int,
    up: int,
    is_front: npt.NDArray[np.bool_],
    finite: npt.NDArray[np.bool_],
    *,
    is_alone: bool,
) -> None:
    x, y = trials.values[:, across], trials.values[:, up]
    pale = finite & ~is_front
    dots = dot_style(int(pale.sum()))
    dots["alpha"] *= 0.6
    ax.scatter(
        x[pale], y[pale], color=Shades.of(ax).blue, label=f"{int(pale.sum()):,} dominated", **dots
    )
    count = int(is_front.sum())
    ax.scatter(
        x[is_front],
        y[is_front],
        color=GREEN,
        s=42 if count <= 50 else 18,
        edgecolors=Shades.of(ax).paper,
        linewidths=0.6,
        zorder=4,
        label=f"{count:,} on the front",
    )
    if is_alone:
        order = np.lexsort((y[is_front], x[is_front]))
        # A step, because between two trials of the front nothing is known to be reachable. It
        # goes the way that is worse, so nothing it encloses is better than what was found.
        way: Literal["post", "pre"] = "post" if trials.goals[across][1] == "min" else "pre"
        steps = x[is_front][order], y[is_front][order]
        ax.step(*steps, where=way, color=GREEN, linewidth=1.4, alpha=0.8, zorder=3)
    width = 46 if is_alone else 16
    for axis, objective, shown in (("x", across, x), ("y", up, y)):
        name, mode = trials.goals[objective]
        word = "lower" if mode == "min" else "higher"
        better = f"{word} is better" if is_alone else f"{word} better"
        getattr(ax, f"set_{axis}label")(f"{shorten(name, width)} ({better})")
        scale = ScoreScale.of(shown[finite], mode)
        assert scale is not None  # there are finite values
        scale = _with_front(scale, shown[is_front])
        if scale.log:
            set_log(ax, "x" if axis == "x" else "y", scale.low, scale.high)
        getattr(ax, f"set_{axis}lim")(*scale.limits)
    if is_alone and count <= _MOST_NUMBERS:
        _write_numbers(ax, trials, x, y, is_front)


def _with_front(scale: ScoreScale, front: npt.NDArray[np.float64]) -> ScoreScale:
    """Return a scale that holds the front too, however bad its trials are in this objective."""
    low, high = min(scale.low, float(front.min())), max(scale.high, float(front.max()))
    # On a linear axis one such trial would squash the rest to a line.
    is_wild = low < scale.low or high > scale.high
    return ScoreScale(low, high, scale.log or (is_wild and low > 0))


def _write_numbers(
    ax: Axes,
    trials: PlotTrials,
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    is_front: npt.NDArray[np.bool_],
) -> None:
    # Away from the dominated trials, which lie on the worse side.
    side = -1 if trials.goals[0][1] == "min" else 1
    height = -1 if trials.goals[1][1] == "min" else 1
    written: list[tuple[float, float]] = []
    for position in np.flatnonzero(is_front):
        place = ax.transLimits.transform(ax.transScale.transform((x[position], y[position])))
        if any(abs(place[0] - a) < 0.05 and abs(place[1] - b) < 0.035 for a, b in written):
            continue  # it would lie over another number
        written.append((place[0], place[1]))
        ax.annotate(
            str(int(trials.numbers[position])),
            (x[position], y[position]),
            xytext=(4 * side, 4 * height),
            textcoords="offset points",
            ha="left" if side > 0 else "right",
            va="bottom" if height > 0 else "top",
            fontsize="x-small",
        )


def _draw_pairs(
    ax: Axes,
    trials: PlotTrials,
    is_front: npt.NDArray[np.bool_],
    finite: npt.NDArray[np.bool_],
) -> None:
    size = len(trials.goals) - 1
    for row in range(size):
        for column in range(row + 1):
            gap = 0.16 / size
            place = (
                column / size + (gap if column else 0) / 2,
                1 - (row + 1) / size + gap / 2,
                1 / size - gap,
                1 / size - gap,
            )
            pair = ax.inset_axes(place)
            pair.spines[["top", "right"]].set_visible(False)
            pair.tick_params(labelsize="x-small")
            _draw_pair(pair, trials, column, row + 1, is_front, finite, is_alone=False)
            pair.xaxis.label.set_fontsize("small")
            pair.yaxis.label.set_fontsize("small")
            if row < size - 1:
                pair.set_xlabel("")
                pair.tick_params(labelbottom=False, which="both")
            if column:
                pair.set_ylabel("")
                pair.tick_params(labelleft=False, which="both")
    # One legend for all pairs.
    count = int(is_front.sum())
    ax.scatter([], [], color=Shades.of(ax).blue, label=f"{int(finite.sum()) - count:,} dominated")
    ax.scatter([], [], color=GREEN, label=f"{count:,} on the front")
    ax.set_axis_off()
