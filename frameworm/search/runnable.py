"""The part of a search that runs it."""

from __future__ import annotations

import contextlib
import logging
import os
from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Literal, cast

from frameworm.checkpoints.study_folder import begin_study
from frameworm.core import Config
from frameworm.errors import (
    MetricError,
    ObjectiveError,
    SearchArgumentError,
    StudyNotFoundError,
)
from frameworm.search.execution.callbacks import Callbacks
from frameworm.search.execution.checkpoints import CheckpointSweep, Keep
from frameworm.search.execution.driver import Driver
from frameworm.search.execution.groups.launched import Launch, Leader, find_launch, follow
from frameworm.search.execution.in_process import InProcess
from frameworm.search.execution.limits import Limits
from frameworm.search.execution.objective import Objective
from frameworm.search.execution.progress import make_progress
from frameworm.search.execution.runner import Runner
from frameworm.search.execution.runners import Place, make_runner
from frameworm.search.findings import Findings
from frameworm.search.known_points import KnownPoints
from frameworm.search.options import check_gpus, count, jobs
from frameworm.search.results.failures import failures_text
from frameworm.search.results.from_study import study_results
from frameworm.search.results.results import SearchResults
from frameworm.search.study.backend import Study
from frameworm.search.study.entry_point import find_backend
from frameworm.trial.state import TrialState

__all__ = ["Runnable"]

_logger = logging.getLogger("frameworm")


