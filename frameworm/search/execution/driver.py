"""The driver loop: claim, run, finish, until the plan is worked off or a rule stops it."""

from __future__ import annotations

import contextlib
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Collection, Sequence

from frameworm.errors import MetricError, ObjectiveError, TrialInterrupted
from frameworm.search.execution.callbacks import Callbacks
from frameworm.search.execution.first_failure import first_failure
from frameworm.search.execution.limits import Limits
from frameworm.search.execution.progress import Progress, Standing
from frameworm.search.execution.runner import Done, Runner, WorkerDiedError
from frameworm.search.execution.stopping import StopSignals
from frameworm.search.study.backend import Study
from frameworm.trial.best_so_far import BestSoFar
from frameworm.trial.claim import Claim
from frameworm.trial.goals import Goals
from frameworm.trial.outcome import Outcome
from frameworm.trial.spec import TrialSpec
from frameworm.trial.state import TrialState

__all__ = ["Driver"]

_logger = logging.getLogger("frameworm")
_POLL_SECONDS = 0.2
_WAIT_SECONDS = 0.5
_RECOVER_SECONDS = 5.0
_BEAT_SECONDS = 5.0
"""At the most; a driver with a short grace period beats faster."""


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
        self._goals = goals
        self._progress = progress
        self._callbacks = callbacks
        self._running: dict[Claim, TrialSpec] = {}
        self._strays: set[Claim] = set()
        self._answers: deque[Done] = deque()
        self._ended: list[tuple[TrialSpec, Outcome]] = []
        self._standing = Standing(0)
        self._best = BestSoFar(goals)
        self._since_best = 0
        self._failures: list[Outcome] = []
        self._succeeded = False
        self._stop: str | None = None
        self._stop_by = math.inf
        self._recovered = 0.0

    def run(self, runner: Runner) -> str:
        """Work until the plan is done or a rule stops it.

        Args:
            runner: What runs the trials; it is closed in the end.

        Returns:
            Why the run ended: ``"finished"``, ``"exhausted"`` (a discrete space has no further
            point), ``"timeout"``, ``"target"``, ``"early_stopping"`` or ``"callback"``.

        Raises:
            ObjectiveError: If ``max_failures`` trials failed and none succeeded.
            MetricError: If the train function did not return the metric.
            KeyboardInterrupt: If Ctrl-C stopped it; another signal raises ``SystemExit``.
        """
        interval = min(_BEAT_SECONDS, self._limits.grace_period / 4)
        quiet = threading.Event()
        heart = threading.Thread(target=self._beat, args=(quiet, interval), daemon=True)
        clean = False
        with StopSignals(runner.ask_to_stop) as signals:
            try:
                self._study.join(runner.is_here, interval)
                heart.start()
                self._study.plan()
                self._recover(runner)
                self._look_back()
                reason = self._work(runner, signals)
                clean = not self._running
            finally:
                quiet.set()
                if heart.is_alive():
                    # Or it would register this driver anew behind its back.
                    heart.join(_BEAT_SECONDS)
                self._leave(runner, clean)
        if signals.received is not None:
            raise StopSignals.ending(signals.received)
        return reason

    @property
    def failed(self) -> int:
        """How many trials have failed, in earlier runs too."""
        return self._standing.failed

    def _leave(self, runner: Runner, clean: bool) -> None:
        """Keep what is finished, give back what is not, and go.

        Each step is tried whatever became of those before it.
        """
        with contextlib.ExitStack() as steps:
            steps.callback(lambda: self._progress.close(self._standing))
            steps.callback(self._study.leave)
            if not clean:
                steps.callback(self._study.release)
            steps.callback(self._record)
            steps.callback(runner.close, kill=not clean)
            if not clean:
                # Trials may have ended while another one brought the run down.
                steps.callback(lambda: self._take(runner.ended()))

    def _take(self, answers: Sequence[Done]) -> None:
        """Keep the outcomes among the answers of a run that is being broken off."""
        self._answers.extend(answers)
        while self._answers:
            spec, answer = self._answers.popleft()
            if isinstance(answer, Outcome) and spec.claim not in self._strays:
                self._ended.append((spec, answer))

    def _beat(self, quiet: threading.Event, interval: float) -> None:
        while not quiet.wait(interval):
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
        if standing.failed and standing.done >= standing.total:
            _logger.warning(
                "Nothing is left to run of %s, and %d of its trials failed; once the cause is "
                "mended, retry_failed=True runs them again.",
                self._study.name,
                standing.failed,
            )
        if not self._succeeded or standing.done >= standing.total:
            return
        best = None
        for key, values in self._study.scored():
            if self._note(values):
                best = key
        if best is not None and self._goals.is_single:
            standing.best_params = self._study.records([best])[0].params

    def _work(self, runner: Runner, signals: StopSignals) -> str:
        started = time.monotonic()
        timeout = self._limits.timeout
        while True:
            if timeout is not None and time.monotonic() - started >= timeout:
                self._stop = self._stop or "timeout"
            if signals.received is not None and self._stop != "interrupted":
                self._stop = "interrupted"
                self._stop_by = time.monotonic() + self._limits.stop_grace
            room = 0 if self._stop else runner.size - len(self._running) - len(self._strays)
            self._exchange(runner, room)
            if not self._running:
                if self._stop:
                    return self._stop
                if self._is_worked_off(runner):
                    return "exhausted" if self._study.is_exhausted else "finished"
                time.sleep(_POLL_SECONDS)
                continue
            if time.monotonic() >= self._stop_by:
                return "interrupted"
            if time.monotonic() - self._recovered > _RECOVER_SECONDS:
                self._recover(runner)
            self._progress.show(self._standing)
            self._collect(runner)
            self._check_failures()

    def _exchange(self, runner: Runner, room: int) -> None:
        if not self._ended and not room:
            return
        busy = {claim.trial_id for claim in self._strays}
        for spec in self._record(room, busy):
            self._running[spec.claim] = spec
            self._callbacks.tell("on_trial_start", spec)
            runner.submit(spec)
        self._standing.running = len(self._running)

    def _record(self, room: int = 0, busy: Collection[int] = ()) -> list[TrialSpec]:
        """Record what has ended, claim as many trials as there is room for, and return these."""
        if not self._ended and not room:
            return []
        exchanged = self._study.exchange(self._ended, room, busy)
        recorded = [each for each in self._ended if each[0].claim not in exchanged.late]
        self._ended = []
        for spec, outcome in recorded:
            self._callbacks.tell("on_trial_recorded", spec, outcome)
        return exchanged.specs

    def _is_worked_off(self, runner: Runner) -> bool:
        """Whether nothing is left, after taking over from drivers that are gone."""
        held = self._recover(runner)
        return not held and not self._study.counts()[TrialState.WAITING]

    def _recover(self, runner: Runner) -> int:
        """Look after the other drivers; return how many trials they are running."""
        self._recovered = time.monotonic()
        limits = self._limits
        mine = [*self._running, *(spec.claim for spec, _ in self._ended)]
        found = self._study.recover(mine, limits.grace_period, limits.max_retries)
        for claim in found.lost:
            spec = self._running.pop(claim, None)
            if spec is not None:
                _logger.warning(
                    "Trial %d was taken over by another process while this one was silent; its run "
                    "here is dropped.",
                    spec.number,
                )
                if not runner.drop(claim):
                    self._strays.add(claim)
        return found.held

    def _collect(self, runner: Runner) -> None:
        self._answers.extend(runner.wait(_WAIT_SECONDS))
        wrong: MetricError | None = None
        while self._answers:
            # Taken off only when it is dealt with: an interrupt in between loses nothing.
            spec, answer = self._answers[0]
            if spec.claim in self._strays:
                self._strays.discard(spec.claim)
            elif isinstance(answer, MetricError):
                wrong = answer
                self._study.requeue(spec.claim)
            elif isinstance(answer, TrialInterrupted):
                self._study.requeue(spec.claim)
            elif isinstance(answer, WorkerDiedError) and spec.attempt < self._limits.max_retries:
                _logger.warning(
                    "The worker of trial %d died (%s); the trial is requeued.", spec.number, answer
                )
                self._study.requeue(spec.claim, charge=True)
            else:
                outcome = answer if isinstance(answer, Outcome) else _failure(answer, spec)
                self._ended.append((spec, outcome))
                self._judge(spec, outcome)
                if self._callbacks.tell("on_trial_end", spec, outcome):
                    self._stop = self._stop or "callback"
            self._answers.popleft()
            self._running.pop(spec.claim, None)
        if wrong is not None:
            raise wrong

    def _judge(self, spec: TrialSpec, outcome: Outcome) -> None:
        self._standing.done += 1
        if outcome.state is TrialState.FAIL:
            self._standing.failed += 1
            self._failures.append(outcome)
            _logger.info("Trial %d failed: %s", spec.number, outcome.error)
            if len(self._failures) == 1:
                self._progress.tell(first_failure(spec.number, spec.params, outcome))
        if outcome.state is TrialState.PRUNED:
            self._standing.pruned += 1
            self._since_best += 1
        if outcome.state is not TrialState.COMPLETE:
            return
        self._succeeded = True
        if self._note(outcome.values) and self._goals.is_single:
            self._standing.best_params = spec.params

    def _note(self, values: Sequence[float]) -> bool:
        """Take the values of a complete trial into account; return whether they are the best."""
        self._since_best += 1
        is_best = self._best.improve(values)
        if is_best:
            self._since_best = 0
            if self._goals.is_single:
                self._standing.best = values[0]
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
        return is_best

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
