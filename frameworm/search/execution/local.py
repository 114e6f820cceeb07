"""Run trials in worker processes on this machine.

Each worker is a loky executor of one process. So when a worker dies only its own trial is hit, it
is known which one, and a trial that takes too long can be killed alone. With several processes a
trial a team of workers stands in the place of one.
"""

from __future__ import annotations

import time
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass
from typing import Any

from frameworm.search.execution.devices import Devices
from frameworm.search.execution.groups.team import Team
from frameworm.search.execution.runner import (
    Done,
    Inbox,
    Run,
    TrialTimeoutError,
    WorkerDiedError,
    answer_of,
)
from frameworm.search.execution.workers.worker_pool import Hand, WorkerPool, recruit
from frameworm.search.execution.workers.worker_process import Missing, Spent, pickled
from frameworm.trial.claim import Claim
from frameworm.trial.spec import TrialSpec

__all__ = ["Local"]


@dataclass
class _Busy:
    """A trial in flight; its time runs once the worker is up and has the objective."""

    spec: TrialSpec
    worker: Hand
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
        size: How many trials run at once.
        key: Names the objective in the workers.
        trial_timeout: Seconds after which a trial's worker is killed.
        devices: What the processes of a trial see, and how many there are.

    Raises:
        PicklingError: If the objective cannot be pickled.
    """

    def __init__(
        self,
        run: Run,
        size: int,
        key: str,
        trial_timeout: float | None = None,
        devices: Devices | None = None,
    ) -> None:
        self.size = size
        self.is_here = False
        self._key = key
        self._payload = pickled(run)
        self._timeout = trial_timeout
        self._environments = (devices or Devices()).environments(size)
        self._pool = WorkerPool(size, self._hire)
        self._inbox = Inbox()
        self._busy: dict[Claim, _Busy] = {}

    def _hire(self, slot: int) -> Hand:
        environments = self._environments[slot]
        return (
            recruit(environments[0], slot) if len(environments) == 1 else Team(environments, slot)
        )

    def submit(self, spec: TrialSpec) -> None:
        """Start a trial on a free worker."""
        self._start(spec, self._pool.take())

    def _start(self, spec: TrialSpec, worker: Hand) -> None:
        try:
            busy = self._hand_over(spec, worker)
        except BrokenExecutor:
            # It died while it was idle, which harmed no trial.
            busy = self._hand_over(spec, worker.renewed())
        self._busy[spec.claim] = busy
        self._inbox.watch(spec, busy.future)
        if busy.prepared is not None:
            busy.prepared.add_done_callback(busy.start_clock)

    def _hand_over(self, spec: TrialSpec, worker: Hand) -> _Busy:
        prepared = None
        if worker.has != self._key:
            prepared = worker.prepare(self._key, self._payload)
        future = worker.run(self._key, spec)
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
            answer = answer_of(future)
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
