"""What any Optuna storage says of a study: the reading half of its ledger."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Mapping

from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as OptunaState

from frameworm.search.space.dimensions import Dimension
from frameworm.search.study.columns import TrialColumns
from frameworm.search.study.keys import TrialKeys
from frameworm.trial.claim import Claim
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState
from frameworm_optuna.ledger.claim_json import claim_of, reached_before
from frameworm_optuna.ledger.driver_record import DriverRecord
from frameworm_optuna.ledger.marks import is_extra, left_by_claim
from frameworm_optuna.reading.records import Decoder
from frameworm_optuna.reading.trials import records_of
from frameworm_optuna.translate.trial_attrs import DIGEST, DRIVER

__all__ = ["GenericReader"]

_NEVER = datetime.datetime.max


class GenericReader:
    """What a storage of Optuna's says of a study; see ``Ledger``.

    Args:
        storage: Any Optuna storage.
        study_id: The study's key in it.
    """

    def __init__(self, storage: BaseStorage, study_id: int) -> None:
        self._storage = storage
        self._study = study_id

    def _trials(self, *states: OptunaState) -> list[FrozenTrial]:
        return self._storage.get_all_trials(
            self._study, deepcopy=False, states=states or tuple(OptunaState)
        )

    def progress(self, claim: Claim) -> tuple[float, bool]:
        """Return when a trial was started, and whether it has reported what is new since."""
        trial = self._storage.get_trial(claim.trial_id)
        reached = max(trial.intermediate_values, default=-1)
        start = trial.datetime_start
        return start.timestamp() if start else float("inf"), reached > reached_before(
            left_by_claim(trial)
        )

    def plan_digest(self) -> str:
        """Return the digest of the plan last written, else nothing."""
        return self._storage.get_study_system_attrs(self._study).get(DIGEST) or ""

    def running(self) -> list[Claim]:
        """Return the claims of the running trials."""
        return [
            claim_of(trial._trial_id, trial.number, left_by_claim(trial))
            for trial in self._trials(OptunaState.RUNNING)
        ]

    def counts(self, below: int | None) -> dict[TrialState, int]:
        """Count the trials asked for by state."""
        found = dict.fromkeys(TrialState, 0)
        for trial in self._trials():
            if below is None or trial.number < below or is_extra(trial):
                found[TrialState(trial.state.name)] += 1
        return found

    def extra_past(self, number: int) -> int:
        """Count the enqueued trials and added results from a number on."""
        return sum(trial.number >= number and is_extra(trial) for trial in self._trials())

    def drivers(self) -> dict[str, tuple[DriverRecord, int]]:
        """Return the registered drivers and their heartbeat counts, by id."""
        attrs = self._storage.get_study_system_attrs(self._study)
        found = [
            DriverRecord.from_json(json.loads(stored) if isinstance(stored, str) else stored)
            for key, stored in attrs.items()
            if key.startswith(DRIVER) and stored
        ]
        return {record.id: (record, beat) for record, beat in found}

    def records(
        self, decode: Decoder, known: Collection[str], keys: Collection[int] | None = None
    ) -> list[TrialRecord]:
        """Return every trial, or those with these keys, in order of their numbers."""
        trials = self._trials()
        if keys is not None:
            asked = set(keys)
            trials = [trial for trial in trials if trial._trial_id in asked]
        return records_of(trials, decode, known)

    def finished(self) -> TrialKeys:
        """Return the keys of the finished trials."""
        finished = (trial for trial in self._trials() if trial.state.is_finished())
        return TrialKeys.of(sorted((trial.number, trial._trial_id) for trial in finished))

    def scored(self) -> list[tuple[int, tuple[float, ...]]]:
        """Return key and values of the complete trials, in the order in which they finished."""
        complete = self._trials(OptunaState.COMPLETE)
        complete.sort(key=lambda trial: (trial.datetime_complete or _NEVER, trial.number))
        return [(trial._trial_id, tuple(trial.values)) for trial in complete]

    def columns(self, space: Mapping[str, Dimension]) -> TrialColumns | None:
        """Return nothing: Optuna's interface gives whole trials only."""
        del space
        return None
