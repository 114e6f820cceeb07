"""Run trials in this process, one at a time."""

from __future__ import annotations

from frameworm.errors import TrialInterrupted
from frameworm.search.execution.runner import Done, Run
from frameworm.search.execution.workers.unharmed import unharmed
from frameworm.trial.claim import Claim
from frameworm.trial.current import ask_to_stop
from frameworm.trial.spec import TrialSpec

__all__ = ["InProcess"]


class InProcess:
    """Runs each trial in this process, when it is waited for."""

    size = 1
    is_here = True

    def __init__(self, run: Run) -> None:
        self._run = run
        self._next: TrialSpec | None = None

    def submit(self, spec: TrialSpec) -> None:
        """Take the trial that the next ``wait`` runs."""
        self._next = spec

    def wait(self, timeout: float) -> list[Done]:
        """Run the trial taken; ``timeout`` cannot interrupt it."""
        del timeout
        spec, self._next = self._next, None
        if spec is None:
            return []
        try:
            with unharmed():
                return [(spec, self._run(spec))]
        except (Exception, TrialInterrupted) as error:
            return [(spec, error)]

    def ask_to_stop(self) -> None:
        """Ask the running trial, or interrupt it if it would not listen."""
        ask_to_stop()

    def ended(self) -> list[Done]:
        """Return nothing: a trial that was not waited for has not run."""
        return []

    def drop(self, claim: Claim) -> bool:
        """Forget a trial that has not begun."""
        del claim
        self._next = None
        return True

    def close(self, kill: bool) -> None:
        """Nothing to let go."""
        del kill
