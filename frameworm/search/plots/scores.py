"""The score's axis: logarithmic where that shows more, never spoilt by a few wild scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from frameworm.search.plots.axis import set_log
from frameworm.search.plots.canvas import GREEN, PURPLE, VERMILLION, dot_style
from frameworm.search.plots.shades import Shades
from frameworm.trial.goals import Mode
from frameworm.trial.state import TrialState

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes

    from frameworm.search.plots.trials import PlotTrials

__all__ = ["ScoreScale", "draw_best", "draw_dots", "draw_unscored"]

_LOG_RATIO = 8.0
"""Scores whose middle nine tenths differ by this factor are drawn on a logarithmic axis."""
_FAR = 10.0
"""A worse score this many interquartile ranges beyond the quartile would squash the rest."""


@dataclass(frozen=True)
class ScoreScale:
    """Which scores an axis shows, and how.

    Attributes:
        low: The smallest score shown in its place.
        high: The largest score shown in its place.
        log: Whether the axis is logarithmic.
    """

    low: float
    high: float
    log: bool

    @classmethod
    def of(cls, scores: npt.NDArray[np.float64], mode: Mode) -> ScoreScale | None:
        """Return the scale for scores, or ``None`` if none of them is finite.

        Infinite scores, and single ones so bad that the rest would be a line, are off the scale.
        """
        finite = scores[np.isfinite(scores)]
        if not finite.size:
            return None
        low, high = float(finite.min()), float(finite.max())
        # More of a score like accuracy is better: there a log axis would stretch the bad end.
        first, third = np.quantile(finite, [0.25, 0.75])
        # Scores that exist: an interpolated quantile is wild where one of few scores is.
        little = np.quantile(finite, 0.05, method="higher")
        much = np.quantile(finite, 0.95, method="lower")
        if mode == "min" and low > 0 and much / little >= _LOG_RATIO:
            return cls(low, high, log=True)
        reach = _FAR * (third - first)
        if reach > 0 and mode == "min":
            high = float(finite[finite <= third + reach].max())
        elif reach > 0:
            low = float(finite[finite >= first - reach].min())
        return cls(low, high, log=False)

    @property
    def limits(self) -> tuple[float, float]:
        """The ends of the axis: some room around the scores, more at the bottom for marks."""
        if self.log:
            span = np.log(self.high / self.low)
            return (
                float(self.low * np.exp(-0.10 * span)),
                float(self.high * np.exp(0.08 * span)),
            )
        span = self.high - self.low or abs(self.high) * 0.1 or 1.0
        return self.low - 0.10 * span, self.high + 0.08 * span

    def off(self, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Which scores are beyond the axis."""
        outside: npt.NDArray[np.bool_] = (scores < self.low) | (scores > self.high)
        return outside

    def apply(self, ax: Axes) -> None:
        """Set up the y axis."""
        if self.log:
            set_log(ax, "y", self.low, self.high)
        ax.set_ylim(*self.limits)


def draw_dots(
    ax: Axes,
    x: npt.NDArray[np.float64],
    scores: npt.NDArray[np.float64],
    scale: ScoreScale,
    label: str,
) -> None:
    """Draw a dot for each score, and a triangle at the edge for those off the scale."""
    shown = np.isfinite(scores) & ~scale.off(scores) & ~np.isnan(x)
    style = dot_style(int(shown.sum()))
    ax.scatter(x[shown], scores[shown], color=Shades.of(ax).blue, label=label, **style)
    is_off = scale.off(scores) & ~np.isnan(x)
    for is_side, height, marker in (
        (is_off & (scores > scale.high), 0.98, "^"),
        (is_off & (scores < scale.low), 0.075, "v"),
    ):
        if is_side.any():
            worst = scores[is_side][np.argmax(np.abs(scores[is_side]))]
            ax.scatter(
                x[is_side],
                np.full(int(is_side.sum()), height),
                transform=ax.get_xaxis_transform(),
                marker=marker,
                color=PURPLE,
                s=28 if is_side.sum() <= 50 else 9,
                alpha=0.9 if is_side.sum() <= 50 else 0.5,
                linewidths=0,
                rasterized=bool(is_side.sum() > 300),
                zorder=4,
                label=f"{int(is_side.sum()):,} off the scale (to {worst:.3g})",
            )


def draw_best(ax: Axes, x: float, score: float, number: int, y: float | None = None) -> None:
    """Mark the best trial with a star, at the height of its score or y; name it in the legend."""
    ax.scatter(
        [x],
        [score if y is None else y],
        marker="*",
        s=190,
        color=GREEN,
        edgecolors=Shades.of(ax).paper,
        linewidths=0.9,
        zorder=5,
        label=f"best: {score:.5g} (trial {number})",
    )


def draw_unscored(ax: Axes, x: npt.NDArray[np.float64], trials: PlotTrials) -> None:
    """Mark failed and pruned trials at the bottom, where they rank with nothing."""
    for state, word, marker, color, height in (
        (TrialState.FAIL, "failed", "x", VERMILLION, 0.018),
        (TrialState.PRUNED, "pruned", "|", Shades.of(ax).dim, 0.045),
    ):
        chosen = trials.in_state(state) & ~np.isnan(x)
        count = int(chosen.sum())
        if not count:
            continue
        ax.scatter(
            x[chosen],
            np.full(count, height),
            transform=ax.get_xaxis_transform(),
            marker=marker,
            color=color,
            s=22 if count <= 300 else 10,
            linewidths=1.0 if count <= 300 else 0.5,
            alpha=1.0 if count <= 300 else 0.5,
            rasterized=count > 300,
            label=f"{count:,} {word}",
        )
