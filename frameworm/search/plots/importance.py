"""Which parameters mattered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from frameworm.search.plots.canvas import (
    GREEN,
    ORANGE,
    PURPLE,
    message,
    shorten,
    title,
)
from frameworm.search.plots.shades import Shades
from frameworm.trial.state import TrialState

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from frameworm.search.plots.trials import PlotTrials

__all__ = ["draw_importance"]

_MOST = 20
_FEWEST = 6
_HEIGHT = 0.75
_COLORS = (ORANGE, GREEN, PURPLE)
_FEW_TRIALS = 30
_NAMES = {"ped-anova": "PED-ANOVA", "fanova": "fANOVA", "mdi": "mean decrease impurity"}


def draw_importance(
    ax: Axes,
    trials: PlotTrials,
    *,
    shares: Mapping[str, Mapping[str, float]],
    evaluator: str,
    problems: Mapping[str, str],
) -> None:
    """Draw a bar for each parameter and metric, the most important parameter at the top.

    Args:
        ax: Where to draw.
        trials: The trials.
        shares: Importance by metric and parameter.
        evaluator: What computed it.
        problems: Why it could not be computed for a metric, to be said instead.
    """
    count = int(trials.complete.sum())
    name = _NAMES.get(evaluator, evaluator)
    caution = "; too few to rely on" if count < _FEW_TRIALS else ""
    under = f"{name}, {count:,} complete trial{'' if count == 1 else 's'}{caution}"
    metrics = [metric for metric, found in shares.items() if found]
    heading = f"What matters for {' and '.join([*shares, *problems])}"
    if not metrics:
        title(ax, heading, under)
        message(ax, " ".join(problems.values()) or "The search has no parameters.")
        return
    means: dict[str, float] = {}
    for metric in metrics:
        for key, share in shares[metric].items():
            means[key] = means.get(key, 0.0) + share / len(metrics)
    ranked = sorted(means, key=lambda key: -means[key])
    shown = ranked[: max(_FEWEST, _MOST // len(metrics))]
    height = _HEIGHT / len(metrics)
    colors = (Shades.of(ax).blue, *_COLORS)
    for place, metric in enumerate(metrics):
        wide = [shares[metric].get(key, 0.0) for key in shown]
        at = [row + height * (place - (len(metrics) - 1) / 2) for row in range(len(shown))]
        # One metric is named in the title.
        label = shorten(metric, 40) if len(shares) + len(problems) > 1 else None
        color = colors[place % len(colors)]
        bars = ax.barh(at, wide, color=color, height=height * 0.95, label=label)
        size = "small" if len(metrics) == 1 else "x-small"
        ax.bar_label(bars, labels=[_share(share) for share in wide], padding=4, fontsize=size)
    ax.set_yticks(range(len(shown)), [shorten(key, 32) for key in shown])
    # One or two bars over the whole height would look like blocks.
    ax.set_ylim(max(len(shown), 4) - 0.5, -0.6)
    largest = max(max(shares[metric].get(key, 0.0) for key in shown) for metric in metrics)
    ax.set_xlim(0, max(1e-9, largest) * 1.15)
    label = f"importance for {shorten(' and '.join(metrics), 40)}"
    if len(ranked) > len(shown):
        label += f" ({len(ranked) - len(shown)} less important not shown)"
    ax.set_xlabel(label)
    under += _left_out(trials, ranked)
    if problems:
        under += f"; cannot be told for {', '.join(problems)}"
    title(ax, heading, under)


def _left_out(trials: PlotTrials, ranked: Sequence[str]) -> str:
    """Say which parameters have no bar, because some trials have no value of theirs."""
    complete = [record for record in trials.records if record.state is TrialState.COMPLETE]
    known = dict.fromkeys(key for record in complete for key in record.params)
    missing = [
        key
        for key in known
        if key not in ranked and any(key not in record.params for record in complete)
    ]
    if not missing:
        return ""
    listed = ", ".join(shorten(key, 24) for key in missing[:3])
    more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
    return f"; not in every trial: {listed}{more}"


def _share(share: float) -> str:
    return "< 0.01" if 0 < share < 0.01 else f"{share:.2f}"
