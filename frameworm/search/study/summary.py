"""What a storage says of a study at a glance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from frameworm.trial.goals import Goals
from frameworm.trial.state import TrialState

__all__ = ["StudySummary"]


@dataclass(frozen=True)
class StudySummary:
    """A study as a list of studies shows it.

    Attributes:
        name: Its name.
        strategy: How its points are chosen; empty for a study that Frameworm did not make.
        goals: The metrics searched for.
        total: How many trials it shall have in all.
        counts: How many of its trials are in each state.
        best: The best score among its complete trials; ``None`` without one, and with several
            objectives.
        started_at: When its first trial started, local time without a zone; ``None`` before.
        finished_at: When its last trial ended so far; ``None`` before.
    """

    name: str
    strategy: str
    goals: Goals
    total: int
    counts: Mapping[TrialState, int]
    best: float | None
    started_at: datetime | None
    finished_at: datetime | None
