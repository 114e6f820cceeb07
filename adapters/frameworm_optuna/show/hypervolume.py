"""The hypervolume that a growing set of points dominates, by Optuna's calculation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from optuna._hypervolume import compute_hypervolume

__all__ = ["hypervolumes"]

_MOST_COMPUTED = {2: 2000, 3: 300}
_MOST_COMPUTED_ABOVE = 60
"""From four objectives on the cost of one calculation grows steeply with the front."""


def hypervolumes(points: Sequence[Sequence[float]], reference: Sequence[float]) -> list[float]:
    """Return the hypervolume dominated by the first 1, 2, ... points.

    It is computed anew only where a point joins the front; where those are very many, at evenly
    spaced ones of them, and held in between.

    Args:
        points: Losses, less is better; points with NaN count for nothing.
        reference: The corner up to which volume counts, in losses.

    Returns:
        One volume a point, never falling.

    Example:
        >>> hypervolumes([[0.5, 0.5], [0.9, 0.9], [0.0, 0.8]], [1.0, 1.0])
        [0.25, 0.25, 0.35]
    """
    losses = np.asarray(points, dtype=np.float64).reshape(len(points), len(reference))
    corner = np.asarray(reference, dtype=np.float64)
    front = np.empty((0, corner.size))
    fronts: dict[int, np.ndarray] = {}
    for index, point in enumerate(losses):
        if not (point < corner).all() or (front <= point).all(axis=1).any():
            continue
        front = np.vstack([front[~(point <= front).all(axis=1)], point])
        fronts[index] = front
    changes = list(fronts)
    most = _MOST_COMPUTED.get(corner.size, _MOST_COMPUTED_ABOVE)
    if len(changes) > most:
        kept = np.linspace(0, len(changes) - 1, most).astype(int)
        changes = [changes[position] for position in kept]
    volumes = np.zeros(len(losses))
    for index in changes:
        volumes[index:] = compute_hypervolume(fronts[index], corner, assume_pareto=True)
    return [round(float(volume), 12) for volume in volumes]
