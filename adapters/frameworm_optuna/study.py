"""A Frameworm study kept as an Optuna study: implements ``frameworm.search.backend.Study``."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

import optuna
from optuna.distributions import json_to_distribution
from optuna.storages import BaseStorage

from frameworm.search.backend import Outcome, StudySettings, TrialRecord, TrialSpec, TrialState
from frameworm.search.owner import Owner
from frameworm.search.strategy import Grid, Random
from frameworm_optuna.distributions import from_internal, to_distribution, to_internal
from frameworm_optuna.ledger import Claimed, Ledger, Running
from frameworm_optuna.planners import make_planner
from frameworm_optuna.sql_ledger import SqlLedger
from frameworm_optuna.storage import PlanStorage, display_url
from frameworm_optuna.storage_ledger import StorageLedger

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
        self._owner = Owner.current()
        self._beats = 0
        self._seen: dict[str, tuple[int, float]] = {}
        self._ledger: Ledger
        if isinstance(storage, PlanStorage):
            self._ledger = SqlLedger(storage, study_id, self._owner.id)
        else:
            self._ledger = StorageLedger(storage, study_id, self._owner.id)
        self._planner = make_planner(settings.strategy, settings.space, self._evaluated)
        self._warned = False

    @property
    def url(self) -> str | None:
        """The storage's URL without its password; ``None`` for a storage without one."""
        url = getattr(self._storage, "url", None)
        return display_url(url) if isinstance(url, str) else None

    @cached_property
    def native(self) -> optuna.Study:
        """The Optuna study, with the sampler that plain Optuna would go on with."""
        return optuna.load_study(
            study_name=self.name, storage=self._storage, sampler=self._planner.sampler
        )

    def plan(self) -> int:
        """Write every missing point as a waiting trial; return how many were written."""
        distributions = {
            name: to_distribution(dimension) for name, dimension in self.settings.space.items()
        }
        written = 0
        while count := self._ledger.plan(distributions, self._planner.next_chunk):
            written += count
        return written

    def _evaluated(self) -> set[tuple[float, ...]]:
        return {key for record in self.records() if (key := self._key(record)) is not None}

    def _key(self, record: TrialRecord) -> tuple[float, ...] | None:
        """Return a trial's point as the planner writes it, ``None`` if it is none of this grid."""
        space = self.settings.space
        if record.params.keys() != space.keys():
            return None
        try:
            return tuple(to_internal(space[name], record.params[name]) for name in sorted(space))
        except (ValueError, TypeError):
            return None

    def extend(self, settings: StudySettings) -> None:
        """Go on with a changed space.

        Trials that are points of the new grid get their new place in it, so that neither this plan
        nor Optuna's ``GridSampler`` evaluates them again.
        """
        self.settings = settings
        self._planner = make_planner(settings.strategy, settings.space, self._evaluated)
        attrs: dict[int, dict[str, Any]] = {}
        if isinstance(settings.strategy, Grid):
            ids = {tuple(self._planner.point(i).values()): i for i in range(self._planner.total)}
            search_space = self._planner.sampler._search_space  # type: ignore[attr-defined]
            for record in self.records():
                grid_id = ids.get(self._key(record) or ())
                if grid_id is not None:
                    attrs[record.number] = {"search_space": search_space, "grid_id": grid_id}
        self._ledger.restart_plan(attrs)
        self.__dict__.pop("native", None)

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
        return [self._spec(trial) for trial in claimed]

    def _spec(self, trial: Claimed) -> TrialSpec:
        space = self.settings.space
        internal = trial.params
        if internal.keys() != space.keys():
            internal = self._complete(trial)
        params = {name: from_internal(space[name], internal[name]) for name in space}
        seed = self.settings.strategy.seed
        return TrialSpec(trial.trial_id, trial.number, params, trial.attempt, self.name, seed)

    def _complete(self, trial: Claimed) -> dict[str, float]:
        """Fill in the parameters of a trial that plain Optuna enqueued."""
        attrs = self._storage.get_trial_system_attrs(trial.trial_id)
        fixed: Mapping[str, Any] = attrs.get("fixed_params", {})
        drawn = self._planner.point(trial.number)
        internal = dict(trial.params)
        for name, dimension in self.settings.space.items():
            if name in internal:
                continue
            distribution = to_distribution(dimension)
            internal[name] = (
                distribution.to_internal_repr(fixed[name]) if name in fixed else drawn[name]
            )
            self._storage.set_trial_param(trial.trial_id, name, internal[name], distribution)
        return internal

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
        """Requeue trials whose driver is gone; see ``frameworm.search.backend.Study``."""
        running = [trial for trial in self._ledger.running() if trial.trial_id not in mine]
        if not running:
            return 0
        drivers = self._ledger.drivers()
        held = 0
        foreign = []
        for trial in running:
            if trial.driver is None:
                foreign.append(trial.number)
            elif trial.driver != self._owner.id and self._lives(drivers.get(trial.driver), grace):
                held += 1
            else:
                # A trial of this driver that is not in flight was claimed by a transaction whose
                # answer was lost; it was never started.
                self._take_back(trial, max_retries, charge=trial.driver != self._owner.id)
        if foreign and not self._warned:
            self._warned = True
            _logger.warning(
                "Trials %s of %s are running under plain Optuna, or were when it died; they are "
                "left alone.",
                foreign,
                self.name,
            )
        return held

    def _take_back(self, trial: Running, max_retries: int, charge: bool) -> None:
        if charge and trial.attempt >= max_retries:
            outcome = Outcome(
                TrialState.FAIL,
                error=f"its process died {trial.attempt + 1} times while running it",
            )
            # Requeueing first makes sure that it is still the dead driver's.
            if self._ledger.requeue(trial, charge):
                self._ledger.exchange([(trial.trial_id, outcome)], 0, None)
        elif self._ledger.requeue(trial, charge):
            _logger.info(
                "Trial %d of %s lost its process and is requeued.", trial.number, self.name
            )

    def _lives(self, driver: tuple[Owner, int] | None, grace: float) -> bool:
        """Whether a driver lives.

        On this host its process tells. For another host its heartbeat must move within the grace
        period as measured here: no two clocks are compared, so a clock that was set, or is wrong,
        neither kills a living driver nor keeps a dead one.
        """
        if driver is None:
            return False
        owner, beat = driver
        alive = owner.is_alive()
        if alive is not None:
            return alive
        now = time.monotonic()
        last, since = self._seen.get(owner.id, (None, now))
        if last != beat:
            self._seen[owner.id] = (beat, now)
            return True
        return now - since <= grace

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

    def _decode(self, name: str, internal: float, distribution: str | None) -> Any:
        if distribution is None:
            return from_internal(self.settings.space[name], internal)
        return json_to_distribution(distribution).to_external_repr(internal)

    def close(self) -> None:
        """Give back connections."""
        self._ledger.close()


def with_strategy_of(stored: StudySettings, asked: StudySettings) -> StudySettings:
    """Return the settings asked for with the seed the study was begun with."""
    seed = stored.strategy.seed
    strategy = asked.strategy
    if isinstance(strategy, Random):
        return dataclasses.replace(asked, strategy=dataclasses.replace(strategy, seed=seed))
    return dataclasses.replace(asked, strategy=dataclasses.replace(strategy, seed=seed))
