"""The median score along a parameter, without the zigzags of noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["median_by_value", "running_median"]

_PLACES = 60
_SHARE = 0.8
_FEWEST = 10
_LEAST = 0.35
"""Of the range: the nearest trials of a crowd lie at one place, and there differ by noise alone."""


def median_by_value(
    x: npt.NDArray[np.float64], scores: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the different values in rising order, and the median score of each.

    Args:
        x: The parameter in each trial.
        scores: The scores.
    """
    order = np.argsort(x, kind="stable")
    values, starts = np.unique(x[order], return_index=True)
    medians = [np.median(group) for group in np.split(scores[order], starts[1:])]
    return values, np.array(medians)


def running_median(
    x: npt.NDArray[np.float64], scores: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return places along a parameter, and the median score around each.

    The trials nearest to a place count by the tricube of their distance, as in LOESS (Cleveland
    1979), so that a place between crowds still has a median; the share of trials that is near
    shrinks with their number as widths do in Scott's rule (1992).

    Args:
        x: The parameter in each trial, on the scale it is drawn on.
        scores: The scores.
    """
    places = np.linspace(x.min(), x.max(), _PLACES)
    shrunk = x.size**-0.2
    share, least = _SHARE * shrunk, _LEAST * shrunk * float(np.ptp(x))
    near = min(x.size, max(_FEWEST, round(share * x.size)))
    by_score = np.argsort(scores, kind="stable")
    x, scores = x[by_score], scores[by_score]
    medians = np.empty(_PLACES)
    for index, place in enumerate(places):
        distance = np.abs(x - place)
        reach = max(least, float(np.partition(distance, near - 1)[near - 1]) * 1.001)
        weights = np.clip(1 - (distance / reach) ** 3, 0, None) ** 3
        # Between the two scores where half of the weight is reached, so that no step is seen.
        reached = np.cumsum(weights) - weights / 2
        kept = weights > 0
        medians[index] = np.interp(weights.sum() / 2, reached[kept], scores[kept])
    return places, medians
