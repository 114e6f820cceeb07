"""When each trial ran, and on which worker."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import PolyCollection

from frameworm.search.backend import TrialState
from frameworm.search.plots.axis import set_labels
from frameworm.search.plots.canvas import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    VERMILLION,
    message,
    shorten,
    title,
)
from frameworm.search.plots.clock import RunningClock, time_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes

    from frameworm.search.plots.trials import PlotTrials

__all__ = ["draw_timeline"]

_MOST_WORKERS = 30
_NARROWEST = 1 / 1000
"""Shorter trials are drawn this share of the time wide, else they would not be seen."""
_MOST_OUTLINED = 300


def draw_timeline(ax: Axes, trials: PlotTrials) -> None:
    """Draw a bar for each trial from its start to its end, in a row for each worker.

    Pauses, when a search was stopped and resumed later, are cut out and marked. Where there are
    too many workers for a row each, trials that ran at once lie one above another.

    Args:
        ax: Where to draw.
        trials: The trials.
    """
    heading = "When trials ran"
    started = np.array([record.started_at for record in trials.records], dtype="datetime64[us]")
    finished = np.array([record.finished_at for record in trials.records], dtype="datetime64[us]")
    timed = np.flatnonzero(~np.isnat(started) & ~np.isnat(finished))
    if not timed.size:
        title(ax, heading)
        why = "No trial has finished yet." if not trials.records else "The trials have no times."
        message(ax, why)
        return
    clock = RunningClock.of(started[timed], finished[timed])
    begins, ends = clock.seconds(started[timed]), clock.seconds(finished[timed])
    span = float(ends.max()) or 1.0
    unit, unit_name = time_unit(span)
    workers = [trials.records[position].worker or "" for position in timed]
    rows, labels = _rows(workers, begins, ends)
    wide = np.maximum(ends - begins, span * _NARROWEST)
    for state, word, color in (
        (TrialState.COMPLETE, "complete", BLUE),
        (TrialState.PRUNED, "pruned", ORANGE),
        (TrialState.FAIL, "failed", VERMILLION),
    ):
        chosen = trials.in_state(state)[timed] & (timed != trials.best)
        label = f"{int(chosen.sum()):,} {word}"
        _bars(ax, begins[chosen] / unit, wide[chosen] / unit, rows[chosen], color, label, state)
    is_best = timed == trials.best
    if trials.best is not None and is_best.any():
        label = f"best (trial {int(trials.numbers[trials.best])})"
        _bars(ax, begins[is_best] / unit, wide[is_best] / unit, rows[is_best], GREEN, label)
    for place, long in clock.marks:
        _mark_pause(ax, place / unit, long)
    _label(ax, labels)
    ax.set_xlim(-0.01 * span / unit, 1.02 * span / unit)
    ax.set_xlabel(f"time since the first start ({unit_name})")
    title(ax, heading, _under(trials, begins, ends, len(trials.records) - timed.size))


def _rows(
    workers: Sequence[str], begins: npt.NDArray[np.float64], ends: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], list[str]]:
    """Return each trial's row and what the rows are called, without names if there is no room."""
    groups: dict[str, list[int]] = {}
    for index, worker in enumerate(workers):
        groups.setdefault(worker, []).append(index)
    if len(groups) > _MOST_WORKERS:
        groups = {"": list(range(len(workers)))}
    rows = np.zeros(len(workers))
    labels: list[str] = []
    for name, members in sorted(groups.items(), key=lambda group: min(begins[group[1]])):
        lanes = _lanes(begins[members], ends[members])
        rows[members] = len(labels) + lanes
        labels += [name] + [""] * int(lanes.max())
    return rows, labels


def _lanes(
    begins: npt.NDArray[np.float64], ends: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the lowest lane that is free when each trial begins."""
    lanes = np.zeros(begins.size)
    free: list[int] = []
    running: list[tuple[float, int]] = []
    count = 0
    for index in np.argsort(begins, kind="stable"):
        while running and running[0][0] <= begins[index]:
            heapq.heappush(free, heapq.heappop(running)[1])
        if not free:
            heapq.heappush(free, count)
            count += 1
        lane = heapq.heappop(free)
        lanes[index] = lane
        heapq.heappush(running, (float(ends[index]), lane))
    return lanes


def _bars(
    ax: Axes,
    begins: npt.NDArray[np.float64],
    wide: npt.NDArray[np.float64],
    rows: npt.NDArray[np.float64],
    color: str,
    label: str,
    state: TrialState | None = None,
) -> None:
    if not begins.size:
        return
    half = 0.36
    corners = np.stack(
        [
            np.column_stack([begins, rows - half]),
            np.column_stack([begins + wide, rows - half]),
            np.column_stack([begins + wide, rows + half]),
            np.column_stack([begins, rows + half]),
        ],
        axis=1,
    )
    few = begins.size <= _MOST_OUTLINED
    bars = PolyCollection(
        list(corners),
        facecolors=color,
        edgecolors="white" if few else "none",
        linewidths=0.5 if few else 0.0,
        # Told apart without colour too.
        hatch="////" if few and state is TrialState.FAIL else None,
        rasterized=not few,
        label=label,
        zorder=2 if state is TrialState.COMPLETE else 3,
    )
    ax.add_collection(bars)


def _mark_pause(ax: Axes, place: float, long: float) -> None:
    unit, name = time_unit(long)
    ax.axvline(place, color=GREY, linewidth=1.0, linestyle=":", zorder=4)
    ax.text(
        place,
        0.99,
        f" pause of {long / unit:.3g} {name}",
        transform=ax.get_xaxis_transform(),
        rotation=90,
        ha="right",
        va="top",
        fontsize="x-small",
        color=GREY,
        zorder=4,
    )


def _label(ax: Axes, labels: Sequence[str]) -> None:
    named = [(place, name) for place, name in enumerate(labels) if name]
    if named:
        set_labels(ax.yaxis, [shorten(name, 28) for _, name in named], [at for at, _ in named])
        ax.set_ylabel("worker")
    else:
        set_labels(ax.yaxis, [str(lane + 1) for lane in range(len(labels))])
        ax.set_ylabel("trials at once")
    # One row over the whole height would look like a block.
    missing = max(0.0, 4 - len(labels))
    ax.set_ylim(len(labels) - 0.4 + missing / 2, -0.6 - missing / 2)


def _under(
    trials: PlotTrials, begins: Iterable[float], ends: npt.NDArray[np.float64], untimed: int
) -> str:
    text = trials.count_text()
    busy = float(np.sum(ends - np.asarray(list(begins))))
    if ends.max() > 0:
        text += f"; {busy / float(ends.max()):.2g} at once on average"
    return text + (f"; {untimed:,} without times" if untimed else "")
