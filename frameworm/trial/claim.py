"""A trial that a driver holds: what every write to a running trial is conditional on."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Claim"]


@dataclass(frozen=True)
class Claim:
    """One driver's hold on one run of a trial; no two runs of a study have equal ones.

    Attributes:
        trial_id: The storage's key of the trial.
        number: The trial's number in its study, from 0.
        driver: The id of the driver; ``None`` where plain Optuna runs the trial.
        attempt: How many earlier runs the trial has been charged with.
        starts: How often the trial was started before, charged or not.
    """

    trial_id: int
    number: int
    driver: str | None
    attempt: int = 0
    starts: int = 0

    @property
    def is_restarted(self) -> bool:
        """Whether the trial was started before."""
        return self.starts > 0
