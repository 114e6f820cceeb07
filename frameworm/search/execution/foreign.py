"""Run trials on any ``concurrent.futures`` executor."""

from __future__ import annotations

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

from frameworm.search.execution.runner import Done, Inbox, Run, answer_of
from frameworm.search.execution.workers.worker_process import (
    Missing,
    pickled,
    run_here,
)
from frameworm.trial.claim import Claim
from frameworm.trial.current import ask_all_to_stop
from frameworm.trial.spec import TrialSpec

__all__ = ["Foreign"]


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
        self._inbox = Inbox()
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
            answer = answer_of(future)
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
