"""Which parameters mattered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from frameworm.search.plots.canvas import BLUE, message, shorten, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from frameworm.search.plots.trials import PlotTrials

__all__ = ["draw_importance"]

_MOST = 20
_FEW_TRIALS = 30
_NAMES = {"ped-anova": "PED-ANOVA", "fanova": "fANOVA", "mdi": "mean decrease impurity"}


def draw_importance(
    ax: Axes,
    trials: PlotTrials,
    *,
    shares: Mapping[str, float],
    evaluator: str,
    problem: str | None = None,
) -> None:
    """Draw a bar for each parameter, the most important at the top.

    Args:
        ax: Where to draw.
        trials: The trials.
        shares: Importance by parameter.
        evaluator: What computed it.
        problem: Why it could not be computed, to be said instead.
    """
    count = int(trials.complete.sum())
    name = _NAMES.get(evaluator, evaluator)
    caution = "; too few to rely on" if count < _FEW_TRIALS else ""
    under = f"{name}, {count:,} complete trial{'' if count == 1 else 's'}{caution}"
    title(ax, f"What matters for {trials.metric}", under)
    if problem is not None or not shares:
        message(ax, problem or "The search has no parameters.")
        return
    ranked = sorted(shares.items(), key=lambda entry: -entry[1])
    shown = ranked[:_MOST]
    positions = range(len(shown))
    bars = ax.barh(positions, [share for _, share in shown], color=BLUE, height=0.7)
    ax.bar_label(bars, labels=[_share(share) for _, share in shown], padding=4, fontsize="small")
    ax.set_yticks(positions, [shorten(key, 32) for key, _ in shown])
    # One or two bars over the whole height would look like blocks.
    ax.set_ylim(max(len(shown), 4) - 0.5, -0.6)
    ax.set_xlim(0, max(1e-9, shown[0][1]) * 1.15)
    label = f"importance for {shorten(trials.metric, 40)}"
    if len(ranked) > _MOST:
        label += f" ({len(ranked) - _MOST} less important not shown)"
    ax.set_xlabel(label)


def _share(share: float) -> str:
    return "< 0.01" if 0 < share < 0.01 else f"{share:.2f}"
