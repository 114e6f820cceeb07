"""The driver loop: claim, run, finish, until the plan is worked off or a rule stops it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from frameworm.errors import MetricError, ObjectiveError
from frameworm.search.execution.callbacks import Callbacks
from frameworm.search.execution.limits import Limits
from frameworm.search.execution.progress import Progress, Standing
from frameworm.search.execution.runners import Runner, WorkerDiedError
from frameworm.search.study.backend import Study
from frameworm.trial.best_so_far import BestSoFar
from frameworm.trial.goals import Goals
from frameworm.trial.outcome import Outcome
from frameworm.trial.spec import TrialSpec
from frameworm.trial.state import TrialState

__all__ = ["Driver"]

_logger = logging.getLogger("frameworm")
_POLL_SECONDS = 0.2
_RECOVER_SECONDS = 5.0


class Driver:
    """Works off one study.

    Args:
        study: The opened study.
        limits: The stopping rules.
        goals: The metrics searched for.
        progress: Shows how far the search is.
        callbacks: Told of each trial.
    """

    def __init__(
        self,
        study: Study,
        limits: Limits,
        goals: Goals,
        progress: Progress,
        callbacks: Callbacks,
    ) -> None:
        self._study = study
        self._limits = limits
        self._progress = progress
        self._callbacks = callbacks
        self._running: dict[int, TrialSpec] = {}
        self._ended: list[tuple[TrialSpec, Outcome]] = []
        self._standing = Standing(0)
        self._best = BestSoFar(goals)
        self._goals = goals
        self._since_best = 0
        self._failures: list[Outcome] = []
        self._succeeded = False
        self._stop: str | None = None
        self._recovered = 0.0

    def run(self, runner: Runner) -> str:
        """Work until the plan is done or a rule stops it.

        Args:
            runner: What runs the trials; it is closed in the end.

        Returns:
            Why the run ended: ``"finished"``, ``"timeout"``, ``"target"``, ``"early_stopping"`` or
            ``"callback"``.

        Raises:
            ObjectiveError: If ``max_failures`` trials failed and none succeeded.
            MetricError: If the train function did not return the metric.
        """
        study = self._study
        study.beat()
        quiet = threading.Event()
        heart = threading.Thread(target=self._beat, args=(quiet,), daemon=True)
        heart.start()
        clean = False
        try:
            study.plan()
            self._recover()
            self._look_back()
            reason = self._work(runner)
            clean = True
            return reason
        finally:
            quiet.set()
            self._leave(runner, clean)
            heart.join()

    def _leave(self, runner: Runner, clean: bool) -> None:
        """Keep what is finished, give back what is not, and go."""
        if not clean:
            # Trials may have ended while another one brought the run down.
            for spec, answer in runner.wait(0):
                if isinstance(answer, Outcome):
                    self._ended.append((spec, answer))
        runner.close(kill=not clean)
        try:
            if self._ended:
                self._study.exchange(self._ended, 0)
            if not clean:
                self._study.release()
            self._study.leave()
        finally:
            self._progress.close(self._standing)

    def _beat(self, quiet: threading.Event) -> None:
        while not quiet.wait(self._limits.grace_period / 4):
            try:
                self._study.beat()
            except Exception:
                # The main thread meets the same trouble and reports it.
                _logger.debug("heartbeat failed", exc_info=True)

    def _look_back(self) -> None:
        """Take up the standing of a resumed study, as far as a rule or the progress asks for it."""
        counts = self._study.counts()
        standing = self._standing
        standing.total = max(self._study.total, sum(counts.values()))
        standing.done = sum(count for state, count in counts.items() if state.is_finished)
        standing.failed = counts[TrialState.FAIL]
        standing.pruned = counts[TrialState.PRUNED]
        self._succeeded = counts[TrialState.COMPLETE] > 0
        if not self._succeeded or not counts[TrialState.WAITING]:
            return
        records = [record for record in self._study.records() if record.score is not None]
        records.sort(key=lambda record: (record.finished_at is None, record.finished_at))
        for record in records:
            assert record.values is not None
            self._note(record.values, record.params)

    def _work(self, runner: Runner) -> str:
        started = time.monotonic()
        timeout = self._limits.timeout
        while True:
            if timeout is not None and time.monotonic() - started >= timeout:
                self._stop = self._stop or "timeout"
            room = 0 if self._stop else runner.size - len(self._running)
            self._exchange(runner, room)
            if not self._running:
                if self._stop:
                    return self._stop
                if self._is_worked_off():
                    return "finished"
                time.sleep(_POLL_SECONDS)
                continue
            if room and time.monotonic() - self._recovered > _RECOVER_SECONDS:
                self._recover()
            self._collect(runner)
            self._progress.show(self._standing)
            self._check_failures()

    def _exchange(self, runner: Runner, room: int) -> None:
        if not self._ended and not room:
            return
        claimed = self._study.exchange(self._ended, room)
        self._ended = []
        for spec in claimed:
            self._running[spec.trial_id] = spec
            self._callbacks.tell("on_trial_start", spec)
            runner.submit(spec)
        self._standing.running = len(self._running)

    def _is_worked_off(self) -> bool:
        """Whether nothing is left, after taking over from drivers that are gone."""
        held = self._recover()
        return not held and not self._study.counts()[TrialState.WAITING]

    def _recover(self) -> int:
        self._recovered = time.monotonic()
        limits = self._limits
        return self._study.recover(self._running, limits.grace_period, limits.max_retries)

    def _collect(self, runner: Runner) -> None:
        wrong: MetricError | None = None
        for spec, answer in runner.wait(1.0):
            del self._running[spec.trial_id]
            if isinstance(answer, MetricError):
                wrong = answer
                self._study.requeue([spec])
                continue
            if isinstance(answer, WorkerDiedError) and spec.attempt < self._limits.max_retries:
                _logger.warning(
                    "The worker of trial %d died (%s); the trial is requeued.", spec.number, answer
                )
                self._study.requeue([spec], charge=True)
                continue
            outcome = answer if isinstance(answer, Outcome) else _failure(answer, spec)
            self._judge(spec, outcome)
            self._ended.append((spec, outcome))
            if self._callbacks.tell("on_trial_end", spec, outcome):
                self._stop = self._stop or "callback"
        if wrong is not None:
            raise wrong

    def _judge(self, spec: TrialSpec, outcome: Outcome) -> None:
        self._standing.done += 1
        if outcome.state is TrialState.FAIL:
            self._standing.failed += 1
            self._failures.append(outcome)
            _logger.info("Trial %d failed: %s", spec.number, outcome.error)
        if outcome.state is TrialState.PRUNED:
            self._standing.pruned += 1
            self._since_best += 1
        if outcome.state is not TrialState.COMPLETE:
            return
        self._succeeded = True
        self._note(outcome.values, spec.params)

    def _note(self, values: Sequence[float], params: Mapping[str, Any]) -> None:
        self._since_best += 1
        if self._best.improve(values):
            self._since_best = 0
            if self._goals.is_single:
                self._standing.best = values[0]
                self._standing.best_params = params
            else:
                self._standing.front = len(self._best)
        limits = self._limits
        if limits.target is not None and self._best.reaches(values[0], limits.target):
            self._stop = "target"
        elif (
            limits.early_stopping_patience is not None
            and self._since_best >= limits.early_stopping_patience
        ):
            self._stop = "early_stopping"

    def _check_failures(self) -> None:
        if self._succeeded or len(self._failures) < self._limits.max_failures:
            return
        first = self._failures[0]
        cause = RuntimeError(first.traceback or first.error)
        raise ObjectiveError(
            f"The first {len(self._failures)} trials all failed, the first with: {first.error}. "
            "Mend the train function and run again with retry_failed=True, or raise max_failures."
        ) from cause


def _failure(error: BaseException, spec: TrialSpec) -> Outcome:
    if isinstance(error, WorkerDiedError):
        reason = f"its process died {spec.attempt + 1} times while running it ({error})"
        return Outcome(TrialState.FAIL, error=reason)
    return Outcome(TrialState.FAIL, error=f"{type(error).__name__}: {error}")
