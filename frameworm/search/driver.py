"""The driver loop: claim, run, finish, until the plan is worked off or a rule stops it."""

from __future__ import annotations

import logging
import math
import threading
import time
from dataclasses import dataclass

from frameworm.errors import MetricError, ObjectiveError
from frameworm.search.backend import Mode, Outcome, Study, TrialSpec, TrialState
from frameworm.search.executor import Runner, WorkerDiedError

__all__ = ["Driver", "Limits"]

_logger = logging.getLogger("frameworm")
_POLL_SECONDS = 0.2
_LINE_SECONDS = 5.0


@dataclass(frozen=True)
class Limits:
    """When a run stops, and what it puts up with; see ``Search.run``."""

    patience: int | None = None
    timeout: float | None = None
    target: float | None = None
    max_failures: int = 5
    max_retries: int = 2
    grace: float = 120.0


class Driver:
    """Works off one study.

    Args:
        study: The opened study.
        limits: The stopping rules.
        mode: Whether less or more is better.
        verbose: Print a line of progress now and then.
    """

    def __init__(self, study: Study, limits: Limits, mode: Mode, verbose: bool) -> None:
        self._study = study
        self._limits = limits
        self._sign = 1.0 if mode == "min" else -1.0
        self._verbose = verbose
        self._running: dict[int, TrialSpec] = {}
        self._best = math.inf
        self._since_best = 0
        self._finished = 0
        self._failures: list[Outcome] = []
        self._succeeded = False
        self._printed = 0.0
        self._stop: str | None = None

    def run(self, runner: Runner) -> str:
        """Work until the plan is done or a rule stops it.

        Args:
            runner: What runs the trials.

        Returns:
            Why the run ended.
        """
        study = self._study
        study.beat()
        quiet = threading.Event()
        heart = threading.Thread(target=self._beat, args=(quiet,), daemon=True)
        heart.start()
        clean = False
        try:
            study.plan()
            study.recover((), self._limits.grace, self._limits.max_retries)
            reason = self._work(runner)
            clean = True
            return reason
        finally:
            quiet.set()
            heart.join()
            runner.close(kill=not clean)
            study.requeue(list(self._running.values()))
            study.leave()

    def _beat(self, quiet: threading.Event) -> None:
        while not quiet.wait(self._limits.grace / 4):
            try:
                self._study.beat()
            except Exception:
                # The main thread meets the same trouble and reports it.
                _logger.debug("heartbeat failed", exc_info=True)

    def _work(self, runner: Runner) -> str:
        started = time.monotonic()
        ended: list[tuple[TrialSpec, Outcome]] = []
        while True:
            timeout = self._limits.timeout
            if timeout is not None and time.monotonic() - started >= timeout:
                self._stop = self._stop or "timeout"
            room = 0 if self._stop else runner.size - len(self._running)
            claimed = self._study.exchange(ended, room) if ended or room else []
            ended = []
            for spec in claimed:
                self._running[spec.trial_id] = spec
                runner.submit(spec)
            if not self._running:
                if self._stop:
                    return self._stop
                held = self._study.recover((), self._limits.grace, self._limits.max_retries)
                counts = self._study.counts()
                if not held and not counts[TrialState.WAITING]:
                    self._show(counts, force=True)
                    return "all trials are finished"
                time.sleep(_POLL_SECONDS)
                continue
            ended = self._collect(runner)
            if ended:
                self._show(None)

    def _collect(self, runner: Runner) -> list[tuple[TrialSpec, Outcome]]:
        ended = []
        for spec, outcome in runner.wait(_POLL_SECONDS * 5):
            if isinstance(outcome, MetricError):
                raise outcome
            if isinstance(outcome, WorkerDiedError) and spec.attempt < self._limits.max_retries:
                del self._running[spec.trial_id]
                self._study.requeue([spec], charge=True)
                continue
            if isinstance(outcome, BaseException):
                outcome = _failure(outcome)
            del self._running[spec.trial_id]
            self._judge(outcome)
            ended.append((spec, outcome))
        self._check_failures(ended)
        return ended

    def _judge(self, outcome: Outcome) -> None:
        self._finished += 1
        if outcome.state is not TrialState.COMPLETE:
            self._failures.append(outcome)
            return
        self._succeeded = True
        score = self._sign * outcome.values[0]
        self._since_best += 1
        if score < self._best:
            self._best, self._since_best = score, 0
        limits = self._limits
        if limits.target is not None and score <= self._sign * limits.target:
            self._stop = "target reached"
        elif limits.patience is not None and self._since_best >= limits.patience:
            self._stop = f"no better trial in {limits.patience}"

    def _check_failures(self, ended: list[tuple[TrialSpec, Outcome]]) -> None:
        if self._succeeded or len(self._failures) < self._limits.max_failures:
            return
        # What is finished is kept, the failures too.
        self._study.exchange(ended, 0)
        first = self._failures[0]
        raise ObjectiveError(
            f"The first {len(self._failures)} trials all failed, the first with: {first.error}. "
            "Mend the train function and run again with retry_failed=True."
        ) from RuntimeError(first.traceback or first.error)

    def _show(self, counts: dict[TrialState, int] | None, force: bool = False) -> None:
        now = time.monotonic()
        if not self._verbose or (not force and now - self._printed < _LINE_SECONDS):
            return
        self._printed = now
        counts = counts or self._study.counts()
        total = sum(counts.values())
        done = sum(count for state, count in counts.items() if state.is_finished)
        best = "" if math.isinf(self._best) else f", best {self._sign * self._best:.6g}"
        print(  # noqa: T201  # progress is one of the places the guide prints
            f"{self._study.name}: {done}/{total} trials, {counts[TrialState.FAIL]} failed{best}",
            flush=True,
        )


def _failure(error: BaseException) -> Outcome:
    if isinstance(error, WorkerDiedError):
        return Outcome(TrialState.FAIL, error=f"its process died on every attempt: {error}")
    return Outcome(TrialState.FAIL, error=f"{type(error).__name__}: {error}")
