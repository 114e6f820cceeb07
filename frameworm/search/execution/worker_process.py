"""What happens in another process: keep a search's objective, and run its trials."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from frameworm.errors import PicklingError
from frameworm.trial.outcome import Outcome
from frameworm.trial.spec import TrialSpec

__all__ = ["Missing", "become_worker", "pickled", "prepare_worker", "run_here"]

_kept: dict[str, Callable[[TrialSpec], Outcome]] = {}


@dataclass(frozen=True)
class Missing:
    """The answer of a process that does not have the objective yet."""


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


def become_worker(driver: int) -> None:
    """Make a new process one of Frameworm's own workers.

    Args:
        driver: The process id of its driver, which may have died while this process started.
    """
    # Ctrl-C reaches the whole process group; what becomes of workers the driver decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_driver, args=(driver,), daemon=True).start()


def _end_with_driver(driver: int) -> None:
    """End this process once its driver is gone: its trial is somebody else's then."""
    while os.getppid() == driver:
        time.sleep(0.5)
    os._exit(1)
