"""Which points the trials of a study are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from optuna.storages import BaseStorage

from frameworm.search.study.settings import StudySettings
from frameworm.trial.record import TrialRecord
from frameworm_optuna.translate.distributions import from_internal, to_distribution, to_internal
from frameworm_optuna.translate.trial_attrs import FIXED, WITHDRAWN_REASON

__all__ = ["PointKey", "StudyPoints", "point_key"]

PointKey = tuple[tuple[str, float], ...]
"""A point as pairs of name and internal number, in order of the names."""


def point_key(values: Mapping[str, float]) -> PointKey:
    """Return what equal points have in common."""
    return tuple(sorted(values.items()))


class StudyPoints:
    """Finds the points of a study's trials.

    Args:
        storage: Where the study lies.
        study_id: Its key there.
        settings: What it is about.
        records: Reads its trials.
    """

    def __init__(
        self,
        storage: BaseStorage,
        study_id: int,
        settings: StudySettings,
        records: Callable[[], list[TrialRecord]],
    ) -> None:
        self._storage = storage
        self._study_id = study_id
        self._space = settings.space
        self._records = records
        self.seen = 0
        """How many trials there were at the last look."""

    def evaluated(self) -> set[PointKey]:
        """Return the points that are planned, running or finished."""
        return {key for _, key in self.pairs() if key is not None}

    def pairs(self) -> list[tuple[TrialRecord, PointKey | None]]:
        """Return each trial that was not withdrawn with its point, ``None`` if it is none."""
        records = self._records()
        self.seen = len(records)
        return [
            (record, self._key(record)) for record in records if record.error != WITHDRAWN_REASON
        ]

    def _key(self, record: TrialRecord) -> PointKey | None:
        params = record.params or self._enqueued(record)
        try:
            return point_key(
                {name: to_internal(self._space[name], value) for name, value in params.items()}
            )
        except (KeyError, ValueError, TypeError):
            return None

    def _enqueued(self, record: TrialRecord) -> Mapping[str, Any]:
        """Return what a trial without parameters shall be run with."""
        trial_id = self._storage.get_trial_id_from_study_id_trial_number(
            self._study_id, record.number
        )
        fixed = self._storage.get_trial_system_attrs(trial_id).get(FIXED, {})
        return {
            name: from_internal(
                self._space[name], to_distribution(self._space[name]).to_internal_repr(value)
            )
            for name, value in fixed.items()
            if name in self._space
        }
