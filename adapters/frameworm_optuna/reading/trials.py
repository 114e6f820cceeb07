"""Optuna's own trial objects as records, for storages that give nothing else."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable

from optuna.distributions import distribution_to_json
from optuna.trial import FrozenTrial

from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState
from frameworm_optuna.reading.records import Decoder
from frameworm_optuna.translate.trial_attrs import (
    CLAIM,
    ERROR,
    TRACEBACK,
    WORKER,
    read_metrics,
)

__all__ = ["records_of"]


def records_of(
    trials: Iterable[FrozenTrial], decode: Decoder, known: Collection[str]
) -> list[TrialRecord]:
    """Return trials as records, in order of their numbers.

    Args:
        trials: Optuna's trials.
        decode: Makes parameter values.
        known: Names ``decode`` needs no distribution for.
    """
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
        for trial in sorted(trials, key=lambda trial: trial.number)
    ]


def _naive(time: datetime.datetime | None) -> datetime.datetime | None:
    return time.astimezone().replace(tzinfo=None) if time is not None and time.tzinfo else time
