"""Where a trial stands."""

from __future__ import annotations

import enum

__all__ = ["TrialState"]


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
