"""A trial as the study remembers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from frameworm.trial.state import TrialState

__all__ = ["TrialRecord"]


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
        traceback: Where the train function of a failed trial raised; ``None`` if it did not.
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
    traceback: str | None = None

    @property
    def score(self) -> float | None:
        """The first objective value of a complete trial, else ``None``."""
        return self.value(0)

    def value(self, place: int) -> float | None:
        """Return one objective value of a complete trial, else ``None``.

        Args:
            place: Which of the objectives, from 0.
        """
        if self.state is not TrialState.COMPLETE or len(self.values or ()) <= place:
            return None
        return self.values[place] if self.values else None

    @property
    def duration(self) -> float | None:
        """Seconds from start to finish, or ``None``."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()
