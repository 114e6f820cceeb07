"""What happens in another process: keep a search's objective, and run its trials."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

from frameworm.errors import PicklingError
from frameworm.search.execution.workers.children import allow_children, end_all, ending_children
from frameworm.search.execution.workers.unharmed import unharmed
from frameworm.search.execution.workers.worker_output import send_output
from frameworm.trial.current import ask_to_stop
from frameworm.trial.outcome import Outcome
from frameworm.trial.spec import TrialSpec

__all__ = [
    "Missing",
    "Spent",
    "WorkerStart",
    "become_worker",
    "pickled",
    "prepare_worker",
    "run_here",
    "work",
]

_kept: dict[str, Callable[[TrialSpec], Outcome]] = {}


@dataclass(frozen=True)
class Missing:
    """The answer of a process that does not have the objective yet."""


@dataclass(frozen=True)
class Spent:
    """The answer of a worker that a trial has harmed for good; it should run no other.

    Attributes:
        outcome: The trial's outcome, or what it ended with instead.
    """

    outcome: Any


@dataclass(frozen=True)
class WorkerStart:
    """What a new worker is told.

    Attributes:
        driver: The process id of its driver, which may have died while the worker started.
        start_method: The user's choice of multiprocessing's start method; ``None`` without one.
        output: What its output goes to, by stream.
    """

    driver: int
    start_method: str | None
    output: dict[str, Any]


def pickled(value: Any) -> bytes:
    """Return a value's pickle, functions of ``__main__``, closures and lambdas included.

    Raises:
        PicklingError: If it has none.
    """
    import cloudpickle

    try:
        return bytes(cloudpickle.dumps(value))
    except Exception as error:
        raise PicklingError(
            "The train function or the base config cannot be pickled, which running it in another "
            f"process needs: {error}. Make files, locks and connections inside the train function, "
            "or use n_jobs=1."
        ) from error


def run_here(key: str, payload: bytes | None, spec: TrialSpec) -> Outcome | Missing:
    """Run a trial in the process this is called in.

    Args:
        key: Names the objective.
        payload: The pickled objective; may be left out once the process has it.
        spec: The trial.

    Returns:
        The trial's outcome, or ``Missing`` if the objective must be sent along.
    """
    if key not in _kept:
        if payload is None:
            return Missing()
        prepare_worker(key, payload)
    return _kept[key](spec)


def prepare_worker(key: str, payload: bytes) -> None:
    """Send a process the objective, once for all its trials.

    Args:
        key: Names the objective.
        payload: The pickled objective.
    """
    import cloudpickle

    # A worker serves one search at a time: the objective of the last one may go.
    _kept.clear()
    _kept[key] = cloudpickle.loads(payload)


def work(key: str, spec: TrialSpec) -> Outcome | Missing | Spent:
    """Run a trial in a worker that runs others after it, and leave the worker as it was.

    Args:
        key: Names the objective.
        spec: The trial.

    Returns:
        As ``run_here``; ``Spent`` where the worker could not be left as it was.
    """
    with ending_children(), unharmed() as harm:
        try:
            answer = run_here(key, None, spec)
        finally:
            for stream in (sys.stdout, sys.stderr):
                # The train function may have closed it.
                with contextlib.suppress(OSError, ValueError, AttributeError):
                    stream.flush()
    return Spent(answer) if harm.lasts and isinstance(answer, Outcome) else answer


def become_worker(start: WorkerStart) -> None:
    """Make a new process one of Frameworm's own workers.

    Args:
        start: What the driver has to say.
    """
    # Ctrl-C reaches the whole process group; what becomes of workers the driver decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _Stop(os.getpid()))
    if hasattr(os, "setpgid"):
        # A group of its own, so that its trial's children can be found when it has died.
        os.setpgid(0, 0)
    send_output(start.output)
    allow_children(start.start_method)
    threading.Thread(target=_end_with_driver, args=(start.driver,), daemon=True).start()


class _Stop:
    """What a worker does at SIGTERM, which its driver or a cluster sends: ask its trial to stop.

    Args:
        worker: The worker's process id; forked children of trials have the handler, too.
    """

    def __init__(self, worker: int) -> None:
        self._worker = worker

    def __call__(self, number: int, frame: FrameType | None) -> None:
        del frame
        if os.getpid() == self._worker:
            ask_to_stop()
        else:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)


def _end_with_driver(driver: int) -> None:
    """End this process once its driver is gone: its trial is somebody else's then."""
    while os.getppid() == driver:
        time.sleep(0.5)
    end_all()
    os._exit(1)
