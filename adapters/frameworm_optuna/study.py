"""A Frameworm study kept as an Optuna study: implements the port's ``Study``."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, json_to_distribution
from optuna.pruners import BasePruner
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial

from frameworm.checkpoints.names import trial_name
from frameworm.checkpoints.places import inside
from frameworm.checkpoints.study_folder import saved_since
from frameworm.search.study.backend import Exchanged, Recovered
from frameworm.search.study.columns import TrialColumns
from frameworm.search.study.keys import TrialKeys
from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Adaptive, Grid
from frameworm.trial.claim import Claim
from frameworm.trial.outcome import Outcome
from frameworm.trial.record import TrialRecord
from frameworm.trial.spec import TrialSpec
from frameworm.trial.state import TrialState
from frameworm_optuna.database.engines import display_url
from frameworm_optuna.database.failures import patiently
from frameworm_optuna.folders import checkpoint_root
from frameworm_optuna.ledger.abandoned import abandoned
from frameworm_optuna.ledger.driver_record import DriverRecord
from frameworm_optuna.ledger.make import make_ledger
from frameworm_optuna.ledger.protocol import Point
from frameworm_optuna.ledger.recovery import Recovery
from frameworm_optuna.plan.asking import Asking
from frameworm_optuna.plan.completion import Completion
from frameworm_optuna.plan.make import make_planner
from frameworm_optuna.plan.replan import plan_change, plan_digest
from frameworm_optuna.plan.study_points import StudyPoints
from frameworm_optuna.pruning.reporter import Judge, Reporter
from frameworm_optuna.translate.distributions import from_internal, to_distribution, to_internal
from frameworm_optuna.translate.pruners import make_pruner
from frameworm_optuna.translate.settings import check_same, read_settings

__all__ = ["OptunaStudy"]

_logger = logging.getLogger("frameworm")


class OptunaStudy:
    """An opened study: its settings, the plan, and this driver's place in it.

    Args:
        storage: Where the study lies.
        study_id: Its key there.
        name: Its name.
        settings: What it is about; the space's dimensions make the parameters' values.
    """

    def __init__(
        self, storage: BaseStorage, study_id: int, name: str, settings: StudySettings
    ) -> None:
        self.name = name
        self.is_new = False
        self._storage = storage
        self._study_id = study_id
        self._driver = DriverRecord.current()
        self._beats = 0
        self._ledger = make_ledger(storage, study_id, self._driver.id)
        self._recovery = Recovery(self._ledger, name, self._saved_since)
        self._take(settings)

    def _take(self, settings: StudySettings) -> None:
        """Go on with these settings."""
        self.settings = settings
        self._points = StudyPoints(self._storage, self._study_id, settings, self.records)
        self._planner = make_planner(settings, self._points.evaluated)
        self._completion = Completion(self._storage, settings, self._planner)
        self._below = self._planner.below
        for cached in ("native", "_asking"):
            self.__dict__.pop(cached, None)

    @property
    def is_exhausted(self) -> bool:
        """Whether every point of a discrete space was tried."""
        return isinstance(self.settings.strategy, Adaptive) and self._asking.is_exhausted

    @property
    def url(self) -> str | None:
        """The storage's URL without its password; ``None`` for a storage without one."""
        url = getattr(self._storage, "url", None)
        return display_url(url) if isinstance(url, str) else None

    @cached_property
    def native(self) -> optuna.Study:
        """The Optuna study, with the sampler that plain Optuna would go on with."""
        return optuna.load_study(
            study_name=self.name,
            storage=self._storage,
            sampler=self._planner.sampler,
            pruner=self._pruner,
        )

    @property
    def total(self) -> int:
        """How many trials the study shall have in all."""
        return self._planner.total

    def plan(self) -> None:
        """Write every missing point as a waiting trial.

        Raises:
            StudyMismatchError: If another process has extended the space since it was opened.
        """
        while self._is_changed(stored := self._ledger.plan_digest()):
            self._check_still_mine()
            if self._replan(stored):
                break
        distributions = {
            name: to_distribution(dimension) for name, dimension in self.settings.space.items()
        }
        digest = plan_digest(self._planner, self.settings)
        while self._ledger.plan(distributions, self._planner.next_chunk, digest):
            pass
        if self._planner.below is not None:
            # An enqueued trial counts as one of those asked for: it takes the last one's place.
            past = self._ledger.extra_past(self._planner.below)
            self._below = max(0, self._planner.below - past)

    def _is_changed(self, stored: str) -> bool:
        """Whether the waiting trials may be those of other constraints."""
        # Without constraints the first plan notes nothing: only those that come after it do.
        if (stored or self._planner.digest) and stored != plan_digest(self._planner, self.settings):
            return True
        return not isinstance(self.settings.strategy, Grid) and self.settings.feasible is not None

    def _check_still_mine(self) -> None:
        attrs = patiently(lambda: self._storage.get_study_user_attrs(self._study_id))
        stored = read_settings(attrs)
        if stored is not None:
            check_same(self.name, stored, self.settings, extend=False)

    def _replan(self, replaces: str | None = None) -> bool:
        """Put this plan in the place of another, or of any; return whether that was done."""
        change = plan_change(self._planner, self._points, self.settings, replaces)
        return self._ledger.restart_plan(change)

    def extend(self, settings: StudySettings) -> None:
        """Go on with a changed space."""
        self._take(settings)
        while not self._replan():
            pass

    def enqueue(self, params: Mapping[str, Any]) -> bool:
        """Plan a point that is run before all others; return whether it was new."""
        return self._ledger.enqueue(*self._stored(params))

    def add_result(self, params: Mapping[str, Any], outcome: Outcome) -> bool:
        """Record a trial that was run elsewhere; return whether it was new."""
        internal, distributions = self._stored(params)
        return self._ledger.add_finished(distributions, Point(internal), outcome)

    def _stored(
        self, params: Mapping[str, Any]
    ) -> tuple[dict[str, float], dict[str, BaseDistribution]]:
        space = self.settings.space
        internal = {name: to_internal(space[name], value) for name, value in params.items()}
        return internal, {name: to_distribution(space[name]) for name in params}

    def exchange(
        self,
        finished: Sequence[tuple[TrialSpec, Outcome]],
        claims: int,
        busy: Collection[int] = (),
    ) -> Exchanged:
        """Record outcomes and claim waiting trials in one step."""
        outcomes = [(spec.claim, outcome) for spec, outcome in finished]
        held, late = self._ledger.exchange(outcomes, claims, self._below, busy)
        for claim in late:
            _logger.warning(
                "Trial %d of %s was taken over by another process; this outcome is dropped.",
                claim.number,
                self.name,
            )
        specs = [self._spec(*each) for each in held]
        if isinstance(self.settings.strategy, Adaptive):
            started = [(spec.claim, self._stored(spec.params)[0]) for spec in specs]
            in_time = [each for each in outcomes if each[0] not in late]
            self._asking.tell(in_time, started)
            specs += [self._spec(*each) for each in self._asking.ask(claims - len(specs))]
        return Exchanged(specs, late)

    @cached_property
    def _asking(self) -> Asking:
        return Asking(
            self._ledger, self._planner, self.settings, self.name, self._pruner, self._trials
        )

    def _trials(self) -> list[FrozenTrial]:
        return patiently(lambda: self._storage.get_all_trials(self._study_id, deepcopy=False))

    def _spec(self, claim: Claim, values: Mapping[str, float]) -> TrialSpec:
        return TrialSpec(
            claim,
            self._completion.params(claim, values),
            self.name,
            self.settings.strategy.seed,
            self._trial_folder(claim),
            # Where the place was named, no other study's folder is called the same.
            bool(self.settings.checkpoints and self.settings.id),
            None if self._reporter is None else Judge(self._reporter, claim),
        )

    @cached_property
    def checkpoint_root(self) -> str:
        """The folder, or its URL, under which each trial has one for its checkpoints."""
        return checkpoint_root(self._storage, self.name, self.settings)

    def _trial_folder(self, claim: Claim) -> str:
        return inside(self.checkpoint_root, trial_name(claim.number))

    def _saved_since(self, claim: Claim, start: float) -> bool:
        return saved_since(self._trial_folder(claim), claim.starts, start)

    @cached_property
    def _pruner(self) -> BasePruner | None:
        return make_pruner(self.settings.pruner)

    @cached_property
    def _reporter(self) -> Reporter | None:
        if self._pruner is None:
            return None
        return Reporter(self._storage, self._study_id, self.name, self._pruner)

    def check_remote(self) -> None:
        """Raise unless worker processes can report to the study while they run a trial."""
        if self._reporter is not None:
            self._reporter.check_remote()

    def requeue(self, claim: Claim, charge: bool = False) -> bool:
        """Put a claimed trial back to waiting, if its claim still holds."""
        return self._ledger.requeue(claim, charge)

    def release(self) -> None:
        """Put back to waiting whatever this driver still holds."""
        for claim in self._ledger.running():
            if claim.driver == self._driver.id:
                self._ledger.requeue(claim, charge=False)

    def retry_failed(self, numbers: Collection[int] | None = None) -> int:
        """Plan failed trials again; return how many there were."""
        return self._ledger.retry_failed(numbers)

    def recover(self, mine: Collection[Claim], grace: float, max_retries: int) -> Recovered:
        """Requeue trials whose driver is gone."""
        return self._recovery.recover(self._driver, mine, grace, max_retries)

    def join(self, runs_trials: bool, interval: float) -> None:
        """Begin to drive the study: register this driver."""
        self._driver = dataclasses.replace(self._driver, runs_trials=runs_trials, interval=interval)
        self.beat()

    def beat(self) -> None:
        """Show that this driver lives."""
        self._ledger.beat(self._driver, self._beats)
        self._beats += 1

    def leave(self) -> None:
        """Strike this driver off the study."""
        self._ledger.leave(self._driver)

    def counts(self) -> dict[TrialState, int]:
        """Return how many of the trials asked for are in each state."""
        return self._ledger.counts(self._below)

    def records(self, keys: Collection[int] | None = None) -> list[TrialRecord]:
        """Return every trial, or those with these keys, in order of their numbers."""
        return self._ledger.records(self._decode, list(self.settings.space), keys)

    def finished(self) -> TrialKeys:
        """Return the keys of the finished trials."""
        return self._ledger.finished()

    def scored(self) -> list[tuple[int, tuple[float, ...]]]:
        """Return key and values of the complete trials, in the order in which they finished."""
        return self._ledger.scored()

    def columns(self) -> TrialColumns | None:
        """Return the finished trials as columns; ``None`` where only records are to be had."""
        return self._ledger.columns(self.settings.space)

    def abandoned(self) -> frozenset[int]:
        """Return the numbers of running trials whose driver is known to be gone."""
        return abandoned(self._ledger)

    def _decode(self, name: str, internal: float, distribution: str | None) -> Any:
        if distribution is None:
            return from_internal(self.settings.space[name], internal)
        return json_to_distribution(distribution).to_external_repr(internal)

    def close(self) -> None:
        """Give back connections; this driver holds no trial any more."""
        self._driver.end()
        self._ledger.close()
