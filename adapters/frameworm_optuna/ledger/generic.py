"""The ledger for any other Optuna storage, through Optuna's public storage interface.

Slower than ``SqlLedger``. What takes several calls is done under a lock (see ``exclusive``), and a
claim is the storage's atomic ``WAITING`` to ``RUNNING`` step. Finished trials cannot be changed
there, so failed ones are retried as new trials.
"""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from optuna.distributions import BaseDistribution
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as OptunaState

from frameworm.trial.claim import Claim
from frameworm.trial.outcome import Outcome
from frameworm.trial.state import TrialState
from frameworm_optuna.ledger.claim_json import (
    is_held,
    next_claim,
    released,
    signed,
)
from frameworm_optuna.ledger.driver_record import DriverRecord
from frameworm_optuna.ledger.exclusive import exclusive
from frameworm_optuna.ledger.generic_reader import GenericReader
from frameworm_optuna.ledger.marks import internal_values, is_enqueued, left_by_claim
from frameworm_optuna.ledger.protocol import (
    Held,
    PlanChange,
    PlanChunk,
    Point,
    before_taken,
    enqueued,
)
from frameworm_optuna.translate.trial_attrs import (
    ADDED,
    CLAIM,
    DIGEST,
    DRIVER,
    FIXED,
    WITHDRAWN,
    WITHDRAWN_REASON,
    outcome_attrs,
)

__all__ = ["GenericLedger"]


