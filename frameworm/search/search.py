"""What every search shares: its study, its results, and running it."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from frameworm.core import Config
from frameworm.core.json_values import Placeholder
from frameworm.errors import (
    ObjectiveError,
    SearchArgumentError,
    StudyMismatchError,
)
from frameworm.experiment.provenance import provenance
from frameworm.search.arguments import count
from frameworm.search.execution.callbacks import Callbacks
from frameworm.search.execution.checkpoints import CheckpointSweep, Keep, check_keep
from frameworm.search.execution.driver import Driver
from frameworm.search.execution.limits import Limits
from frameworm.search.execution.objective import Objective
from frameworm.search.execution.progress import make_progress
from frameworm.search.execution.runners import make_runner
from frameworm.search.findings import SearchOutcome
from frameworm.search.known_points import KnownPoints
from frameworm.search.results.from_study import study_results
from frameworm.search.results.results import SearchResults
from frameworm.search.space.constraints import Constraint, as_constraints, is_allowed, try_out
from frameworm.search.space.spaces import (
    Categorical,
    Dimension,
    check_space,
    expand_search_space,
    sample_configuration,
    warn_of_slips,
)
from frameworm.search.study.backend import Study
from frameworm.search.study.entry_point import find_backend
from frameworm.search.study.settings import Durability, StudySettings
from frameworm.search.study.strategy import Strategy
from frameworm.trial.goals import Goals, Mode

if TYPE_CHECKING:
    from typing_extensions import Self

    from frameworm.core.objects import ConfigLike

__all__ = ["Search"]

_logger = logging.getLogger("frameworm")
_DEFAULT_STORAGE = "sqlite:///frameworm.db"


class Search(SearchOutcome):
    """What every search shares; make a ``GridSearch`` or one of the others."""

    _tag = "search"
    _strategy_name = ""

    def __init__(
        self,
        base_config: ConfigLike,
        search_space: Mapping[str, Any],
        metric: str | Sequence[str],
        mode: Mode | Sequence[Mode],
        *,
        storage: Any = None,
        study_name: str | None = None,
        random_state: int | None = None,
        extend: bool = False,
        durability: Durability = "full",
        constraints: Constraint | Sequence[Constraint] = (),
        pruner: Any = None,
        repeats: int = 1,
        keep_checkpoints: Keep = "best",
    ) -> None:
        self.goals = Goals.of(metric, mode)
        if random_state is not None and (
            isinstance(random_state, bool)
            or not isinstance(random_state, int)
            or not 0 <= random_state < 2**32
        ):
            raise SearchArgumentError(
                f"random_state is a whole number from 0 to 2**32 - 1 or None, got {random_state!r}."
            )
        self.base_config = (
            base_config if isinstance(base_config, Config) else Config.from_object(base_config)
        )
        self.search_space = expand_search_space(search_space)
        check_space(self.search_space, self.base_config.to_dict())
        warn_of_slips(self.search_space, self.base_config.to_dict())
        self.constraints = as_constraints(constraints)
        if self.constraints:
            drawn = sample_configuration(self.search_space, 0)
            try_out(self.constraints, self.base_config.replace(drawn))
        self.pruner = pruner
        if pruner is not None and not self.goals.is_single:
            raise SearchArgumentError("A pruner judges by one metric; leave it out with several.")
        self.repeats = count("repeats", repeats)
        self.keep_checkpoints = check_keep(keep_checkpoints)
        self.storage = _DEFAULT_STORAGE if storage is None else storage
        self.study_name = study_name
        self.random_state = random_state
        self.stop_reason: str | None = None
        self._seed = secrets.randbits(32) if random_state is None else random_state
        self._extend = extend
        self._known = KnownPoints(self.search_space, self.goals.metrics)
        self._durability = durability
        self._results: SearchResults | None = None
        self._study: Study | None = None

    def _strategy(self) -> Strategy:
        raise TypeError("Search is the base of GridSearch and RandomSearch; make one of those.")

    def _dimensions(self) -> dict[str, Dimension]:
        return self.search_space

    def __len__(self) -> int:
        return len(self._strategy())

    def _repr_html_(self) -> str:
        from frameworm.search.results.card import results_card, space_card

        kind = type(self).__name__
        if self._results is None:
            return space_card(kind, self.study_name, self.goals, self.search_space)
        return results_card(self._results.facts, self._results.records, kind)

    @classmethod
    def resume(cls, study_name: str | None = None, storage: Any = None) -> Self:
        """Rebuild a search from its study alone.

        Args:
            study_name: The study's name; may be left out where the storage holds one study only.
            storage: Where it lies; ``sqlite:///frameworm.db`` by default.

        Returns:
            A search with the space, metric, mode, seed and base config the study was begun with.

        Raises:
            StudyNotFoundError: If there is no such study.
            StudyMismatchError: If it is a study of another strategy.
        """
        storage = _DEFAULT_STORAGE if storage is None else storage
        study = find_backend().load(storage, study_name)
        study.close()
        settings = study.settings
        if settings.strategy.name != cls._strategy_name:
            raise StudyMismatchError(
                f"The study {study.name!r} is a {settings.strategy.name} search; resume it with "
                "that class."
            )
        _check_restorable(study.name, settings.space)
        # As a Config, so that an escaped ${...} which was resolved once is not resolved again.
        base = Config().merge(settings.base_config)
        search = cls._from_settings(replace(settings, base_config=base))
        search.storage, search.study_name = storage, study.name
        search.pruner, search.repeats = settings.pruner, settings.repeats
        search._study = study
        search._results = study_results(study)
        return search

    @classmethod
    def _from_settings(cls, settings: StudySettings) -> Self:
        raise TypeError(
            f"{cls.__name__} cannot rebuild {settings.strategy.name}; use the class of that search."
        )

    def enqueue(self, params: Mapping[str, Any]) -> None:
        """Run a configuration first when the search runs next, unless its study has it.

        It counts as one of the trials asked for.

        Args:
            params: Values by dotted key or in sections, or a `Config`; parameters left out are
                drawn.

        Raises:
            SpaceError: If it does not lie in the search space.
        """
        self._known.enqueue(params)

    def add_result(self, params: Mapping[str, Any], metrics: Mapping[str, float]) -> None:
        """Record a result that is already known when the search runs next, unless its study has it.

        It counts as one of the trials asked for, and adaptive searches learn from it.

        Args:
            params: A value for every parameter, by dotted key or in sections, or a `Config`.
            metrics: The metrics searched for, and any others.

        Raises:
            SpaceError: If the point is not complete or does not lie in the search space.
            SearchArgumentError: If a metric is missing.
        """
        self._known.add_result(params, metrics)

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
        gpus: Sequence[int] = (),
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
            n_jobs: Trials at once, each in a process of its own; -1 for one a core. 1 runs them in
                this process.
            experiment_root: Record each trial as an experiment there.
            verbose: Show progress: a bar on a terminal, a line now and then elsewhere.
            early_stopping_patience: Stop after so many trials without a better one.
            timeout: Seconds after which no further trial starts; running ones finish.
            executor: Any ``concurrent.futures`` executor to use instead of local processes;
                ``n_jobs`` then bounds what is in flight.
            gpus: Device numbers given to the worker processes in turn.
            trial_timeout: Seconds after which a trial's worker is killed and the trial fails.
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
            ObjectiveError: If only failures came; the first is the cause.
            MetricError: If the train function did not return the metric.
            NoResultError: If no trial is complete.
        """
        n_jobs = _jobs(n_jobs)
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
        root = None if experiment_root is None else str(Path(experiment_root).absolute())
        objective = Objective(
            train_fn,
            self.base_config.copy(),
            self.goals.metrics,
            experiment_root=root,
            tag=self._tag,
            repeats=self.repeats,
            keeps_checkpoints=self.keep_checkpoints is not None,
        )
        runner = make_runner(
            objective,
            n_jobs,
            executor=executor,
            trial_timeout=trial_timeout,
            gpus=gpus,
        )
        sweep = self._sweep()
        told = Callbacks([*([sweep] if sweep else []), *callbacks])
        self.stop_reason = None
        study = self._open()
        try:
            if self.pruner is not None and (n_jobs > 1 or executor is not None):
                study.check_remote()
            self._known.write(study)
            if retry_failed:
                study.retry_failed()
            driver = Driver(
                study,
                limits,
                self.goals,
                make_progress(study.name, verbose),
                told,
            )
            self.stop_reason = driver.run(runner)
        except (KeyboardInterrupt, SystemExit):
            self.stop_reason = "interrupted"
            raise
        except ObjectiveError:
            self.stop_reason = "max_failures"
            raise
        finally:
            try:
                self._results = study_results(study)
                if sweep is not None:
                    sweep.finish(Path(study.checkpoint_root), self._results.records)
            finally:
                study.close()
            _logger.info("%s ended: %s.", study.name, self.stop_reason or "error")
            told.tell("on_search_end", self)
        if not self.goals.is_single:
            front = self.pareto_front
            return front.configs, [record.values for record in front]  # type: ignore[return-value]
        return self.best_config, self.best_score

    def _is_feasible(self, params: Mapping[str, Any]) -> bool:
        config = self.base_config.replace(params)
        return is_allowed(config, self.constraints)

    def _sweep(self) -> CheckpointSweep | None:
        if self.keep_checkpoints in ("all", None):
            return None
        kept = 1 if self.keep_checkpoints == "best" else int(self.keep_checkpoints or 1)
        return CheckpointSweep(kept, self.goals)

    def _open(self) -> Study:
        if self.random_state is None:
            # Each new study draws its own seed; a resumed one brings the seed it was begun with.
            self._seed = secrets.randbits(32)
        settings = StudySettings(
            space=self._dimensions(),
            strategy=self._strategy(),
            goals=self.goals,
            base_config=self.base_config.to_dict(),
            seeded=self.random_state is not None,
            pruner=self.pruner,
            repeats=self.repeats,
            feasible=self._is_feasible if self.constraints else None,
            provenance=provenance(),
        )
        study = find_backend().open(
            self.storage,
            self.study_name,
            settings,
            extend=self._extend,
            durability=self._durability,
        )
        self._seed = study.settings.strategy.seed
        self._study = study
        return study


def _check_restorable(name: str, space: Mapping[str, Dimension]) -> None:
    for key, dimension in space.items():
        for choice in dimension.choices if isinstance(dimension, Categorical) else ():
            if isinstance(choice, Placeholder):
                raise SearchArgumentError(
                    f"The study {name!r} knows the choice {choice} of {key} only by its name. Make "
                    "the search with its search_space and this study_name instead of resume()."
                )


def _jobs(n_jobs: int) -> int:
    if isinstance(n_jobs, bool) or not isinstance(n_jobs, int) or (n_jobs < 1 and n_jobs != -1):
        raise SearchArgumentError(f"n_jobs is a number of processes from 1, or -1, got {n_jobs!r}.")
    return n_jobs if n_jobs > 0 else os.cpu_count() or 1
