"""The ledger for any other Optuna storage, through Optuna's public storage interface.

Slower, and as safe as the storage: a claim is its atomic ``WAITING`` to ``RUNNING`` step. Finished
trials cannot be changed there, so failed ones are retried as new trials.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from optuna.distributions import BaseDistribution, distribution_to_json
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as OptunaState

from frameworm.search.space.spaces import Dimension
from frameworm.search.study.columns import TrialColumns
from frameworm.trial.outcome import Outcome
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState
from frameworm_optuna.ledger.driver_record import Owner
from frameworm_optuna.ledger.protocol import Claimed, PlanChunk, Planned, Running, enqueued
from frameworm_optuna.reading.records import Decoder
from frameworm_optuna.translate.trial_attrs import (
    CLAIM,
    DRIVER,
    ERROR,
    FIXED,
    TRACEBACK,
    WORKER,
    outcome_attrs,
    read_metrics,
)

__all__ = ["StorageLedger"]


class StorageLedger:
    """A study's ledger on a storage of Optuna's.

    Args:
        storage: Any Optuna storage.
        study_id: The study's key in it.
        driver: The id under which trials are claimed.
    """

    def __init__(self, storage: BaseStorage, study_id: int, driver: str) -> None:
        self._storage = storage
        self._study = study_id
        self._driver = driver
        self._planned = 0

    def _trials(self, *states: OptunaState) -> list[FrozenTrial]:
        return self._storage.get_all_trials(
            self._study, deepcopy=False, states=states or tuple(OptunaState)
        )

    def plan(
        self,
        distributions: Mapping[str, BaseDistribution],
        next_chunk: Callable[[int, int], PlanChunk | None],
    ) -> int:
        """Write one chunk of waiting trials; see ``Ledger``."""
        chunk = next_chunk(self._storage.get_n_trials(self._study), self._planned)
        if chunk is None:
            return 0
        for trial in chunk.trials:
            self._add(
                {name: (distributions[name], value) for name, value in trial.params.items()},
                dict(trial.system_attrs),
            )
        self._planned = chunk.planned
        return max(1, len(chunk.trials))

    def create(
        self,
        distributions: Mapping[str, BaseDistribution],
        trials: Sequence[Planned],
        total: int | None = None,
    ) -> list[Claimed]:
        """Add trials that this driver runs at once; see ``Ledger``.

        The interface has no lock for ``total``: several drivers may pass it by as many trials as
        they start at the very same moment.
        """
        if total is not None:
            room = max(0, total - self._storage.get_n_trials(self._study))
            trials = trials[:room]
        created = []
        for trial in trials:
            claim = {CLAIM: {"driver": self._driver, "attempt": 0}}
            trial_id = self._add(
                {name: (distributions[name], value) for name, value in trial.params.items()},
                {**trial.system_attrs, **claim},
                OptunaState.RUNNING,
            )
            number = self._storage.get_trial_number_from_id(trial_id)
            created.append(Claimed(trial_id, number, trial.params, 0))
        return created

    def enqueue(
        self, params: Mapping[str, float], distributions: Mapping[str, BaseDistribution]
    ) -> int:
        """Add one waiting trial that is claimed before all others; return its number."""
        trial = enqueued(params, distributions)
        trial_id = self._add({}, dict(trial.system_attrs))
        return self._storage.get_trial_number_from_id(trial_id)

    def add_finished(
        self, distributions: Mapping[str, BaseDistribution], trial: Planned, outcome: Outcome
    ) -> int:
        """Add one finished trial; return its number."""
        params = {name: (distributions[name], value) for name, value in trial.params.items()}
        trial_id = self._add(params, dict(trial.system_attrs), OptunaState.RUNNING)
        self._record(trial_id, outcome)
        return self._storage.get_trial_number_from_id(trial_id)

    def report(self, trial: Running, step: int, value: float) -> bool:
        """Write a reported value; return whether the trial is still run under that claim."""
        held = self._storage.get_trial(trial.trial_id)
        if held.state is not OptunaState.RUNNING or _running(held) != trial:
            return False
        self._storage.set_trial_intermediate_value(trial.trial_id, step, value)
        return True

    def _add(
        self,
        params: Mapping[str, tuple[BaseDistribution, float]],
        attrs: dict[str, Any],
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
            params={name: dist.to_external_repr(v) for name, (dist, v) in params.items()},
            distributions={name: dist for name, (dist, _) in params.items()},
            user_attrs={},
            system_attrs=attrs,
            intermediate_values={},
        )
        return self._storage.create_new_trial(self._study, template_trial=template)

    def exchange(
        self,
        finished: Sequence[tuple[int, Outcome]],
        claims: int,
        below: int | None,
    ) -> tuple[list[Claimed], list[int]]:
        """Record outcomes and claim trials; see ``Ledger``."""
        late = [trial_id for trial_id, outcome in finished if not self._record(trial_id, outcome)]
        return self._claim(claims, below), late

    def _record(self, trial_id: int, outcome: Outcome) -> bool:
        try:
            if self._storage.get_trial(trial_id).state is OptunaState.WAITING:
                self._storage.set_trial_state_values(trial_id, OptunaState.RUNNING)
            for key, text in outcome_attrs(outcome).items():
                self._storage.set_trial_user_attr(trial_id, key, json.loads(text))
            for step, value in outcome.intermediate.items():
                self._storage.set_trial_intermediate_value(trial_id, step, value)
            return self._storage.set_trial_state_values(
                trial_id, OptunaState[outcome.state.value], list(outcome.values) or None
            )
        except UpdateFinishedTrialError:
            return False

    def _claim(self, claims: int, below: int | None) -> list[Claimed]:
        claimed: list[Claimed] = []
        if not claims:
            return claimed
        waiting = self._trials(OptunaState.WAITING)
        for trial in sorted(waiting, key=lambda trial: (not _is_enqueued(trial), trial.number)):
            if below is not None and trial.number >= below and not _is_enqueued(trial):
                continue
            try:
                if not self._storage.set_trial_state_values(trial._trial_id, OptunaState.RUNNING):
                    continue
            except UpdateFinishedTrialError:
                continue
            again = CLAIM in trial.system_attrs
            attempt = trial.system_attrs[CLAIM]["attempt"] if again else 0
            self._mark(trial._trial_id, self._driver, attempt)
            params = {
                name: trial.distributions[name].to_internal_repr(value)
                for name, value in trial.params.items()
            }
            claimed.append(Claimed(trial._trial_id, trial.number, params, attempt, again))
            if len(claimed) == claims:
                break
        return claimed

    def _mark(self, trial_id: int, driver: str | None, attempt: int) -> None:
        self._storage.set_trial_system_attr(trial_id, CLAIM, {"driver": driver, "attempt": attempt})

    def requeue(self, trial: Running, charge: bool) -> bool:
        """Put a trial back to waiting; see ``Ledger``."""
        held = self._storage.get_trial(trial.trial_id)
        if held.state is not OptunaState.RUNNING or _running(held) != trial:
            return False
        self._mark(trial.trial_id, None, trial.attempt + charge)
        self._storage.set_trial_state_values(trial.trial_id, OptunaState.WAITING)
        return True

    def retry_failed(self) -> int:
        """Plan failed trials again; see ``Ledger``."""
        last = {repr(trial.params): trial for trial in self._trials()}
        # Of trials with the same parameters only the newest counts: the others were retried.
        failed = [trial for trial in last.values() if trial.state is OptunaState.FAIL]
        for trial in failed:
            internal = {
                name: (dist, dist.to_internal_repr(trial.params[name]))
                for name, dist in trial.distributions.items()
            }
            attrs = {key: value for key, value in trial.system_attrs.items() if key != CLAIM}
            self._add(internal, attrs)
        return len(failed)

    def restart_plan(self, attrs: Mapping[int, Mapping[str, Any]]) -> None:
        """Plan from the first point again; finished trials keep their attributes here."""
        del attrs
        self._planned = 0

    def running(self) -> list[Running]:
        """Return the running trials; see ``Ledger``."""
        return [_running(trial) for trial in self._trials(OptunaState.RUNNING)]

    def counts(self, below: int | None) -> dict[TrialState, int]:
        """Count the trials by state; see ``Ledger``."""
        found = dict.fromkeys(TrialState, 0)
        for trial in self._trials():
            if below is None or trial.number < below or _is_enqueued(trial):
                found[TrialState(trial.state.name)] += 1
        return found

    def beat(self, owner: Owner, count: int) -> None:
        """Renew a driver; see ``Ledger``."""
        text = owner.to_json(count)
        self._storage.set_study_system_attr(self._study, DRIVER + owner.id, text)

    def leave(self, owner: Owner) -> None:
        """Strike a driver off; see ``Ledger``."""
        self._storage.set_study_system_attr(self._study, DRIVER + owner.id, "")

    def drivers(self) -> dict[str, tuple[Owner, int]]:
        """Return the drivers; see ``Ledger``."""
        attrs = self._storage.get_study_system_attrs(self._study)
        found = [
            Owner.from_json(text)
            for key, text in attrs.items()
            if key.startswith(DRIVER) and isinstance(text, str) and text
        ]
        return {owner.id: (owner, beat) for owner, beat in found}

    def records(self, decode: Decoder, known: Collection[str]) -> list[TrialRecord]:
        """Return the trials; see ``Ledger``."""
        return [
            TrialRecord(
                number=trial.number,
                state=TrialState(trial.state.name),
                params={
                    name: decode(
                        name,
                        trial.distributions[name].to_internal_repr(value),
                        None if name in known else distribution_to_json(trial.distributions[name]),
                    )
                    for name, value in trial.params.items()
                },
                values=tuple(trial.values) if trial.values else None,
                metrics=read_metrics(trial.user_attrs),
                error=trial.user_attrs.get(ERROR),
                started_at=_naive(trial.datetime_start),
                finished_at=_naive(trial.datetime_complete),
                intermediate=dict(trial.intermediate_values),
                attempts=trial.system_attrs.get(CLAIM, {}).get("attempt", 0),
                worker=trial.user_attrs.get(WORKER),
                traceback=trial.user_attrs.get(TRACEBACK),
            )
            for trial in sorted(self._trials(), key=lambda trial: trial.number)
        ]

    def columns(self, space: Mapping[str, Dimension]) -> TrialColumns | None:
        """Return nothing: Optuna's interface gives whole trials only."""
        del space
        return None

    def close(self) -> None:
        """Nothing to give back: the storage belongs to the caller."""


def _is_enqueued(trial: FrozenTrial) -> bool:
    return FIXED in trial.system_attrs


def _running(trial: FrozenTrial) -> Running:
    claim = trial.system_attrs.get(CLAIM, {"driver": None, "attempt": 0})
    return Running(trial._trial_id, trial.number, claim["driver"], claim["attempt"])


def _naive(time: datetime.datetime | None) -> datetime.datetime | None:
    return time.astimezone().replace(tzinfo=None) if time is not None and time.tzinfo else time