class GenericLedger(GenericReader):
    """A study's ledger on a storage of Optuna's; see ``Ledger``.

    Args:
        storage: Any Optuna storage.
        study_id: The study's key in it.
        driver: The id under which trials are claimed.
    """

    def __init__(self, storage: BaseStorage, study_id: int, driver: str) -> None:
        super().__init__(storage, study_id)
        self._driver = driver
        self._planned = 0

    def plan(
        self,
        distributions: Mapping[str, BaseDistribution],
        next_chunk: Callable[[int, int], PlanChunk | None],
        digest: str = "",
    ) -> bool:
        """Write one chunk of waiting trials; return whether there may be more to plan."""
        with exclusive(self._storage):
            if not self._planned:
                self._end_withdrawn()
            chunk = next_chunk(self._storage.get_n_trials(self._study), self._planned)
            if chunk is None or self.plan_digest() not in ("", digest):
                return False
            for point in chunk.points:
                self._add(distributions, point)
            self._planned = chunk.planned
            return True

    def create(
        self,
        distributions: Mapping[str, BaseDistribution],
        points: Sequence[Point],
        total: int,
        known: int | None = None,
    ) -> list[Held]:
        """Add trials that this driver runs at once."""
        held: list[Held] = []
        with exclusive(self._storage):
            count = self._storage.get_n_trials(self._study)
            room = max(0, total - count)
            if known is not None and known < count:
                later = [trial for trial in self._trials() if trial.number >= known]
                room = min(room, before_taken(points, [internal_values(each) for each in later]))
            first = json.loads(signed(Claim(0, 0, self._driver), None))
            for point in points[:room]:
                mine = Point(point.values, {**point.attrs, CLAIM: first})
                trial_id = self._add(distributions, mine, OptunaState.RUNNING)
                number = self._storage.get_trial_number_from_id(trial_id)
                held.append((Claim(trial_id, number, self._driver), point.values))
        return held

    def enqueue(
        self, values: Mapping[str, float], distributions: Mapping[str, BaseDistribution]
    ) -> bool:
        """Add one waiting trial that is claimed before all others, unless it is there."""
        point = enqueued(values, distributions)
        with exclusive(self._storage):
            is_new = not self._has(point.attrs[FIXED])
            if is_new:
                self._add(distributions, point)
            return is_new

    def add_finished(
        self, distributions: Mapping[str, BaseDistribution], point: Point, outcome: Outcome
    ) -> bool:
        """Add one finished trial, unless the point is there."""
        with exclusive(self._storage):
            if self._has(enqueued(point.values, distributions).attrs[FIXED]):
                return False
            added = Point(point.values, {**point.attrs, ADDED: True})
            self._finish(self._add(distributions, added, OptunaState.RUNNING), outcome)
            return True

    def _has(self, fixed: Mapping[str, Any]) -> bool:
        """Whether a trial has these parameters, or was enqueued with just these."""
        return any(
            fixed.items() <= trial.params.items() or trial.system_attrs.get(FIXED) == fixed
            for trial in self._trials()
        )

    def _add(
        self,
        distributions: Mapping[str, BaseDistribution],
        point: Point,
        state: OptunaState = OptunaState.WAITING,
    ) -> int:
        is_waiting = state is OptunaState.WAITING
        template = FrozenTrial(
            number=-1,
            trial_id=-1,
            state=state,
            value=None,
            values=None,
            datetime_start=None if is_waiting else datetime.datetime.now(),
            datetime_complete=None,
            params={
                name: distributions[name].to_external_repr(value)
                for name, value in point.values.items()
            },
            distributions={name: distributions[name] for name in point.values},
            user_attrs={},
            system_attrs=dict(point.attrs),
            intermediate_values={},
        )
        return self._storage.create_new_trial(self._study, template_trial=template)

    def exchange(
        self,
        finished: Sequence[tuple[Claim, Outcome]],
        claims: int,
        below: int | None,
        busy: Collection[int] = (),
    ) -> tuple[list[Held], list[Claim]]:
        """Record outcomes and claim trials; return the claimed ones and the late outcomes'."""
        with exclusive(self._storage):
            late = [claim for claim, outcome in finished if not self._record(claim, outcome)]
            return self._claim(claims, below, busy), late

    def _record(self, claim: Claim, outcome: Outcome) -> bool:
        trial = self._held(claim)
        if trial is not None and trial.state is OptunaState.RUNNING:
            self._finish(claim.trial_id, outcome)
        return trial is not None

    def _held(self, claim: Claim) -> FrozenTrial | None:
        """Return a trial that is still claimed like this, ``None`` if it was taken away."""
        trial = self._storage.get_trial(claim.trial_id)
        return trial if is_held(claim, left_by_claim(trial)) else None

    def _is_running(self, claim: Claim) -> bool:
        return getattr(self._held(claim), "state", None) is OptunaState.RUNNING

    def _finish(self, trial_id: int, outcome: Outcome) -> None:
        for key, text in outcome_attrs(outcome).items():
            self._storage.set_trial_user_attr(trial_id, key, json.loads(text))
        for step, value in outcome.intermediate.items():
            self._storage.set_trial_intermediate_value(trial_id, step, value)
        state = OptunaState[outcome.state.value]
        self._storage.set_trial_state_values(trial_id, state, list(outcome.values) or None)

    def _claim(self, count: int, below: int | None, busy: Collection[int]) -> list[Held]:
        held: list[Held] = []
        if not count:
            return held
        waiting = self._trials(OptunaState.WAITING)
        for trial in sorted(waiting, key=lambda trial: (not is_enqueued(trial), trial.number)):
            trial_id = trial._trial_id
            is_past = below is not None and trial.number >= below and not is_enqueued(trial)
            if is_past or trial_id in busy:
                continue
            left = left_by_claim(trial)
            claim = next_claim(trial_id, trial.number, self._driver, left)
            # Signed first: killed in between, the trial is still known to be this driver's.
            self._mark(trial_id, signed(claim, left))
            if not self._storage.set_trial_state_values(trial_id, OptunaState.RUNNING):
                # Plain Optuna was first, and must not be taken for this driver.
                with contextlib.suppress(UpdateFinishedTrialError):
                    self._mark(trial_id, released(claim, False, left, None))
                continue
            values = internal_values(trial)
            held.append((claim, values))
            if len(held) == count:
                break
        return held

    def _mark(self, trial_id: int, claim: str) -> None:
        self._storage.set_trial_system_attr(trial_id, CLAIM, json.loads(claim))

    def report(self, claim: Claim, step: int, value: float) -> bool:
        """Write a reported value; return whether the trial is still run under that claim."""
        if not self._is_running(claim):
            return False
        self._storage.set_trial_intermediate_value(claim.trial_id, step, value)
        return True

    def requeue(self, claim: Claim, charge: bool) -> bool:
        """Put a running trial back to waiting, if it is still claimed like this."""
        with exclusive(self._storage):
            if not self._is_running(claim):
                return False
            self._release(claim, charge)
            self._storage.set_trial_state_values(claim.trial_id, OptunaState.WAITING)
            return True

    def give_up(self, claim: Claim, outcome: Outcome) -> bool:
        """Fail a running trial whose driver is gone, if it is still claimed like this."""
        with exclusive(self._storage):
            if not self._is_running(claim):
                return False
            self._release(claim, charge=True)
            self._finish(claim.trial_id, outcome)
            return True

    def _release(self, claim: Claim, charge: bool) -> None:
        trial = self._storage.get_trial(claim.trial_id)
        reached = max(trial.intermediate_values, default=None)
        self._mark(claim.trial_id, released(claim, charge, left_by_claim(trial), reached))

    def retry_failed(self, numbers: Collection[int] | None = None) -> int:
        """Plan failed trials again, as new ones; return how many there were."""
        with exclusive(self._storage):
            last = {repr(trial.params): trial for trial in self._trials()}
            # Of trials with the same parameters only the newest counts: the others were retried.
            failed = [
                trial
                for trial in last.values()
                if trial.state is OptunaState.FAIL
                and WITHDRAWN not in trial.system_attrs
                and (numbers is None or trial.number in numbers)
            ]
            for trial in failed:
                values = internal_values(trial)
                attrs = {key: value for key, value in trial.system_attrs.items() if key != CLAIM}
                self._add(trial.distributions, Point(values, attrs))
            return len(failed)

    def restart_plan(self, change: PlanChange) -> bool:
        """Plan from the first point again; finished trials keep their attributes here."""
        self._planned = 0
        with exclusive(self._storage):
            if change.count not in (None, self._storage.get_n_trials(self._study)):
                return False
            if change.replaces not in (None, self.plan_digest()):
                return False
            for trial in self._trials(OptunaState.WAITING):
                trial_id = trial._trial_id
                if trial.number in change.withdrawn:
                    self._storage.set_trial_system_attr(trial_id, WITHDRAWN, True)
                for name, value in change.points.get(trial.number, {}).items():
                    distribution = change.distributions[name]
                    self._storage.set_trial_param(trial_id, name, value, distribution)
            if change.digest != self.plan_digest():
                self._storage.set_study_system_attr(self._study, DIGEST, change.digest)
            self._end_withdrawn()
        return True

    def _end_withdrawn(self) -> None:
        """Fail the waiting trials that are withdrawn, those too of a driver killed in its midst."""
        for trial in self._trials(OptunaState.WAITING):
            if WITHDRAWN in trial.system_attrs:
                self._finish(trial._trial_id, Outcome(TrialState.FAIL, error=WITHDRAWN_REASON))

    def beat(self, driver: DriverRecord, count: int) -> None:
        """Register a driver or renew its registration."""
        self._storage.set_study_system_attr(self._study, DRIVER + driver.id, driver.to_json(count))

    def leave(self, driver: DriverRecord) -> None:
        """Strike a driver off."""
        self._storage.set_study_system_attr(self._study, DRIVER + driver.id, None)

    def close(self) -> None:
        """Nothing to give back: the storage belongs to the caller."""
