"""One run of the train function: parameters in, outcome out. This runs in the worker."""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import statistics
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from frameworm.checkpoints.trial_folder import TrialFolder, trial_folder
from frameworm.core import Config
from frameworm.errors import MetricError, TrialInterrupted, TrialPruned, nearest
from frameworm.search.execution.checkpoints import Keep
from frameworm.search.execution.returned import sort_out
from frameworm.trial.current import CurrentTrial, running
from frameworm.trial.group import TrialGroup, current_group
from frameworm.trial.outcome import Outcome, outcome_of
from frameworm.trial.reports import Reports
from frameworm.trial.spec import TrialSpec
from frameworm.trial.state import TrialState
from frameworm.trial.stop_wish import StopWish

__all__ = ["Objective"]

Judge = Callable[[int, float], bool]

_logger = logging.getLogger("frameworm")

_FOLLOWED = Outcome(TrialState.COMPLETE)

_STATUS: dict[TrialState, Literal["completed", "failed", "pruned"]] = {
    TrialState.COMPLETE: "completed",
    TrialState.FAIL: "failed",
    TrialState.PRUNED: "pruned",
}


@dataclass(frozen=True)
class Objective:
    """Everything a worker needs to run any trial of a search; sent to each worker once.

    Attributes:
        train_fn: The user's function from a ``Config`` to metrics.
        base_config: The configuration the parameters are put into.
        metrics: The metrics searched for.
        experiment_root: Where each trial is recorded as an experiment; ``None`` for nowhere.
        tag: The experiments' tag.
        repeats: How often each configuration is run, with another seed each time.
        keep_checkpoints: Which trials keep what they saved, as a search is told.
    """

    train_fn: Callable[[Config], Any]
    base_config: Config
    metrics: tuple[str, ...]
    experiment_root: str | None = None
    tag: str = ""
    repeats: int = 1
    keep_checkpoints: Keep = "best"

    def __call__(self, spec: TrialSpec) -> Outcome:
        """Run one trial, or this process's part of it.

        Args:
            spec: The trial.

        Returns:
            Its outcome; an exception in the train function is a failed trial. In the ranks that
            follow what the train function returned does not count.

        Raises:
            MetricError: If the train function did not return the metric.
        """
        config = self.base_config.replace(spec.params)
        started = time.perf_counter()
        group = current_group()
        follows = group is not None and group.rank > 0
        folder = self._folder(spec, group)
        reports = Reports(self.metrics[0], _shared(spec.judge, group))
        outcomes: list[Outcome] = []
        for repeat in range(self.repeats):
            # What becomes of a rank that follows is for rank 0 to hear, and to tell it.
            trial = CurrentTrial(spec, repeat, reports, StopWish(is_heard=follows), group, folder)
            with _saved_if_interrupted(folder):
                outcomes.append(self._run(config, trial))
            goes_on = outcomes[-1].state is TrialState.COMPLETE
            if group is not None and self.repeats > 1 and (goes_on or not follows):
                goes_on = group.decide(f"repeat {repeat}", None if follows else goes_on)
            if not goes_on:
                break
        outcome = replace(
            outcomes[-1] if follows else self._together(outcomes),
            duration=time.perf_counter() - started,
            worker=_worker(),
            intermediate=reports.values,
        )
        if folder is not None:
            is_kept = outcome.state is TrialState.COMPLETE or self.keep_checkpoints == "all"
            folder.close(keep=is_kept)
        if self.experiment_root is not None and not follows:
            try:
                self._record(spec, outcome, reports)
            except Exception:
                # A result is not lost for what is only a copy of it.
                _logger.warning(
                    "Trial %d is not recorded in %s.",
                    spec.number,
                    self.experiment_root,
                    exc_info=True,
                )
        return outcome

    def _folder(self, spec: TrialSpec, group: TrialGroup | None) -> TrialFolder | None:
        if self.keep_checkpoints is None or spec.checkpoint_dir is None:
            return None
        # Of several processes rank 0 has begun for all before they are here, and saves.
        leads = group is None or group.rank == 0
        return trial_folder(
            spec.checkpoint_dir,
            spec.claim.starts,
            takes_up=spec.takes_up,
            has_begun=group is not None,
            writes=leads,
        )

    def _run(self, config: Config, trial: CurrentTrial) -> Outcome:
        try:
            with running(trial):
                returned = self.train_fn(config)
                outcome = self._judge(returned) if trial.rank == 0 else _FOLLOWED
            if trial.wish.is_told:
                raise TrialInterrupted
            return outcome
        except MetricError:
            # A mistake in the script that every further trial would repeat.
            raise
        except (Exception, SystemExit) as error:
            if _is_pruned(error):
                return Outcome(TrialState.PRUNED, trial.reports.last, trial.reports.latest)
            return Outcome(
                TrialState.FAIL,
                metrics=trial.reports.latest,
                error=f"{type(error).__name__}: {error}",
                traceback=traceback.format_exc(),
            )

    def _together(self, outcomes: list[Outcome]) -> Outcome:
        """Return one outcome for all repeats: means, and sample standard deviations."""
        last = outcomes[-1]
        if len(outcomes) == 1 or last.state is not TrialState.COMPLETE:
            return last
        names = [name for name in last.metrics if all(name in one.metrics for one in outcomes)]
        metrics = {}
        for name in names:
            numbers = [one.metrics[name] for one in outcomes]
            metrics[name] = statistics.fmean(numbers)
            metrics.setdefault(f"{name}_std", statistics.stdev(numbers))
        values = tuple(metrics[name] for name in self.metrics)
        return Outcome(TrialState.COMPLETE, values, metrics, attributes=last.attributes)

    def _judge(self, returned: Any) -> Outcome:
        searched = self.metrics
        if not isinstance(returned, Mapping):
            returned = {searched[0]: returned}
        metrics, attributes = sort_out(returned)
        known = [*metrics, *attributes]
        for name in searched:
            if name not in known:
                raise MetricError(
                    f"The train function returned no {name!r}, which the search is about; it "
                    f"returned {sorted(known)}.{nearest(name, known)} "
                    "Return it, or search with metric= one of these."
                )
            if name in attributes:
                reason = f"the metric {name!r} is no number: {attributes[name]!r}"
                return Outcome(
                    TrialState.FAIL, metrics=metrics, error=reason, attributes=attributes
                )
        values = tuple(metrics[name] for name in searched)
        return replace(outcome_of(values, metrics), attributes=attributes)

    def _record(self, spec: TrialSpec, outcome: Outcome, reports: Reports) -> None:
        from frameworm.experiment import Experiment

        assert self.experiment_root is not None
        Experiment.record(
            f"{spec.study_name}-{spec.number}",
            config=self.base_config.replace(spec.params),
            metrics=dict(outcome.metrics),
            history=reports.history,
            tags=(self.tag,),
            root_dir=self.experiment_root,
            status=_STATUS[outcome.state],
            error=outcome.error,
            study=spec.study_name,
            trial=spec.number,
            duration=outcome.duration,
        )


@contextlib.contextmanager
def _saved_if_interrupted(folder: TrialFolder | None) -> Iterator[None]:
    """End a trial's run with its folder saved where it is to go on, and let go where it failed."""
    try:
        yield
    except (Exception, TrialInterrupted) as error:
        if folder is not None:
            folder.close(keep=isinstance(error, TrialInterrupted))
        raise


def _shared(judge: Judge | None, group: TrialGroup | None) -> Judge | None:
    """Return a judge that says the same in every rank; rank 0's is asked."""
    if judge is None or group is None:
        return judge

    def shared(step: int, value: float) -> bool:
        return group.decide(f"step {step}", None if group.rank else judge(step, value))

    return shared


@cache
def _worker() -> str:
    return f"{platform.node()}:{os.getpid()}"


def _is_pruned(error: BaseException) -> bool:
    """Whether it is ours, or Optuna's, which a train function written for Optuna raises."""
    return isinstance(error, TrialPruned) or any(
        kind.__name__ == "TrialPruned" and kind.__module__.partition(".")[0] == "optuna"
        for kind in type(error).__mro__
    )
