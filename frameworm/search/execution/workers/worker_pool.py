"""Worker processes on this machine, kept warm from one search to the next."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any, Protocol

from frameworm.search.execution.workers.worker_output import WorkerOutput
from frameworm.search.execution.workers.worker_process import (
    WorkerStart,
    become_worker,
    prepare_worker,
    work,
)
from frameworm.trial.spec import TrialSpec

__all__ = ["Hand", "Worker", "WorkerPool", "recruit", "share_of_cores"]

_REST_SECONDS = 300
_THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)

_idle: list[Worker] = []
_idle_lock = threading.Lock()


@dataclass(eq=False)
class Worker:
    """One process, as a loky executor of size one.

    Attributes:
        executor: Runs one call at a time in the process.
        environment: The variables the process was started with.
        slot: Its place in the pool, which decides its devices.
        output: What it prints.
        has: Names the objective the process was sent last.
        pids: Its process, once it is started.
    """

    executor: Executor
    environment: dict[str, str]
    slot: int
    output: WorkerOutput
    has: str | None = None
    pids: tuple[int, ...] = ()

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Call a function in the process."""
        future = self.executor.submit(function, *arguments)
        # A process that is gone leaves no trace there.
        self.pids = tuple(getattr(self.executor, "_processes", None) or self.pids)
        return future

    def prepare(self, key: str, payload: bytes) -> Future[Any]:
        """Send the process an objective."""
        prepared = self.submit(prepare_worker, key, payload)
        self.has = key
        return prepared

    def run(self, key: str, spec: TrialSpec) -> Future[Any]:
        """Run a trial of the objective it has."""
        return self.submit(work, key, spec)

    def ask_to_stop(self) -> None:
        """Ask its trial to save and stop."""
        for pid in self.pids:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGTERM)

    def end_trial(self) -> None:
        """Finish the last line that a trial has printed."""
        self.output.end_trial()

    def settle(self) -> None:
        """Wait until all that was printed has been shown."""
        self.output.settle()

    def end(self) -> None:
        """Kill the process, with whatever its trial started."""
        self.executor.shutdown(wait=True, kill_workers=True)  # type: ignore[call-arg]
        self.bury()

    def bury(self) -> None:
        """Kill what a process that is gone has started, and show the rest of what it printed."""
        for pid in self.pids:
            with contextlib.suppress(OSError, AttributeError):  # Windows has no groups
                os.killpg(pid, signal.SIGKILL)
        self.output.close()

    def renewed(self) -> Worker:
        """Return a new worker in the place of this one, which died while idle."""
        self.bury()
        return _start(self.environment, self.slot)

    def rest(self) -> None:
        """Leave the process to the next search; it ends itself after a while."""
        with _idle_lock:
            _idle.append(self)


class Hand(Protocol):
    """What a pool lends: one worker, or several that run a trial together as if they were one."""

    slot: int
    has: str | None

    def prepare(self, key: str, payload: bytes) -> Future[Any]: ...  # noqa: D102
    def run(self, key: str, spec: TrialSpec) -> Future[Any]: ...  # noqa: D102
    def ask_to_stop(self) -> None: ...  # noqa: D102
    def end_trial(self) -> None: ...  # noqa: D102
    def settle(self) -> None: ...  # noqa: D102
    def end(self) -> None: ...  # noqa: D102
    def bury(self) -> None: ...  # noqa: D102
    def renewed(self) -> Hand: ...  # noqa: D102
    def rest(self) -> None: ...  # noqa: D102


class WorkerPool:
    """Up to ``size`` hands, each with its share of the machine.

    Args:
        size: How many trials run at once.
        hire: Makes the hand of a slot, from 0.
    """

    def __init__(self, size: int, hire: Callable[[int], Hand]) -> None:
        self._hire = hire
        self._slots = list(range(size))
        self._free: list[Hand] = []

    def take(self) -> Hand:
        """Return a hand that nobody uses: one of this pool's, an idle or a new one."""
        return self._free.pop() if self._free else self._hire(self._slots.pop(0))

    def give_back(self, hand: Hand) -> None:
        """Take back a hand that ended its trial."""
        hand.end_trial()
        self._free.append(hand)

    def discard(self, hand: Hand) -> None:
        """Forget a hand whose process is gone; its slot is free for a new one."""
        hand.bury()
        self._slots.insert(0, hand.slot)

    def kill(self, hand: Hand) -> None:
        """End a hand at once, with whatever its trial started."""
        hand.end()
        self._slots.insert(0, hand.slot)

    def close(self) -> None:
        """Leave the free hands to the next search; they end themselves after a rest."""
        for hand in self._free:
            hand.settle()
            hand.rest()
        self._free = []


def share_of_cores(processes: int) -> dict[str, str]:
    """Return the variables that bound the threads of each of so many processes.

    They are set before a process starts: torch and BLAS read them when they are loaded.
    """
    share = str(max(1, (os.cpu_count() or 1) // processes))
    return {name: os.environ.get(name, share) for name in _THREAD_LIMITS}


def recruit(environment: dict[str, str], slot: int) -> Worker:
    """Return a worker with an environment: an idle or a new one."""
    with _idle_lock:
        for worker in _idle:
            if worker.environment == environment:
                _idle.remove(worker)
                worker.slot = slot
                return worker
    return _start(environment, slot)


def _start(environment: dict[str, str], slot: int) -> Worker:
    import loky

    output = WorkerOutput()
    start = WorkerStart(os.getpid(), multiprocessing.get_start_method(allow_none=True), output.ends)
    executor: Executor = loky.ProcessPoolExecutor(
        max_workers=1,
        timeout=_REST_SECONDS,
        env=environment,
        initializer=become_worker,
        initargs=(start,),
    )
    return Worker(executor, environment, slot, output)


def close_idle() -> None:
    """End the workers no search is using."""
    with _idle_lock:
        workers, _idle[:] = list(_idle), []
    for worker in workers:
        with contextlib.suppress(Exception):
            worker.executor.shutdown(wait=True, kill_workers=True)  # type: ignore[call-arg]
        worker.output.close()
