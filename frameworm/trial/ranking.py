"""Which trials are the best: by one score, or by the front of several."""

from __future__ import annotations

import math
from collections.abc import Sequence

from frameworm.trial.goals import Goals, Mode
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState

__all__ = ["dominates", "nondominated", "rank"]


def rank(records: Sequence[TrialRecord], mode: Mode) -> list[TrialRecord]:
    """Return the complete trials, best first.

    Infinite scores come after all finite ones, equal scores in trial order; NaN is no score.

    Args:
        records: Trials in trial order.
        mode: ``"min"`` or ``"max"``.
    """
    sign = 1.0 if mode == "min" else -1.0
    scored = [
        (math.isinf(score), sign * score, record)
        for record in records
        if record.state is TrialState.COMPLETE
        and (score := record.score) is not None
        and not math.isnan(score)
    ]
    return [record for *_, record in sorted(scored, key=lambda entry: entry[:2])]


def nondominated(records: Sequence[TrialRecord], goals: Goals) -> list[TrialRecord]:
    """Return the complete trials that no other dominates; equal ones all stay.

    Sorting first means that a trial can only be dominated by one before it (Kung, Luccio and
    Preparata 1975), so each is compared with the front so far alone.

    Args:
        records: Trials.
        goals: The metrics searched for.

    Returns:
        The trials of the front in the order given.
    """
    points = {
        index: goals.losses(record.values)
        for index, record in enumerate(records)
        if record.state is TrialState.COMPLETE
        and record.values is not None
        and len(record.values) == len(goals)
        and not any(map(math.isnan, record.values))
    }
    front: list[int] = []
    for index in sorted(points, key=lambda index: points[index]):
        if not any(dominates(points[other], points[index]) for other in front):
            front.append(index)
    return [records[index] for index in sorted(front)]


def dominates(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether a point, every number to be made small, is nowhere worse and somewhere better."""
    return one != other and all(mine <= theirs for mine, theirs in zip(one, other, strict=True))
