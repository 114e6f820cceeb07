"""Parallel coordinates: a line for each trial through all its parameters to its score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator

from frameworm.errors import SearchArgumentError
from frameworm.search.plots.axis import (
    INACTIVE,
    Categories,
    label_of,
    number_positions,
    round_log_numbers,
)
from frameworm.search.plots.canvas import (
    GREEN,
    ORANGE,
    VERMILLION,
    message,
    shorten,
    title,
)
from frameworm.search.plots.scores import ScoreScale
from frameworm.search.plots.shades import Shades
from frameworm.search.plots.span import Span
from frameworm.search.space.dimensions import Categorical, Integer
from frameworm.trial.state import TrialState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes

    from frameworm.search.plots.trials import PlotTrials

__all__ = ["draw_parallel"]

_MOST_AXES = 9
_MOST_LINES = 500
_MOST_CATEGORIES = 9
_TENTH_FROM = 40
_JITTER = 0.012
_INACTIVE_AT = -0.14
"""Below the axis of a parameter is the place of trials in which it is inactive."""


@dataclass(frozen=True)
class _Upright:
    """One upright axis: where each trial crosses it, from 0 to 1, and what heights mean."""

    heights: npt.NDArray[np.float64]
    ticks: list[tuple[float, str]]


def draw_parallel(
    ax: Axes,
    trials: PlotTrials,
    *,
    names: Sequence[str] | None = None,
    ranked: Sequence[str] = (),
) -> None:
    """Draw a line for each trial over an upright axis for each parameter, the score at the right.

    The better a score, the higher it is, in both modes. Trials in which a parameter is inactive
    pass below its axis. Of many trials the best tenth is drawn,
    and of the rest an even sample.

    Args:
        ax: Where to draw.
        trials: The trials.
        names: The parameters to show, in this order; by default the first nine.
        ranked: The parameters from the most to the least important; those of unknown importance
            follow in the order of the space.

    Raises:
        SearchArgumentError: If there is no such parameter, or none is named.
    """
    if names is not None and (isinstance(names, str) or not names):
        raise SearchArgumentError(
            f"names is a list of one or more parameters, got {names!r}; leave it out for all."
        )
    known = list(dict.fromkeys([*ranked, *trials.space, *_names(trials)]))
    chosen = known[:_MOST_AXES] if names is None else list(names)
    values = {name: trials.param(name) for name in chosen}
    heading = f"Parameters and {trials.metric}, best at the top"
    scale = ScoreScale.of(trials.scores, trials.mode)
    if scale is None or trials.best is None:
        title(ax, heading)
        message(ax, trials.no_score_text())
        return
    # A label may reach halfway to the axis before it.
    room = max(7, 60 // (len(chosen) + 1))
    uprights = [_parameter(trials, name, values[name], room) for name in chosen]
    uprights.append(_score(trials, scale))
    heights = np.column_stack([upright.heights for upright in uprights])
    is_inactive = [bool(np.isnan(upright.heights).any()) for upright in uprights[:-1]]
    heights[:, :-1] = np.where(np.isnan(heights[:, :-1]), _INACTIVE_AT, heights[:, :-1])
    under = trials.count_text()
    if len(known) > len(chosen):
        under += f"; {len(chosen)} of {len(known)} parameters"
        under += ", the most important first" if ranked and names is None else ""
    under += _draw_lines(ax, trials, heights)
    for place, upright in enumerate(uprights):
        ticks = list(upright.ticks)
        if place < len(chosen) and is_inactive[place]:
            ticks.append((_INACTIVE_AT, INACTIVE))
        _draw_upright(ax, place, ticks)
    ax.set_xlim(-0.35, len(uprights) - 0.5)
    ax.set_ylim(_INACTIVE_AT - 0.06 if any(is_inactive) else -0.06, 1.06)
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    ax.tick_params(axis="x", length=0)
    _name(ax, [*chosen, trials.metric])
    title(ax, heading, under)


def _names(trials: PlotTrials) -> Iterator[str]:
    return (key for record in trials.records for key in record.params)


def _parameter(trials: PlotTrials, name: str, values: Sequence[object], room: int) -> _Upright:
    dimension = trials.dimension(name)
    if isinstance(dimension, Categorical):
        categories = Categories.of(values, dimension)
        most = max(1, len(categories.labels) - 1)
        step = -(-len(categories.labels) // _MOST_CATEGORIES)
        ticks = [
            (place / most, shorten(label.replace(r"\$", "$"), room))
            for place, label in list(enumerate(categories.labels))[::step]
        ]
        if most == 1 and len(ticks) == 1:
            return _Upright(categories.positions + 0.5, [(0.5, ticks[0][1])])
        return _Upright(categories.positions / most, ticks)
    numbers = number_positions(values)
    span = Span.of(numbers, dimension)
    return _number_axis(numbers, span, whole=isinstance(dimension, Integer))


def _score(trials: PlotTrials, scale: ScoreScale) -> _Upright:
    scores = np.clip(trials.scores, scale.low, scale.high)
    upright = _number_axis(scores, Span(scale.low, scale.high, scale.log))
    if trials.mode == "max":
        return upright
    return _Upright(1 - upright.heights, [(1 - height, text) for height, text in upright.ticks])


def _number_axis(numbers: npt.NDArray[np.float64], span: Span, *, whole: bool = False) -> _Upright:
    low, high = span.low, span.high
    if low == high:
        return _Upright(span.unit(numbers), [(0.5, label_of(low))])
    marks = _round_log_marks(low, high) if span.log else _round_marks(low, high, whole)
    return _Upright(span.unit(numbers), [(float(span.unit(mark)), f"{mark:.3g}") for mark in marks])


def _round_marks(low: float, high: float, whole: bool) -> npt.NDArray[np.float64]:
    """Return the ends of a range and round numbers between them."""
    inner = np.asarray(MaxNLocator(4, integer=whole).tick_values(low, high))
    margin = 0.2 * (high / 2 - low / 2)
    clear = inner[(inner > low + margin) & (inner < high - margin)]
    return np.concatenate([[low], clear, [high]])


def _round_log_marks(low: float, high: float) -> npt.NDArray[np.float64]:
    """Return the ends of a range and round numbers between them."""
    inner = round_log_numbers(low, high)
    heights = np.log(inner / low) / np.log(high / low)
    return np.concatenate([[low], inner[(heights > 0.08) & (heights < 0.92)], [high]])


def _draw_lines(ax: Axes, trials: PlotTrials, heights: npt.NDArray[np.float64]) -> str:
    """Draw the lines, the best last; return what to say about those left out."""
    order = np.argsort(-heights[:, -1], kind="stable")  # NaN last
    scored = int(trials.complete.sum())
    share, word = (10, "tenth") if scored >= _TENTH_FROM else (4, "quarter")
    good = order[: max(1, -(-scored // share))][:100]
    is_good = np.zeros(len(heights), dtype=bool)
    is_good[good] = True
    rest = np.flatnonzero(~is_good)
    room = _MOST_LINES - good.size
    note = ""
    if rest.size > room:
        rest = rest[np.linspace(0, rest.size - 1, room).astype(int)]
        note = f"; {good.size} best and {room} others drawn"
    # Lines through one choice would lie on each other.
    shift = np.random.default_rng(0).uniform(-_JITTER, _JITTER, heights.shape)
    shift[:, -1] = 0
    shift *= np.where(np.array([len(np.unique(column)) for column in heights.T]) < 12, 2, 1)
    placed = heights + (shift if len(heights) > 20 else 0)
    few = rest.size <= 60
    shades = Shades.of(ax)
    groups = [
        (trials.in_state(TrialState.FAIL), VERMILLION, "failed", ":", 0.5),
        (trials.in_state(TrialState.PRUNED), shades.dim, "pruned", "--", 0.5),
        (trials.complete, shades.blue, "complete", "-", 0.6 if few else 0.22),
    ]
    for member, color, name, style, alpha in groups:
        found = rest[member[rest]]
        if found.size:
            width = 1.0 if few else 0.7
            _lines(ax, placed[found], color, name, linestyle=style, alpha=alpha, linewidth=width)
    best = int(order[0])
    others = good[good != best]
    if others.size:
        name = f"best {word}" if good.size < 100 or scored <= 1000 else "100 best"
        crowded = others.size > 20
        alpha, width = (0.45, 0.9) if crowded else (0.9, 1.3)
        _lines(ax, placed[others], ORANGE, name, zorder=3, alpha=alpha, linewidth=width)
    label = f"best: {trials.scores[best]:.5g} (trial {int(trials.numbers[best])})"
    _lines(ax, placed[best : best + 1], GREEN, label, linewidth=2.6, zorder=4)
    return note


def _lines(
    ax: Axes, heights: npt.NDArray[np.float64], color: str, label: str, **style: Any
) -> None:
    places = np.arange(heights.shape[1])
    lines = [np.column_stack([places, line])[~np.isnan(line)] for line in heights]
    ax.add_collection(LineCollection(lines, colors=color, label=label, **style))


def _draw_upright(ax: Axes, place: int, ticks: Sequence[tuple[float, str]]) -> None:
    shades = Shades.of(ax)
    ax.plot([place, place], [0, 1], color=shades.dim, linewidth=1.0, zorder=5)
    for height, text in ticks:
        ax.text(
            place - 0.03,
            height,
            text,
            ha="right",
            va="center",
            fontsize="x-small",
            zorder=6,
            # Read over the lines behind it.
            bbox={"facecolor": shades.paper, "edgecolor": "none", "alpha": 0.75, "pad": 0.6},
        )


def _name(ax: Axes, names: Sequence[str]) -> None:
    room = 84 // len(names)
    short = [shorten(name, 30) for name in names]
    ax.set_xticks(range(len(names)), short)
    if max(map(len, short)) > room:
        ax.tick_params(axis="x", rotation=20)
        for text in ax.get_xticklabels():
            text.set(ha="right", rotation_mode="anchor", fontsize="small")
