"""What a worker needs to run a trial."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["TrialSpec"]


@dataclass(frozen=True)
class TrialSpec:
    """One claimed trial: what a worker needs to run it.

    Attributes:
        trial_id: The storage's key of the trial.
        number: The trial's number in its study, from 0.
        params: Parameter values by dotted key.
        attempt: How often the trial was started before this time.
        study_name: The name of its study.
        search_seed: The seed of its search.
        is_restarted: Whether it was started before.
        checkpoint_dir: The folder for its checkpoints; ``None`` to keep none.
        judge: Stores a reported value and says whether the trial shall stop; ``None`` where
            reports travel with the outcome.
    """

    trial_id: int
    number: int
    params: Mapping[str, Any]
    attempt: int = 0
    study_name: str = ""
    search_seed: int = 0
    is_restarted: bool = False
    checkpoint_dir: str | None = None
    judge: Callable[[int, float], bool] | None = None
