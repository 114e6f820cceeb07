"""A Frameworm study kept as an Optuna study."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import optuna
from optuna.distributions import BaseDistribution, json_to_distribution
from optuna.pruners import BasePruner
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial

from frameworm.search.space.conditions import holds, ordered
from frameworm.search.study.columns import TrialColumns
from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Adaptive, Random
from frameworm.trial.outcome import Outcome
from frameworm.trial.record import TrialRecord
from frameworm.trial.spec import TrialSpec
from frameworm.trial.state import TrialState
from frameworm_optuna.database.engines import display_url
from frameworm_optuna.database.storage import PlanStorage
from frameworm_optuna.ledger.abandoned import abandoned
from frameworm_optuna.ledger.driver_record import Owner
from frameworm_optuna.ledger.make import make_ledger
from frameworm_optuna.ledger.protocol import Claimed, Planned, Running
from frameworm_optuna.ledger.recovery import Recovery
from frameworm_optuna.plan.grid import GridPlanner
from frameworm_optuna.plan.make import make_planner
from frameworm_optuna.plan.proposer import Asker
from frameworm_optuna.plan.random import RandomPlanner
from frameworm_optuna.pruning.reporter import Judge, Reporter
from frameworm_optuna.translate.distributions import from_internal, to_distribution, to_internal
from frameworm_optuna.translate.pruners import make_pruner
from frameworm_optuna.translate.trial_attrs import FIXED

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
        self.settings = settings
        self._storage = storage
        self._study_id = study_id
        self._owner = Owner.current()
        self._beats = 0
        self._ledger = make_ledger(storage, study_id, self._owner.id)
        self._planner = make_planner(settings, self._evaluated)
        self._recovery = Recovery(self._ledger, self._owner, name)

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

    def plan(self) -> int:
        """Write every missing point as a waiting trial; return how many were written."""
        distributions = {
            name: to_distribution(dimension) for name, dimension in self.settings.space.items()
        }
        written = 0
        while count := self._ledger.plan(distributions, self._planner.next_chunk):
            written += count
        return written

    def _evaluated(self) -> set[tuple[Any, ...]]:
        return {key for record in self.records() if (key := self._key(record)) is not None}

    def _key(self, record: TrialRecord) -> tuple[Any, ...] | None:
        """Return a trial's point as the planner writes it, ``None`` if it is none of this grid."""
        space = self.settings.space
        params = record.params or self._enqueued(record)
        try:
            point = {name: to_internal(space[name], params[name]) for name in sorted(params)}
        except (KeyError, ValueError, TypeError):
            return None
        if isinstance(self._planner, GridPlanner):
            return tuple(point.values()) if point.keys() == space.keys() else None
        return tuple(point.items())

    def _enqueued(self, record: TrialRecord) -> Mapping[str, Any]:
        """Return what a trial without parameters shall be run with."""
        trial_id = self._storage.get_trial_id_from_study_id_trial_number(
            self._study_id, record.number
        )
        fixed = self._storage.get_trial_system_attrs(trial_id).get(FIXED, {})
        space = self.settings.space
        return {
            name: from_internal(
                space[name], to_distribution(space[name]).to_internal_repr(fixed[name])
            )
            for name in fixed
            if name in space
        }

    def enqueue(self, params: Mapping[str, Any]) -> bool:
        """Plan a point that is run before all others; return whether it was new."""
        if self._has(params):
            return False
        internal, distributions = self._stored(params)
        self._ledger.enqueue(internal, distributions)
        return True

    def add_result(self, params: Mapping[str, Any], outcome: Outcome) -> bool:
        """Record a trial that was run elsewhere; return whether it was new."""
        if self._has(params):
            return False
        internal, distributions = self._stored(params)
        self._ledger.add_finished(distributions, Planned(internal), outcome)
        return True

    def _has(self, params: Mapping[str, Any]) -> bool:
        """Whether a trial has these parameters, or was enqueued with them."""
        internal, distributions = self._stored(params)
        fixed = {
            name: distributions[name].to_external_repr(value) for name, value in internal.items()
        }
        return any(
            fixed.items() <= trial.params.items() or trial.system_attrs.get(FIXED) == fixed
            for trial in self._trials()
        )

    def _stored(
        self, params: Mapping[str, Any]
    ) -> tuple[dict[str, float], dict[str, BaseDistribution]]:
        space = self.settings.space
        internal = {name: to_internal(space[name], value) for name, value in params.items()}
        return internal, {name: to_distribution(space[name]) for name in params}

    def extend(self, settings: StudySettings) -> None:
        """Go on with a changed space.

        Trials that are points of the new grid get their new place in it, so that neither this plan
        nor Optuna's ``GridSampler`` evaluates them again.
        """
        self.settings = settings
        self._planner = make_planner(settings, self._evaluated)
        attrs: dict[int, dict[str, Any]] = {}
        if isinstance(self._planner, GridPlanner):
            ids = {tuple(self._planner.point(i).values()): i for i in range(self._planner.total)}
            search_space = self._planner.sampler._search_space
            for record in self.records():
                grid_id = ids.get(self._key(record) or ())
                if grid_id is not None:
                    attrs[record.number] = {"search_space": search_space, "grid_id": grid_id}
        self._ledger.restart_plan(attrs)
        for cached in ("native", "_asker", "_order"):
            self.__dict__.pop(cached, None)

    def exchange(
        self, finished: Sequence[tuple[TrialSpec, Outcome]], claims: int
    ) -> list[TrialSpec]:
        """Record outcomes and claim up to ``claims`` waiting trials in one step."""
        claimed, late = self._ledger.exchange(
            [(spec.trial_id, outcome) for spec, outcome in finished], claims, self._planner.below
        )
        for spec, _ in finished:
            if spec.trial_id in late:
                _logger.warning(
                    "Trial %d of %s was finished by another process; this outcome is dropped.",
                    spec.number,
                    self.name,
                )
        specs = [self._spec(trial) for trial in claimed]
        if isinstance(self.settings.strategy, Adaptive):
            specs += self._ask(finished, specs, claims - len(specs))
        return specs

    def _ask(
        self,
        finished: Sequence[tuple[TrialSpec, Outcome]],
        claimed: Sequence[TrialSpec],
        count: int,
    ) -> list[TrialSpec]:
        """Tell the sampler what has happened, and start up to ``count`` trials it proposes."""
        asker = self._asker
        for spec, outcome in finished:
            asker.finished(spec.number, outcome)
        for spec in claimed:
            asker.started(spec.number, self._internal(spec))
        if count <= 0:
            return []
        counts = self._ledger.counts(None)
        known = sum(counts.values())
        if asker.standing() != (known, sum(counts[s] for s in counts if s.is_finished)):
            asker.sync(self._trials())
        asked = [asker.ask() for _ in range(min(count, self._planner.total - known))]
        if not asked:
            return []
        created = self._ledger.create(
            asker.distributions, [proposal.planned for proposal in asked], self._planner.total
        )
        for proposal, trial in zip(asked, created, strict=False):
            asker.accept(proposal, trial.number)
        for proposal in asked[len(created) :]:
            asker.refuse(proposal)
        return [self._spec(trial) for trial in created]

    @cached_property
    def _asker(self) -> Asker:
        asker = Asker(self.settings, self.name, self._pruner)
        asker.take_up(self._trials())
        return asker

    def _trials(self) -> list[FrozenTrial]:
        return self._storage.get_all_trials(self._study_id, deepcopy=False)

    def _internal(self, spec: TrialSpec) -> dict[str, float]:
        space = self.settings.space
        return {name: to_internal(space[name], value) for name, value in spec.params.items()}

    def _spec(self, trial: Claimed) -> TrialSpec:
        space = self.settings.space
        found: dict[str, Any] = {}
        for name in self._order:
            if holds(space, name, found):
                stored = trial.params.get(name)
                internal = self._fill_in(trial, name) if stored is None else stored
                found[name] = from_internal(space[name], internal)
        params = {name: found[name] for name in space if name in found}
        judge = None
        if self._reporter is not None:
            judge = Judge(self._reporter, trial.trial_id, trial.number, trial.attempt)
        return TrialSpec(
            trial.trial_id,
            trial.number,
            params,
            trial.attempt,
            self.name,
            self.settings.strategy.seed,
            trial.is_restarted,
            f"{self.checkpoint_root}/trial-{trial.number:05d}",
            judge,
        )

    @cached_property
    def checkpoint_root(self) -> str:
        """The folder beside the database under which each trial has one for its checkpoints."""
        folder = Path("frameworm_checkpoints")
        if isinstance(self._storage, PlanStorage) and (file := self._storage.file) is not None:
            folder = file.with_name(f"{file.stem}_checkpoints")
        # A study's name may hold what a folder's may not.
        return str(folder.absolute() / quote(self.name, safe=" "))

    @cached_property
    def _pruner(self) -> BasePruner | None:
        return make_pruner(self.settings.pruner)

    @cached_property
    def _reporter(self) -> Reporter | None:
        if self._pruner is None:
            return None
        return Reporter(self._storage, self._study_id, self.name, self._owner.id, self._pruner)

    def check_remote(self) -> None:
        """Raise unless worker processes can report to the study while they run a trial."""
        if self._reporter is not None:
            self._reporter.check_remote()

    def _fill_in(self, trial: Claimed, name: str) -> float:
        """Decide and store a parameter that an enqueued trial lacks; return its internal number."""
        distribution = to_distribution(self.settings.space[name])
        attrs = self._storage.get_trial_system_attrs(trial.trial_id)
        fixed: Mapping[str, Any] = attrs.get(FIXED, {})
        if name in fixed:
            internal = float(distribution.to_internal_repr(fixed[name]))
        else:
            point = self._planner.point(trial.number)
            if name not in point:
                # It counts only because of what is fixed, so the plan has no value for it.
                draws = Random(trial.number + 1, self.settings.strategy.seed)
                point = RandomPlanner(draws, self.settings.space).point(trial.number)
            internal = point[name]
        self._storage.set_trial_param(trial.trial_id, name, internal, distribution)
        return internal

    @cached_property
    def _order(self) -> list[str]:
        return ordered(self.settings.space)

    def requeue(self, trials: Collection[TrialSpec], charge: bool = False) -> None:
        """Put claimed trials back to waiting."""
        for spec in trials:
            held = Running(spec.trial_id, spec.number, self._owner.id, spec.attempt)
            self._ledger.requeue(held, charge)

    def release(self) -> None:
        """Put back to waiting whatever this driver still holds."""
        for trial in self._ledger.running():
            if trial.driver == self._owner.id:
                self._ledger.requeue(trial, charge=False)

    def retry_failed(self) -> int:
        """Plan every failed trial again; return how many there were."""
        return self._ledger.retry_failed()

    def recover(self, mine: Collection[int], grace: float, max_retries: int) -> int:
        """Requeue trials whose driver is gone; see ``frameworm.search.study.backend.Study``."""
        return self._recovery.recover(mine, grace, max_retries)

    def beat(self) -> None:
        """Show that this driver lives."""
        self._ledger.beat(self._owner, self._beats)
        self._beats += 1

    def leave(self) -> None:
        """Strike this driver off the study."""
        self._ledger.leave(self._owner)

    def counts(self) -> dict[TrialState, int]:
        """Return how many of the trials asked for are in each state."""
        return self._ledger.counts(self._planner.below)

    def records(self) -> list[TrialRecord]:
        """Return every trial in order of their numbers."""
        return self._ledger.records(self._decode, list(self.settings.space))

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
        self._owner.end()
        self._ledger.close()


def with_strategy_of(stored: StudySettings, asked: StudySettings) -> StudySettings:
    """Return the settings asked for with the seed the study was begun with."""
    strategy = dataclasses.replace(asked.strategy, seed=stored.strategy.seed)
    return dataclasses.replace(asked, strategy=strategy)
