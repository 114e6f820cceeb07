"""Trials as columns, the quick way from a database to a frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from frameworm.core.tree import MISSING
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState

__all__ = ["MISSING", "TrialColumns"]


@dataclass
class TrialColumns:
    """Trials as columns; every list has one entry a trial, in trial order.

    Attributes:
        numbers: The trials' numbers.
        states: Where each trial stands.
        scores: The first objective value, ``None`` without one.
        started: Local time without a zone, or ``None``.
        finished: Local time without a zone, or ``None``.
        errors: Why each trial failed, or ``None``.
        params: Values by parameter; `MISSING` where a trial does not have it, ``None`` is a value.
        metrics: Values by metric; ``None`` where a trial did not return it.
    """

    numbers: Sequence[int]
    states: Sequence[TrialState]
    scores: Sequence[float | None]
    started: Sequence[datetime | None]
    finished: Sequence[datetime | None]
    errors: Sequence[str | None]
    params: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    metrics: Mapping[str, Sequence[float | None]] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Sequence[TrialRecord], goals: Sequence[str] = ()) -> TrialColumns:
        """Return the columns of a list of records.

        Args:
            records: The trials.
            goals: The metrics searched for. A trial that another program ran has their values but
                no metrics; the values are the metrics then.
        """
        records = list(records)  # a lazy sequence is read once
        params = dict.fromkeys(key for record in records for key in record.params)
        names = dict.fromkeys(name for record in records for name in record.metrics)
        metrics = {name: [record.metrics.get(name) for record in records] for name in names}
        for place, name in enumerate(goals if len(goals) > 1 else ()):
            found = metrics.get(name, [None] * len(records))
            metrics[name] = [
                _objective(record, place) if value is None else value
                for record, value in zip(records, found, strict=True)
            ]
        return cls(
            numbers=[record.number for record in records],
            states=[record.state for record in records],
            scores=[record.score for record in records],
            started=[record.started_at for record in records],
            finished=[record.finished_at for record in records],
            errors=[record.error for record in records],
            params={key: [record.params.get(key, MISSING) for record in records] for key in params},
            metrics=metrics,
        )


def _objective(record: TrialRecord, place: int) -> float | None:
    is_whole = record.state is TrialState.COMPLETE and len(record.values or ()) > place
    return record.values[place] if is_whole and record.values else None
