"""The axes of the parallel coordinates that the page draws, to be brushed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from frameworm.core.tree import MISSING
from frameworm.search.analysis.html_report.axes import axis_places
from frameworm.search.plots.axis import label_of
from frameworm.search.plots.scores import ScoreScale
from frameworm.search.plots.trials import PlotTrials
from frameworm.search.space.dimensions import Categorical, Integer

__all__ = ["parallel_axes"]

_MOST_AXES = 9


def parallel_axes(
    trials: PlotTrials, names: Sequence[str], columns: Mapping[str, str], frame: Any
) -> list[dict[str, Any]] | None:
    """Return an axis a parameter and one for the score, the better the higher.

    Args:
        trials: The trials.
        names: The parameters, the most important first; at most nine are taken.
        columns: Their columns.
        frame: The trials as the table shows them.

    Returns:
        The axes; ``None`` where there is no score to draw.
    """
    scale = ScoreScale.of(trials.scores, trials.mode)
    if scale is None or len(names) < 2:
        return None
    axes = [_axis(trials, name, columns[name], frame) for name in names[:_MOST_AXES]]
    score = {
        "column": "score",
        "name": trials.metric,
        "low": scale.low,
        "high": scale.high,
        "log": scale.log,
        "reversed": trials.mode == "min",
    }
    return [*axes, {**score, "ticks": _ticks(scale.low, scale.high, scale.log)}]


def _axis(trials: PlotTrials, name: str, column: str, frame: Any) -> dict[str, Any]:
    values = trials.param(name)
    dimension = trials.dimension(name)
    places = axis_places(values, dimension, frame[column])
    if isinstance(dimension, Categorical) and places is not None:
        ticks = {place: label_of(shown).replace(r"\$", "$") for shown, place in places}
        most = max(1.0, *ticks)
        step = -(-len(ticks) // 12)
        return {
            "column": column,
            "name": name,
            "places": places,
            "low": 0,
            "high": most,
            "log": False,
            "ticks": [[place, ticks[place]] for place in sorted(ticks)[::step]],
        }
    present = [float(value) for value in values if value is not MISSING and math.isfinite(value)]
    low, high = min(present, default=0.0), max(present, default=1.0)
    if dimension is not None and not isinstance(dimension, Categorical):
        low, high = min(low, dimension.low), max(high, dimension.high)
    log = bool(getattr(dimension, "log", False)) and low > 0
    axis = {"column": column, "name": name, "low": low, "high": high, "log": log}
    return {**axis, "ticks": _ticks(low, high, log, whole=isinstance(dimension, Integer))}


def _ticks(low: float, high: float, log: bool, *, whole: bool = False) -> list[list[Any]]:
    if low == high:
        return [[low, f"{low:.3g}"]]
    if log:
        between = [low * (high / low) ** (part / 4) for part in (1, 2, 3)]
    else:
        between = [low + (high - low) * part / 4 for part in (1, 2, 3)]
    if whole:
        between = [value for value in sorted({*map(round, between)}) if low < value < high]
    return [[value, f"{value:.3g}"] for value in (low, *between, high)]
