"""Where trials run: here, in worker processes, or on any ``concurrent.futures`` executor.

Each local worker is a loky executor of one process. So when a worker dies only its own trial is
hit, it is known which one, and a trial that takes too long can be killed alone.
"""

from __future__ import annotations

import queue
import re
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

from frameworm.errors import SearchArgumentError, TrialInterrupted
from frameworm.search.execution.unharmed import unharmed
from frameworm.search.execution.worker_pool import Worker, WorkerPool
from frameworm.search.execution.worker_process import (
    Missing,
    Spent,
    pickled,
    prepare_worker,
    run_here,
    work,
)
from frameworm.trial.claim import Claim
from frameworm.trial.current import ask_all_to_stop, ask_to_stop
from frameworm.trial.outcome import Outcome
from frameworm.trial.spec import TrialSpec

__all__ = ["Foreign", "InProcess", "Local", "Runner", "WorkerDiedError", "make_runner"]

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


class _Inbox:
    """Collects ended futures for ``wait``, from whatever threads they end in."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[tuple[TrialSpec, Future[Any]]] = queue.SimpleQueue()

    def watch(self, spec: TrialSpec, future: Future[Any]) -> None:
        future.add_done_callback(lambda ended: self._queue.put((spec, ended)))

    def wait(self, timeout: float) -> list[tuple[TrialSpec, Future[Any]]]:
        try:
            found = [self._queue.get(timeout=max(0.0, timeout))]
        except queue.Empty:
            return []
        while not self._queue.empty():
            found.append(self._queue.get())
        return found


def _answer(future: Future[Any]) -> Any:
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


@dataclass
class _Busy:
    """A trial in flight; its time runs once the worker is up and has the objective."""

    spec: TrialSpec
    worker: Worker
    prepared: Future[Any] | None
    future: Future[Any]
    started: float | None

    def start_clock(self, prepared: Future[Any]) -> None:
        del prepared
        self.started = time.monotonic()


class Local:
    """Runs trials in worker processes on this machine.

    Args:
        run: The objective; sent to each worker once.
        size: The number of processes.
        key: Names the objective in the workers.
        trial_timeout: Seconds after which a trial's worker is killed.
        gpus: Device numbers given to the workers in turn, as ``CUDA_VISIBLE_DEVICES``.

    Raises:
        PicklingError: If the objective cannot be pickled.
    """

    def __init__(
        self,
        run: Run,
        size: int,
        key: str,
        trial_timeout: float | None = None,
        gpus: Sequence[int] = (),
    ) -> None:
        self.size = size
        self.is_here = False
        self._key = key
        self._payload = pickled(run)
        self._timeout = trial_timeout
        self._pool = WorkerPool(size, gpus)
        self._inbox = _Inbox()
        self._busy: dict[Claim, _Busy] = {}

    def submit(self, spec: TrialSpec) -> None:
        """Start a trial on a free worker."""
        self._start(spec, self._pool.take())

    def _start(self, spec: TrialSpec, worker: Worker) -> None:
        try:
            busy = self._hand_over(spec, worker)
        except BrokenExecutor:
            # It died while it was idle, which harmed no trial.
            busy = self._hand_over(spec, self._pool.replace(worker))
        self._busy[spec.claim] = busy
        self._inbox.watch(spec, busy.future)
        if busy.prepared is not None:
            busy.prepared.add_done_callback(busy.start_clock)

    def _hand_over(self, spec: TrialSpec, worker: Worker) -> _Busy:
        prepared = None
        if worker.has != self._key:
            prepared = worker.submit(prepare_worker, self._key, self._payload)
            worker.has = self._key
        future = worker.submit(work, self._key, spec)
        return _Busy(spec, worker, prepared, future, None if prepared else time.monotonic())

    def wait(self, timeout: float) -> list[Done]:
        """Return the trials that ended, among them those killed for their time."""
        done = self._expired()
        for spec, future in self._inbox.wait(0 if done else self._patience(timeout)):
            busy = self._busy.get(spec.claim)
            if busy is None or busy.future is not future:
                # Its time ran out and it was reported then.
                continue
            del self._busy[spec.claim]
            answer = _answer(future)
            if isinstance(answer, Missing):
                unprepared = busy.prepared.exception() if busy.prepared else None
                if unprepared is None:
                    # It ended itself after a long rest and a new process took its place.
                    busy.worker.has = None
                    self._start(spec, busy.worker)
                    continue
                answer = unprepared
            if isinstance(answer, WorkerDiedError):
                self._pool.discard(busy.worker)
            elif isinstance(answer, Spent):
                self._pool.kill(busy.worker)
                answer = answer.outcome
            else:
                self._pool.give_back(busy.worker)
            done.append((spec, answer))
        return done

    def _patience(self, timeout: float) -> float:
        if self._timeout is None or not self._busy:
            return timeout
        now = time.monotonic()
        oldest = min(busy.started or now for busy in self._busy.values())
        return min(timeout, max(0.0, oldest + self._timeout - now))

    def _expired(self) -> list[Done]:
        if self._timeout is None:
            return []
        over = time.monotonic() - self._timeout
        done: list[Done] = []
        for busy in [*self._busy.values()]:
            if busy.started is None or busy.started > over:
                continue
            del self._busy[busy.spec.claim]
            self._pool.kill(busy.worker)
            reason = f"it ran longer than trial_timeout={self._timeout:g} s and was killed"
            done.append((busy.spec, TrialTimeoutError(reason)))
        return done

    def ask_to_stop(self) -> None:
        """Ask every trial that has begun; a trial that would not listen is interrupted."""
        for busy in [*self._busy.values()]:
            if busy.started is not None:
                busy.worker.ask_to_stop()

    def ended(self) -> list[Done]:
        """Return the trials that have ended."""
        return self.wait(0)

    def drop(self, claim: Claim) -> bool:
        """Kill the worker of a trial."""
        busy = self._busy.pop(claim, None)
        if busy is not None:
            self._pool.kill(busy.worker)
        return True

    def close(self, kill: bool) -> None:
        """Keep idle workers for the next search; kill busy ones if asked."""
        for busy in self._busy.values():
            if kill:
                self._pool.kill(busy.worker)
        self._busy.clear()
        self._pool.close()


class Foreign:
    """Runs trials on any ``concurrent.futures`` executor, such as a thread pool or Dask's.

    Args:
        run: The objective. It travels with the first trials and again where a process turns out
            not to have it; every other trial travels alone.
        executor: The executor; it stays the caller's.
        size: How many trials are in flight at once.
        key: Names the objective in the workers.
    """

    def __init__(self, run: Run, executor: Executor, size: int, key: str) -> None:
        self.size = size
        self.is_here = isinstance(executor, ThreadPoolExecutor)
        self._executor = executor
        self._key = key
        self._inbox = _Inbox()
        self._futures: dict[Claim, Future[Any]] = {}
        self._run = run if isinstance(executor, ThreadPoolExecutor) else None
        self._payload = b"" if self._run else pickled(run)
        self._sent = 0

    def submit(self, spec: TrialSpec) -> None:
        """Hand a trial to the executor."""
        self._start(spec, with_payload=self._sent < self.size)

    def _start(self, spec: TrialSpec, with_payload: bool) -> None:
        if self._run is not None:
            future: Future[Any] = self._executor.submit(self._run, spec)
        else:
            self._sent += with_payload
            payload = self._payload if with_payload else None
            future = self._executor.submit(run_here, self._key, payload, spec)
        self._futures[spec.claim] = future
        self._inbox.watch(spec, future)

    def wait(self, timeout: float) -> list[Done]:
        """Return the trials that ended."""
        done: list[Done] = []
        for spec, future in self._inbox.wait(timeout):
            if self._futures.pop(spec.claim, None) is None:
                continue  # dropped
            answer = _answer(future)
            if isinstance(answer, Missing):
                self._start(spec, with_payload=True)
            else:
                done.append((spec, answer))
        return done

    def ask_to_stop(self) -> None:
        """Ask trials in threads of this process; others cannot be reached."""
        if self.is_here:
            ask_all_to_stop()

    def ended(self) -> list[Done]:
        """Return the trials that have ended."""
        return self.wait(0)

    def drop(self, claim: Claim) -> bool:
        """Cancel a trial, if it has not begun."""
        future = self._futures.get(claim)
        if future is None or not future.cancel():
            return future is None
        del self._futures[claim]
        return True

    def close(self, kill: bool) -> None:
        """Cancel what has not started; the executor itself stays open."""
        del kill
        for future in self._futures.values():
            future.cancel()


def make_runner(
    run: Run,
    n_jobs: int,
    *,
    executor: Executor | None = None,
    trial_timeout: float | None = None,
    gpus: Sequence[int] = (),
) -> Runner:
    """Return what runs the trials.

    Args:
        run: The objective.
        n_jobs: How many trials run at once.
        executor: Used instead of local processes.
        trial_timeout: Seconds after which a trial's worker is killed.
        gpus: Device numbers for the local workers.

    Raises:
        SearchArgumentError: If an executor is given together with what only local workers do.
        PicklingError: If the objective must be pickled and cannot be.
    """
    key = uuid.uuid4().hex
    if executor is not None:
        if trial_timeout is not None or gpus:
            raise SearchArgumentError(
                "trial_timeout and gpus need Frameworm's own worker processes; leave executor out, "
                "or set these on the executor's own workers."
            )
        return Foreign(run, executor, n_jobs, key)
    if n_jobs == 1 and trial_timeout is None and not gpus:
        return InProcess(run)
    return Local(run, n_jobs, key, trial_timeout, gpus)
