"""What a worker needs to run a trial."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from frameworm.trial.claim import Claim

__all__ = ["TrialSpec"]


@dataclass(frozen=True)
class TrialSpec:
    """One claimed trial, with all that running it takes.

    Attributes:
        claim: The driver's hold on this run of the trial.
        params: Parameter values by dotted key.
        study_name: The name of its study.
        search_seed: The seed of its search.
        checkpoint_dir: The folder for its checkpoints, or its URL; ``None`` to keep none.
        owns_folder: Whether nothing but this trial can have left anything in that folder. Then it
            is taken up even by a trial that was not started before: some executors run a trial
            again by themselves.
        judge: Stores a reported value and says whether the trial shall stop; ``None`` where
            reports travel with the outcome.
    """

    claim: Claim
    params: Mapping[str, Any]
    study_name: str = ""
    search_seed: int = 0
    checkpoint_dir: str | None = field(default=None, repr=False)  # a URL may hold a password
    owns_folder: bool = False
    judge: Callable[[int, float], bool] | None = None

    @property
    def number(self) -> int:
        """The trial's number in its study, from 0."""
        return self.claim.number

    @property
    def takes_up(self) -> bool:
        """Whether what is in its folder is its own, to go on from."""
        return self.owns_folder or self.claim.is_restarted

    @property
    def attempt(self) -> int:
        """How many earlier runs the trial has been charged with."""
        return self.claim.attempt
