"""Learning curves: the values that trials reported while they ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator

from frameworm.search.plots.canvas import (
    GREEN,
    VERMILLION,
    message,
    shorten,
    title,
)
from frameworm.search.plots.scores import ScoreScale
from frameworm.search.plots.shades import Shades
from frameworm.trial.state import TrialState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes

    from frameworm.search.plots.trials import PlotTrials

__all__ = ["draw_learning_curves"]

_MEDIAN_FROM = 30
_MOST_ENDS = 300
_MOST_LINES = 300

_Curve = tuple["npt.NDArray[np.float64]", "npt.NDArray[np.float64]"]


def draw_learning_curves(ax: Axes, trials: PlotTrials) -> None:
    """Draw each trial's reported values over its steps, the best trial's on top.

    Args:
        ax: Where to draw.
        trials: The trials.
    """
    ax.set_xlabel("step")
    ax.set_ylabel(shorten(trials.metric, 40))
    heading = f"Learning curves of {trials.metric}"
    curves = {
        position: _curve(record.intermediate)
        for position, record in enumerate(trials.records)
        if record.intermediate
    }
    reported = np.concatenate([values for _, values in curves.values()] or [np.empty(0)])
    scale = ScoreScale.of(reported, trials.mode)
    if scale is None:
        title(ax, heading)
        message(
            ax,
            "No trial reported a value while it ran; frameworm.search.report(step, ...) in the "
            "train function does."
            if not reported.size
            else f"Every reported {trials.metric} is infinite or NaN.",
        )
        return
    count = len(curves)
    total = len(trials.records)
    under = f"{count:,} of {total:,} trial{'' if total == 1 else 's'} reported values"
    is_off = np.isfinite(reported) & scale.off(reported)
    if is_off.any():
        under += f"; {int(is_off.sum()):,} values off the scale"
    shades = Shades.of(ax)
    for state, word, color, marker in (
        (TrialState.COMPLETE, "complete", shades.blue, None),
        (TrialState.PRUNED, "pruned", shades.dim, "|"),
        (TrialState.FAIL, "failed", VERMILLION, "x"),
    ):
        chosen = [
            curve
            for position, curve in curves.items()
            if trials.records[position].state is state and position != trials.best
        ]
        _draw(ax, chosen, color, f"{len(chosen):,} {word}", count)
        if marker is not None and len(chosen) <= _MOST_ENDS:
            _draw_ends(ax, chosen, color, marker, 22 if count <= _MOST_LINES else 6)
    complete = [c for i, c in curves.items() if trials.records[i].state is TrialState.COMPLETE]
    if len(complete) >= _MEDIAN_FROM:
        steps, medians = _medians(complete)
        ax.plot(
            steps, medians, color=shades.ink, linewidth=1.8, zorder=4, label="median of complete"
        )
    if trials.best in curves:
        number = int(trials.numbers[trials.best])
        label = f"best: {trials.scores[trials.best]:.5g} (trial {number})"
        steps, values = curves[trials.best]
        dot = "o" if len(steps) == 1 else None
        ax.plot(steps, values, color=GREEN, linewidth=2.4, marker=dot, zorder=5, label=label)
    scale.apply(ax)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    steps = np.concatenate([steps for steps, _ in curves.values()])
    margin = max(0.5, 0.02 * float(np.ptp(steps)))
    ax.set_xlim(steps.min() - margin, steps.max() + margin)
    title(ax, heading, under)


def _curve(intermediate: Mapping[int, float]) -> _Curve:
    pairs = np.array(sorted(intermediate.items()), dtype=np.float64)
    return pairs[:, 0], np.where(np.isfinite(pairs[:, 1]), pairs[:, 1], np.nan)


def _draw(ax: Axes, curves: Sequence[_Curve], color: str, label: str, count: int) -> None:
    if not curves:
        return
    lines = LineCollection(
        [np.column_stack(curve) for curve in curves],
        colors=color,
        linewidths=1.2 if count <= 50 else 0.7,
        alpha=float(np.clip(100 / count, 0.02, 0.8)),
        # Thousands of vector lines make an SVG or PDF slow to open.
        rasterized=count > _MOST_LINES,
        label=label,
    )
    ax.add_collection(lines)
    # A single value is no line.
    lone = [] if count > _MOST_LINES else [curve for curve in curves if len(curve[0]) == 1]
    if lone:
        x, y = np.concatenate(lone, axis=1)
        ax.scatter(x, y, s=12, color=color, linewidths=0, alpha=0.8)


def _draw_ends(ax: Axes, curves: Sequence[_Curve], color: str, marker: str, size: float) -> None:
    """Mark where trials stopped early."""
    ends = [(steps[-1], values[-1]) for steps, values in curves]
    if ends:
        x, y = np.array(ends).T
        ax.scatter(x, y, s=size, marker=marker, color=color, linewidths=1.0, zorder=3)


def _medians(curves: Sequence[_Curve]) -> _Curve:
    """Return the median value at each step that at least half as many curves as any reach."""
    steps, values = np.concatenate([np.stack(curve) for curve in curves], axis=1)
    known = np.isfinite(values)
    order = np.argsort(steps[known], kind="stable")
    found, starts, counts = np.unique(steps[known][order], return_index=True, return_counts=True)
    groups = np.split(values[known][order], starts[1:])
    # Where few curves remain, the survivors' median would leap.
    is_full = counts >= counts.max() / 2
    medians = np.array([np.median(group) for group in groups])
    return found[is_full], medians[is_full]
