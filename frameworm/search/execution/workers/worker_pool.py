"""Worker processes on this machine, kept warm from one search to the next."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any

from frameworm.search.execution.workers.worker_output import WorkerOutput
from frameworm.search.execution.workers.worker_process import WorkerStart, become_worker

__all__ = ["Worker", "WorkerPool"]

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
        slot: Its place in the pool, which decides its GPU.
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

    def ask_to_stop(self) -> None:
        """Ask its trial to save and stop."""
        for pid in self.pids:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGTERM)

    def bury(self) -> None:
        """Kill what a process that is gone has started, and show the rest of what it printed."""
        for pid in self.pids:
            with contextlib.suppress(OSError, AttributeError):  # Windows has no groups
                os.killpg(pid, signal.SIGKILL)
        self.output.close()


class WorkerPool:
    """Up to ``size`` workers, each with its share of the machine.

    Args:
        size: The number of workers.
        gpus: Device numbers; worker ``i`` sees ``gpus[i % len(gpus)]`` alone.
    """

    def __init__(self, size: int, gpus: Sequence[int | str] = ()) -> None:
        share = str(max(1, (os.cpu_count() or 1) // size))
        # Set before the process starts: torch and BLAS read them when they are loaded.
        limits = {name: os.environ.get(name, share) for name in _THREAD_LIMITS}
        self._environments = [
            {**limits, "CUDA_VISIBLE_DEVICES": str(gpus[slot % len(gpus)])} if gpus else limits
            for slot in range(size)
        ]
        self._slots = list(range(size))
        self._free: list[Worker] = []

    def take(self) -> Worker:
        """Return a worker that nobody uses: one of this pool's, an idle or a new one."""
        if self._free:
            return self._free.pop()
        slot = self._slots.pop(0)
        environment = self._environments[slot]
        with _idle_lock:
            for worker in _idle:
                if worker.environment == environment:
                    _idle.remove(worker)
                    worker.slot = slot
                    return worker
        return _start(environment, slot)

    def give_back(self, worker: Worker) -> None:
        """Take back a worker that ended its trial."""
        worker.output.end_trial()
        self._free.append(worker)

    def discard(self, worker: Worker) -> None:
        """Forget a worker whose process is gone; its slot is free for a new one."""
        worker.bury()
        self._slots.insert(0, worker.slot)

    def replace(self, worker: Worker) -> Worker:
        """Return a new worker in the place of one that died while idle."""
        worker.bury()
        return _start(worker.environment, worker.slot)

    def kill(self, worker: Worker) -> None:
        """End a worker at once, with whatever its trial started."""
        worker.executor.shutdown(wait=True, kill_workers=True)  # type: ignore[call-arg]
        self.discard(worker)

    def close(self) -> None:
        """Leave the free workers to the next search; they end themselves after a rest."""
        for worker in self._free:
            worker.output.settle()
        with _idle_lock:
            _idle.extend(self._free)
        self._free = []


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
