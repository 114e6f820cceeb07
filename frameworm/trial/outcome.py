"""What became of one run of a trial."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from frameworm.trial.state import TrialState

__all__ = ["Outcome", "outcome_of"]


@dataclass(frozen=True)
class Outcome:
    """What became of one run of a trial.

    Attributes:
        state: ``COMPLETE``, ``FAIL`` or ``PRUNED``.
        values: The objective values, one for each metric searched for; empty unless complete.
        metrics: Every metric the train function returned.
        error: Why the trial failed, in one line; ``None`` when it did not.
        traceback: The failed train function's traceback, if it raised.
        duration: Seconds the train function ran.
        worker: Host and process id of the process that ran it.
        intermediate: Reported values of the metric by step.
        attributes: What else the train function returned, as JSON holds it: texts, lists.
    """

    state: TrialState
    values: Sequence[float] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    error: str | None = None
    traceback: str | None = None
    duration: float = 0.0
    worker: str | None = None
    intermediate: Mapping[int, float] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)


def outcome_of(values: Sequence[float], metrics: Mapping[str, float]) -> Outcome:
    """Return the outcome of a run that returned its metrics.

    Args:
        values: Those searched for; one that is not finite makes the trial a failed one.
        metrics: All metrics.
    """
    for value in values:
        if not math.isfinite(value):
            reason = "nan" if math.isnan(value) else "inf"
            return Outcome(TrialState.FAIL, metrics=metrics, error=reason)
    return Outcome(TrialState.COMPLETE, values, metrics)
