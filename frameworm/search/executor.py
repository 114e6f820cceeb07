"""Where trials run: here, in worker processes, or on any ``concurrent.futures`` executor.

Each local worker is a loky executor of one process. So when a worker dies only its own trial is
hit, and it is known which one.
"""

from __future__ import annotations

import os
import queue
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any, Protocol

from frameworm.errors import PicklingError
from frameworm.search.backend import Outcome, TrialSpec

__all__ = ["Foreign", "InProcess", "Runner", "WorkerDiedError", "Workers", "make_runner"]

Run = Callable[[TrialSpec], Outcome]


class WorkerDiedError(Exception):
    """The process that ran a trial is gone."""


Done = tuple[TrialSpec, "Outcome | BaseException"]


class Runner(Protocol):
    """Runs trials; up to ``size`` at once."""

    size: int

    def submit(self, spec: TrialSpec) -> None:
        """Start a trial."""
        ...

    def wait(self, timeout: float | None) -> list[Done]:
        """Return the trials that ended, after waiting for at least one or the timeout."""
        ...

    def close(self, kill: bool) -> None:
        """Let the workers go; ``kill`` those still running."""
        ...


class InProcess:
    """Runs each trial at once in this process."""

    size = 1

    def __init__(self, run: Run) -> None:
        self._run = run
        self._next: TrialSpec | None = None

    def submit(self, spec: TrialSpec) -> None:
        """Take the trial that the next ``wait`` runs."""
        self._next = spec

    def wait(self, timeout: float | None) -> list[Done]:
        """Run the trial taken; ``timeout`` cannot interrupt it."""
        del timeout
        spec, self._next = self._next, None
        if spec is None:
            return []
        try:
            return [(spec, self._run(spec))]
        except Exception as error:
            return [(spec, error)]

    def close(self, kill: bool) -> None:
        """Nothing to let go."""
        del kill


class _Collector:
    """Collects ended futures for ``wait``."""

    def __init__(self) -> None:
        self._done: queue.SimpleQueue[Done] = queue.SimpleQueue()

    def watch(self, spec: TrialSpec, future: Future[Outcome], after: Callable[[], None]) -> None:
        def put(ended: Future[Outcome]) -> None:
            after()
            if ended.cancelled():
                self._done.put((spec, WorkerDiedError("it was cancelled")))
                return
            error = ended.exception()
            if isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker":
                error = WorkerDiedError(str(error).splitlines()[0])
            self._done.put((spec, ended.result() if error is None else error))

        future.add_done_callback(put)

    def wait(self, timeout: float | None) -> list[Done]:
        try:
            found = [self._done.get(timeout=timeout)]
        except queue.Empty:
            return []
        while not self._done.empty():
            found.append(self._done.get())
        return found


_installed: dict[str, Run] = {}


def _install(key: str, payload: bytes) -> None:
    """Unpack a search's objective in a worker, which keeps it for all its trials."""
    import cloudpickle

    # Ctrl-C reaches the whole group: the driver decides what becomes of the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not _installed:
        threading.Thread(target=_die_with_parent, daemon=True).start()
    _installed.clear()
    _installed[key] = cloudpickle.loads(payload)


def _die_with_parent() -> None:
    import time

    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _run_installed(key: str, spec: TrialSpec) -> Outcome:
    return _installed[key](spec)


class Workers:
    """Local worker processes, each a loky executor of its own.

    Args:
        run: The objective.
        size: The number of processes.
        key: Names the objective in the workers.

    Raises:
        PicklingError: If the objective cannot be pickled.
    """

    def __init__(self, run: Run, size: int, key: str) -> None:
        import loky

        self.size = size
        self._key = key
        self._payload = pickled(run)
        share = max(1, (os.cpu_count() or 1) // size)
        threads = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
        self._env = {name: str(share) for name in threads}
        self._new: Callable[[], Executor] = lambda: loky.ProcessPoolExecutor(
            max_workers=1, env=self._env
        )
        self._free: list[Executor] = []
        self._busy: set[Executor] = set()
        self._collector = _Collector()

    def submit(self, spec: TrialSpec) -> None:
        """Start a trial on a free worker, a new one where none is."""
        worker = self._free.pop() if self._free else None
        if worker is None:
            worker = self._new()
            worker.submit(_install, self._key, self._payload)
        self._busy.add(worker)
        future = worker.submit(_run_installed, self._key, spec)

        def release() -> None:
            self._busy.discard(worker)
            broken = future.exception() if not future.cancelled() else None
            if not isinstance(broken, BrokenExecutor):
                self._free.append(worker)

        self._collector.watch(spec, future, release)

    def wait(self, timeout: float | None) -> list[Done]:
        """Return the trials that ended."""
        return self._collector.wait(timeout)

    def close(self, kill: bool) -> None:
        """End the workers."""
        for worker in [*self._busy]:
            worker.shutdown(wait=not kill, kill_workers=kill)  # type: ignore[call-arg]
        for worker in self._free:
            worker.shutdown(wait=False)


class Foreign:
    """Any ``concurrent.futures`` executor, such as a thread pool or Dask's.

    Args:
        run: The objective.
        executor: The executor; it stays the caller's.
        size: How many trials are in flight at once.
    """

    def __init__(self, run: Run, executor: Executor, size: int) -> None:
        self.size = size
        self._run = run
        self._executor = executor
        self._futures: set[Future[Outcome]] = set()
        self._collector = _Collector()

    def submit(self, spec: TrialSpec) -> None:
        """Hand a trial to the executor."""
        future = self._executor.submit(self._run, spec)
        self._futures.add(future)
        self._collector.watch(spec, future, lambda: self._futures.discard(future))

    def wait(self, timeout: float | None) -> list[Done]:
        """Return the trials that ended."""
        return self._collector.wait(timeout)

    def close(self, kill: bool) -> None:
        """Cancel what has not started; the executor itself stays open."""
        del kill
        for future in [*self._futures]:
            future.cancel()


def pickled(value: Any) -> bytes:
    """Return a value's pickle.

    Raises:
        PicklingError: If it has none.
    """
    import cloudpickle

    try:
        return bytes(cloudpickle.dumps(value))
    except Exception as error:
        raise PicklingError(
            f"The train function or the base config cannot be pickled, which n_jobs > 1 needs: "
            f"{error}. Open files, locks and connections inside the function, or use n_jobs=1."
        ) from error


def make_runner(run: Run, n_jobs: int, executor: Executor | None, key: str) -> Runner:
    """Return what runs the trials.

    Args:
        run: The objective.
        n_jobs: How many trials run at once.
        executor: Used instead of local processes.
        key: Names the objective in the workers.
    """
    if executor is not None:
        return Foreign(run, executor, n_jobs)
    return InProcess(run) if n_jobs == 1 else Workers(run, n_jobs, key)
