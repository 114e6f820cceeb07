"""What every runner is: it runs trials, up to some at once, and says how they ended."""

from __future__ import annotations

import queue
import re
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from typing import Any, Protocol

from frameworm.errors import TrialInterrupted
from frameworm.trial.claim import Claim
from frameworm.trial.outcome import Outcome
from frameworm.trial.spec import TrialSpec

__all__ = ["Done", "Inbox", "Run", "Runner", "TrialTimeoutError", "WorkerDiedError", "answer_of"]

Run = Callable[[TrialSpec], Outcome]
Done = tuple[TrialSpec, "Outcome | BaseException"]


class WorkerDiedError(Exception):
    """The process that ran a trial is gone."""


class TrialTimeoutError(Exception):
    """A trial ran longer than ``trial_timeout``."""


class Runner(Protocol):
    """Runs trials; up to ``size`` at once."""

    size: int
    is_here: bool
    """Whether trials run in this very process, which one of them may kill."""

    def submit(self, spec: TrialSpec) -> None:
        """Start a trial."""
        ...

    def ask_to_stop(self) -> None:
        """Ask running trials to save and stop; called in a signal's handler."""
        ...

    def ended(self) -> list[Done]:
        """Return the trials that have ended, without waiting and without starting one."""
        ...

    def drop(self, claim: Claim) -> bool:
        """End a trial that this driver holds no more.

        Returns:
            Whether it runs no more; if not, its answer comes later.
        """
        ...

    def wait(self, timeout: float) -> list[Done]:
        """Return the trials that ended, after waiting for at least one or the timeout."""
        ...

    def close(self, kill: bool) -> None:
        """Let the workers go; ``kill`` those still running."""
        ...


class Inbox:
    """Collects ended futures for ``wait``, from whatever threads they end in."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[tuple[TrialSpec, Future[Any]]] = queue.SimpleQueue()

    def watch(self, spec: TrialSpec, future: Future[Any]) -> None:
        """Collect a trial's future when it has ended."""
        future.add_done_callback(lambda ended: self._queue.put((spec, ended)))

    def wait(self, timeout: float) -> list[tuple[TrialSpec, Future[Any]]]:
        """Return what has ended, after waiting for at least one or the timeout."""
        try:
            found = [self._queue.get(timeout=max(0.0, timeout))]
        except queue.Empty:
            return []
        while not self._queue.empty():
            found.append(self._queue.get())
        return found


def answer_of(future: Future[Any]) -> Any:
    """Return a future's result or error; a dead worker's error says how it died."""
    if future.cancelled():
        # Not the trial's fault: its scheduler may have died.
        return TrialInterrupted("the executor cancelled it")
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker":
        codes = re.search(r"exit codes of the workers are \{(.*?)\}", str(error))
        died = f"exit code {codes[1]}" if codes else str(error).splitlines()[0]
        return WorkerDiedError(died)
    return error
