"""Which trials have finished and with what scores, without reading the trials themselves."""

from __future__ import annotations

import sqlalchemy as sa
from optuna.trial import TrialState as OptunaState

from frameworm.search.study.keys import TrialKeys
from frameworm_optuna.database import schema

__all__ = ["read_finished", "read_scored"]

_trials, _values = schema.trials, schema.values
_FINISHED = (OptunaState.COMPLETE, OptunaState.FAIL, OptunaState.PRUNED)
_ROWS = 10_000


def read_finished(connection: sa.Connection, study_id: int) -> TrialKeys:
    """Return the finished trials of a study, in trial order.

    Args:
        connection: A connection to the storage.
        study_id: The study's key.
    """
    query = (
        sa.select(_trials.c.number, _trials.c.trial_id)
        .where(_trials.c.study_id == study_id, _trials.c.state.in_(_FINISHED))
        .order_by(_trials.c.trial_id)
    )
    parts = connection.execute(query).partitions(_ROWS)
    return TrialKeys.of((row[0], row[1]) for rows in parts for row in rows)


def read_scored(connection: sa.Connection, study_id: int) -> list[tuple[int, tuple[float, ...]]]:
    """Return the key and values of each complete trial, in the order in which they finished.

    Args:
        connection: A connection to the storage.
        study_id: The study's key.
    """
    query = (
        sa.select(_trials.c.trial_id, _values.c.value, _values.c.value_type)
        .join(_values, _values.c.trial_id == _trials.c.trial_id)
        .where(_trials.c.study_id == study_id, _trials.c.state == OptunaState.COMPLETE)
        .order_by(_trials.c.datetime_complete, _trials.c.trial_id, _values.c.objective)
    )
    found: dict[int, tuple[float, ...]] = {}
    for rows in connection.execute(query).partitions(_ROWS):
        for key, value, kind in rows:
            found[key] = (*found.get(key, ()), schema.value_of(value, kind))
    return list(found.items())
