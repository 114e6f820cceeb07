"""When each trial ran, and on which worker."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import PolyCollection

from frameworm.search.plots.axis import set_labels
from frameworm.search.plots.canvas import (
    GREEN,
    VERMILLION,
    message,
    shorten,
    title,
)
from frameworm.search.plots.course.clock import RunningClock, time_unit
from frameworm.search.plots.shades import Shades
from frameworm.trial.state import TrialState

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes

    from frameworm.search.plots.trials import PlotTrials

__all__ = ["draw_timeline"]

_MOST_WORKERS = 30
_NARROWEST = 1 / 1000
"""Shorter trials are drawn this share of the time wide, else they would not be seen."""
_MOST_OUTLINED = 100
_MOST_VECTORS = 1000
_MOST_PAUSES = 8


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
    workers, host = _without_host([trials.records[place].worker or "" for place in timed])
    rows, labels = _rows(workers, begins, ends)
    fullest = int(np.unique(rows, return_counts=True)[1].max())
    wide = np.maximum(ends - begins, span * min(_NARROWEST, 0.5 / fullest))
    few = timed.size <= _MOST_OUTLINED
    shades = Shades.of(ax)
    for state, word, color in (
        (TrialState.COMPLETE, "complete", shades.blue),
        (TrialState.PRUNED, "pruned", shades.pale),
        (TrialState.FAIL, "failed", VERMILLION),
    ):
        chosen = trials.in_state(state)[timed] & (timed != trials.best)
        label = f"{int(chosen.sum()):,} {word}"
        bars = begins[chosen] / unit, wide[chosen] / unit, rows[chosen]
        _bars(ax, *bars, color, label, few=few, hatched=state is TrialState.FAIL)
    is_best = timed == trials.best
    if trials.best is not None and is_best.any():
        label = f"best (trial {int(trials.numbers[trials.best])})"
        bars = begins[is_best] / unit, wide[is_best] / unit, rows[is_best]
        _bars(ax, *bars, GREEN, label, few=few)
    _label(ax, labels, host)
    _mark_pauses(ax, clock.marks, unit, span)
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
    *,
    few: bool,
    hatched: bool = False,
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
    bars = PolyCollection(
        list(corners),
        facecolors=color,
        edgecolors=Shades.of(ax).paper if few else "none",
        linewidths=0.5 if few else 0.0,
        # Told apart without colour too.
        hatch="////" if few and hatched else None,
        rasterized=begins.size > _MOST_VECTORS,
        label=label,
        zorder=2 if color == Shades.of(ax).blue else 3,
    )
    ax.add_collection(bars)


def _mark_pauses(ax: Axes, marks: Sequence[tuple[float, float]], unit: float, span: float) -> None:
    """Mark where pauses were cut out, and say how long each was where there is room."""
    if not marks:
        return
    bottom, top = ax.get_ylim()
    height = top - 0.09 * (bottom - top)
    ax.set_ylim(bottom, height)
    reached = -span
    for place, long in marks[:_MOST_PAUSES]:
        ax.axvline(place / unit, color=Shades.of(ax).muted, linewidth=1.0, linestyle=":", zorder=4)
        if place - reached < 0.2 * span:
            continue
        reached = place
        size, name = time_unit(long)
        ax.text(
            place / unit,
            (height + top) / 2,
            f" pause of {long / size:.3g} {name} ",
            ha="left" if place < 0.7 * span else "right",
            va="center",
            fontsize="x-small",
            color=Shades.of(ax).muted,
        )


def _without_host(workers: Sequence[str]) -> tuple[list[str], str]:
    """Return workers without the host if it is the same for all, and that host."""
    hosts = {worker.rpartition(":")[0] for worker in workers}
    if len(hosts) != 1 or not (host := hosts.pop()):
        return list(workers), ""
    return [f"process {worker.rpartition(':')[2]}" for worker in workers], host


def _label(ax: Axes, labels: Sequence[str], host: str) -> None:
    named = [(place, name) for place, name in enumerate(labels) if name]
    if named:
        set_labels(ax.yaxis, [shorten(name, 22) for _, name in named], [at for at, _ in named])
        ax.set_ylabel(f"worker on {shorten(host, 30)}" if host else "worker")
    else:
        set_labels(ax.yaxis, [str(lane + 1) for lane in range(len(labels))])
        ax.set_ylabel("trials at once")
    # One row over the whole height would look like a block.
    missing = max(0.0, 4 - len(labels))
    ax.set_ylim(len(labels) - 0.4 + missing / 2, -0.6 - missing / 2)


def _under(
    trials: PlotTrials,
    begins: npt.NDArray[np.float64],
    ends: npt.NDArray[np.float64],
    untimed: int,
) -> str:
    text = trials.count_text()
    busy = float(np.sum(ends - begins))
    if ends.max() > 0:
        text += f"; {busy / float(ends.max()):.2g} at once on average"
    return text + (f"; {untimed:,} without times" if untimed else "")
