"""The trial that is running here: what a train function may ask about it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from frameworm.trial.reports import Reports
from frameworm.trial.spec import TrialSpec

__all__ = ["CurrentTrial", "current_trial", "running"]


@dataclass(frozen=True)
class CurrentTrial:
    """The trial a train function is running for.

    Attributes:
        spec: The claimed trial.
        repeat: Which of the repeats of the configuration this is, from 0.
        reports: What was reported so far.
    """

    spec: TrialSpec
    repeat: int = 0
    reports: Reports = field(default_factory=Reports, repr=False, compare=False)

    @property
    def number(self) -> int:
        """The trial's number in its study, from 0."""
        return self.spec.number

    @property
    def params(self) -> Mapping[str, Any]:
        """Parameter values by dotted key."""
        return self.spec.params

    @property
    def study_name(self) -> str:
        """The study's name."""
        return self.spec.study_name

    @property
    def attempt(self) -> int:
        """How many earlier runs of the trial died with their process."""
        return self.spec.attempt

    @cached_property
    def seed(self) -> int:
        """A seed of the trial's own, from the search's seed and the trial's number alone.

        Each repeat has its own.
        """
        import numpy as np

        # The third word keeps it apart from the seed the parameters were drawn with.
        words = [self.spec.search_seed, self.number, 1, *([self.repeat] if self.repeat else [])]
        return int(np.random.SeedSequence(words).generate_state(1)[0])

    @cached_property
    def checkpoint_dir(self) -> Path | None:
        """A folder for this trial's checkpoints; ``None`` where the search keeps none.

        It is made when first asked for. A trial that is started again, because its process died or
        the search was interrupted, finds in it what it had saved.
        """
        if self.spec.checkpoint_dir is None:
            return None
        path = Path(self.spec.checkpoint_dir)
        if self.repeat:
            path /= f"repeat-{self.repeat}"
        if not self.spec.claim.is_restarted and path.exists():
            # Left behind by another study of that name.
            shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True, exist_ok=True)
        return path


_current: ContextVar[CurrentTrial | None] = ContextVar("frameworm_trial", default=None)


def current_trial() -> CurrentTrial | None:
    """Return the trial that is running here, ``None`` outside a search."""
    return _current.get()


@contextlib.contextmanager
def running(trial: CurrentTrial) -> Iterator[None]:
    """Make a trial the current one for a while."""
    token = _current.set(trial)
    try:
        yield
    finally:
        _current.reset(token)
