"""What a search needs from an engine: a study that is planned, claimed from and finished into.

Only frozen dataclasses and this protocol cross the border between Frameworm and an adapter.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

__all__ = ["Outcome", "TrialRecord", "TrialSpec", "TrialState"]


class TrialState(str, enum.Enum):
    """Where a trial stands; the names are Optuna's."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    COMPLETE = "COMPLETE"
    FAIL = "FAIL"
    PRUNED = "PRUNED"

    @property
    def is_finished(self) -> bool:
        """Whether the trial will not change any more."""
        return self in (TrialState.COMPLETE, TrialState.FAIL, TrialState.PRUNED)


@dataclass(frozen=True)
class TrialSpec:
    """One claimed trial: what a worker needs to run it.

    Attributes:
        trial_id: The storage's key of the trial.
        number: The trial's number in its study, from 0.
        params: Parameter values by dotted key.
        attempt: How often the trial was started before this time.
    """

    trial_id: int
    number: int
    params: Mapping[str, Any]
    attempt: int = 0


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
    """

    state: TrialState
    values: Sequence[float] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    error: str | None = None
    traceback: str | None = None
    duration: float = 0.0
    worker: str | None = None


@dataclass(frozen=True)
class TrialRecord:
    """One trial as the study remembers it.

    Attributes:
        number: The trial's number in its study, from 0.
        state: Where the trial stands.
        params: Parameter values by dotted key, in the space's own types.
        values: The objective values; ``None`` without any.
        metrics: Every metric the train function returned.
        error: Why the trial failed; ``None`` when it did not.
        started_at: Local time without a zone; ``None`` while waiting.
        finished_at: Local time without a zone; ``None`` until finished.
        intermediate: Reported values of the metric by step.
        attempts: How often the trial was started again after its process died.
        worker: Host and process id of the process that ran it.
    """

    number: int
    state: TrialState
    params: Mapping[str, Any]
    values: tuple[float, ...] | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    error: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    intermediate: Mapping[int, float] = field(default_factory=dict)
    attempts: int = 0
    worker: str | None = None

    @property
    def score(self) -> float | None:
        """The first objective value of a complete trial, else ``None``."""
        if self.state is not TrialState.COMPLETE or not self.values:
            return None
        return self.values[0]

    @property
    def duration(self) -> float | None:
        """Seconds from start to finish, or ``None``."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()