class Runnable(Findings):
    """What runs a search, once it is known what it is about; the base of ``Search``."""

    _tag = "search"
    _tells_failures = True
    """The command line tells them in its own way."""
    pruner: Any
    repeats: int
    keep_checkpoints: Keep
    stop_reason: str | None
    _known: KnownPoints

    @abstractmethod
    def _open(self) -> Study:
        """Create or resume the study."""

    def run(
        self,
        train_fn: Callable[[Config], Any],
        n_jobs: int = 1,
        experiment_root: str | os.PathLike[str] | None = None,
        verbose: bool = True,
        early_stopping_patience: int | None = None,
        timeout: float | None = None,
        *,
        executor: Executor | None = None,
        gpus: Sequence[int | str] | Literal["auto"] = (),
        trials_per_gpu: int | None = None,
        processes_per_trial: int = 1,
        trial_timeout: float | None = None,
        target: float | None = None,
        max_failures: int = 5,
        max_retries: int = 2,
        retry_failed: bool = False,
        grace_period: float = 120.0,
        stop_grace: float = 10.0,
        callbacks: Iterable[Any] = (),
    ) -> tuple[Config, float]:
        """Work off every planned trial that is not finished yet.

        Args:
            train_fn: From a ``Config`` to a dictionary of metrics, or to the metric itself.
            n_jobs: Trials at once, each in a process of its own; -1 for one a core, or with
                ``gpus`` one a GPU. 1 runs them in this process.
            experiment_root: Record each trial as an experiment there.
            verbose: Show progress: a bar on a terminal, a line now and then elsewhere.
            early_stopping_patience: Stop after so many trials without a better one.
            timeout: Seconds after which no further trial starts; running ones finish.
            executor: Any ``concurrent.futures`` executor to use instead of local processes;
                ``n_jobs`` then bounds what is in flight.
            gpus: Devices given to the worker processes in turn: numbers, or UUIDs of GPUs or MIG
                instances as ``nvidia-smi -L`` lists them; ``"auto"`` for all there are, which may
                be none. With ``executor`` those of each machine its workers are on.
            trials_per_gpu: Trials at once on each GPU; ``n_jobs`` is then as many as fit, or fewer.
            processes_per_trial: Processes that run each trial together, a ``torch.distributed``
                group on this machine with a GPU each (NCCL), or on the CPU (gloo). ``Trainer``
                spreads its data over them; a loop of one's own uses ``DistributedDataParallel``.
                What rank 0 reports and returns counts. A script that ``torchrun`` has started runs
                each trial in all its processes without this argument.
            trial_timeout: Seconds after which a trial's processes are killed and the trial fails.
            target: Stop once a trial is at least as good.
            max_failures: Stop when so many trials failed and none succeeded.
            max_retries: How often a trial whose process died is started again.
            retry_failed: Plan failed trials again first.
            grace_period: Seconds after which a silent driver on another host is given up.
            stop_grace: Seconds that running trials are given to save when a signal (Ctrl-C,
                SIGTERM, SIGHUP) stops the run; a second signal ends at once.
            callbacks: Objects with methods of
                :class:`~frameworm.search.execution.callbacks.SearchCallback`.

        Returns:
            The best configuration and its score; with several objectives the configurations of
            the Pareto front and their values.

        Raises:
            SearchArgumentError: If an argument is outside what it accepts.
            PicklingError: If another process needs the train function and it cannot be pickled.
            StudyMismatchError: If the study to resume is about something else.
            StorageError: If the storage cannot be used.
            CheckpointError: If checkpoints are kept elsewhere and cannot be written there.
            ObjectiveError: If only failures came; the first is the cause.
            ProcessGroupError: If the processes that ``torchrun`` has started lose each other.
            MetricError: If the train function did not return the metric.
            NoResultError: If no trial is complete.
        """
        jobs(n_jobs)
        if not callable(train_fn):
            raise SearchArgumentError(f"train_fn is a function of a Config, got {train_fn!r}.")
        limits = Limits(
            early_stopping_patience=early_stopping_patience,
            timeout=timeout,
            trial_timeout=trial_timeout,
            target=target,
            max_failures=max_failures,
            max_retries=max_retries,
            grace_period=grace_period,
            stop_grace=stop_grace,
        )
        if target is not None and not self.goals.is_single:
            raise SearchArgumentError(
                "target is for one metric; with several stop by n_trials, timeout or "
                "early_stopping_patience."
            )
        check_gpus(gpus)
        if trials_per_gpu is not None:
            count("trials_per_gpu", trials_per_gpu)
        count("processes_per_trial", processes_per_trial)
        place = Place(n_jobs, executor, trial_timeout, gpus, trials_per_gpu, processes_per_trial)
        objective = self._objective(train_fn, experiment_root)
        launch = find_launch()
        if launch is not None:
            place.check_launched()
            if launch.rank:
                return self._follow(objective, launch)
            leader = Leader(objective, launch)
            with leader.dismissing(self._told):
                self._lead(leader, limits, verbose, retry_failed, callbacks)
        else:
            self._lead(make_runner(objective, place), limits, verbose, retry_failed, callbacks)
        return self._best()

    def _lead(
        self,
        runner: Runner,
        limits: Limits,
        verbose: bool,
        retry_failed: bool,
        callbacks: Iterable[Any],
    ) -> None:
        """Open the study and work it off."""
        needs_reach = self.pruner is not None and not isinstance(runner, (InProcess, Leader))
        sweep = self._sweep()
        told = Callbacks([*([sweep] if sweep else []), *callbacks])
        self.stop_reason = None
        study = self._open()
        try:
            if self.keep_checkpoints is not None:
                begin_study(study.checkpoint_root, study.name)
            if needs_reach:
                study.check_remote()
            self._known.write(study)
            if retry_failed:
                study.retry_failed()
            driver = Driver(study, limits, self.goals, make_progress(study.name, verbose), told)
            self.stop_reason = self._drive(driver, runner)
            failed = driver.failed
        except MetricError:
            self._forget(study)
            raise
        finally:
            self._end(study, sweep)
            told.tell("on_search_end", self)
        # Read only where there are any: of a million trials that takes a while.
        if verbose and self._tells_failures and failed:
            _logger.warning(failures_text(self.results.records))

    def _best(self) -> tuple[Config, float]:
        if not self.goals.is_single:
            # A pair of lists: declared, it would cost everybody with one metric an assertion.
            front = self.pareto_front
            best = (front.configs, [record.values for record in front])
            return cast("tuple[Config, float]", best)
        return self.best_config, self.best_score

    def _told(self) -> tuple[SearchResults | None, str | None, str | None]:
        """Return what the other ranks of a launch are told in the end."""
        return self._results, self.stop_reason, self._root

    def _follow(self, objective: Objective, launch: Launch) -> tuple[Config, float]:
        """Run the trials that rank 0 of a launch runs, and end as it does."""
        told, error = follow(objective, launch)
        if told is not None:
            self._results, self.stop_reason, self._followed_root = told
        if error is not None:
            raise error
        return self._best()

    def _objective(
        self, train_fn: Callable[[Config], Any], experiment_root: str | os.PathLike[str] | None
    ) -> Objective:
        root = None if experiment_root is None else str(Path(experiment_root).absolute())
        return Objective(
            train_fn,
            self.base_config.copy(),
            self.goals.metrics,
            experiment_root=root,
            tag=self._tag,
            repeats=self.repeats,
            keep_checkpoints=self.keep_checkpoints,
        )

    def _drive(self, driver: Driver, runner: Runner) -> str:
        """Let a driver work; note why it broke off, if it did."""
        try:
            return driver.run(runner)
        except (KeyboardInterrupt, SystemExit):
            self.stop_reason = "interrupted"
            raise
        except ObjectiveError:
            self.stop_reason = "max_failures"
            raise

    def _forget(self, study: Study) -> None:
        """Delete a study that this run has made and nothing came of: its metric was mistyped."""
        counts = study.counts()
        if study.is_new and not any(counts[s] for s in counts if s is not TrialState.WAITING):
            # One in memory is reached by nobody else, and goes with this process.
            with contextlib.suppress(StudyNotFoundError):
                find_backend().delete(self.storage, study.name)

    def _end(self, study: Study, sweep: CheckpointSweep | None) -> None:
        """Take what the study holds now, and let it go."""
        try:
            self._results = study_results(study)
            if sweep is not None:
                sweep.finish(study.checkpoint_root, self._results.records)
        finally:
            study.close()
            _logger.info("%s ended: %s.", study.name, self.stop_reason or "error")

    def _sweep(self) -> CheckpointSweep | None:
        if self.keep_checkpoints in ("all", None):
            return None
        kept = 1 if self.keep_checkpoints == "best" else int(self.keep_checkpoints or 1)
        return CheckpointSweep(kept, self.goals)
