"""Write what became of trials into Optuna's tables."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from optuna.trial import TrialState as OptunaState

from frameworm.trial.outcome import Outcome
from frameworm_optuna.database import schema
from frameworm_optuna.ledger.sql_trials import utc_now
from frameworm_optuna.translate.trial_attrs import CLAIM, outcome_attrs

__all__ = ["forget_outcomes", "record", "report", "reset_failed"]

_PART = 500
"""Databases bound the number of parameters in one statement."""

_trials, _reported = schema.trials, schema.intermediate_values

_is_unfinished = sa.or_(
    # Not IN: SQLAlchemy writes its list anew each time, which doubles what the statement costs.
    _trials.c.state == OptunaState.RUNNING,
    _trials.c.state == OptunaState.WAITING,
)
_finish = (
    sa.update(_trials)
    .where(_trials.c.trial_id == sa.bindparam("id"), _is_unfinished)
    .values(
        state=sa.bindparam("new_state"),
        datetime_start=sa.func.coalesce(_trials.c.datetime_start, sa.bindparam("start")),
        datetime_complete=sa.bindparam("end"),
    )
)
_add_value = sa.insert(schema.values)
_add_user_attr = sa.insert(schema.user_attrs)


def record(connection: sa.Connection, trial_id: int, outcome: Outcome) -> bool:
    """Finish a trial.

    Args:
        connection: A connection in a transaction.
        trial_id: The trial's key.
        outcome: What became of it.

    Returns:
        Whether it was not finished before.
    """
    end = utc_now()
    updated = connection.execute(
        _finish,
        {
            "id": trial_id,
            "new_state": OptunaState[outcome.state.value],
            "start": end - datetime.timedelta(seconds=outcome.duration),
            "end": end,
        },
    )
    if updated.rowcount == 0:
        return False
    if outcome.values:
        rows = []
        for objective, value in enumerate(outcome.values):
            stored, kind = schema.stored_value(value)
            rows.append(
                {"trial_id": trial_id, "objective": objective, "value": stored, "value_type": kind}
            )
        connection.execute(_add_value, rows)
    attrs = [
        {"trial_id": trial_id, "key": key, "value_json": text}
        for key, text in outcome_attrs(outcome).items()
    ]
    if attrs:
        connection.execute(_add_user_attr, attrs)
    if outcome.intermediate:
        _add_reported(connection, trial_id, outcome.intermediate)
    return True


def _add_reported(
    connection: sa.Connection, trial_id: int, intermediate: Mapping[int, float]
) -> None:
    """Write reported values, but for those that were written when they were reported."""
    there = set(
        connection.scalars(sa.select(_reported.c.step).where(_reported.c.trial_id == trial_id))
    )
    rows = []
    for step, value in intermediate.items():
        if step not in there:
            stored, kind = schema.stored_intermediate(value)
            rows.append(
                {
                    "trial_id": trial_id,
                    "step": step,
                    "intermediate_value": stored,
                    "intermediate_value_type": kind,
                }
            )
    if rows:
        connection.execute(sa.insert(_reported), rows)


def report(
    connection: sa.Connection, trial_id: int, held: sa.Select[Any], step: int, value: float
) -> bool:
    """Write a reported value of a trial that is still being run.

    Args:
        connection: A connection in a transaction.
        trial_id: The trial's key.
        held: Selects a row while the trial is claimed as the reporter knows it.
        step: The value's step.
        value: The value.

    Returns:
        Whether it is still being run under that claim.
    """
    running = sa.select(_trials.c.trial_id).where(
        _trials.c.trial_id == trial_id, _trials.c.state == OptunaState.RUNNING, sa.exists(held)
    )
    if connection.scalar(running) is None:
        return False
    place = (_reported.c.trial_id == trial_id) & (_reported.c.step == step)
    connection.execute(sa.delete(_reported).where(place))
    _add_reported(connection, trial_id, {step: value})
    return True


def reset_failed(connection: sa.Connection, study: int) -> int:
    """Put failed trials back to waiting, as if they had never been started.

    Args:
        connection: A connection in a transaction.
        study: The study's key.

    Returns:
        How many there were.
    """
    failed = sa.select(_trials.c.trial_id).where(
        _trials.c.study_id == study, _trials.c.state == OptunaState.FAIL
    )
    ids = connection.scalars(failed.with_for_update()).all()
    forget_outcomes(connection, ids)
    claims = sa.delete(schema.system_attrs).where(schema.system_attrs.c.key == CLAIM)
    _in_parts(connection, claims, schema.system_attrs.c.trial_id, ids)
    reset = sa.update(_trials).values(
        state=OptunaState.WAITING, datetime_start=None, datetime_complete=None
    )
    _in_parts(connection, reset, _trials.c.trial_id, ids)
    return len(ids)


def forget_outcomes(connection: sa.Connection, trial_ids: Sequence[int]) -> None:
    """Delete values, metrics and reported values of trials."""
    for table in (schema.values, schema.user_attrs, _reported):
        _in_parts(connection, sa.delete(table), table.c.trial_id, trial_ids)


def _in_parts(
    connection: sa.Connection, statement: Any, column: sa.Column[Any], ids: Sequence[int]
) -> None:
    for start in range(0, len(ids), _PART):
        connection.execute(statement.where(column.in_(ids[start : start + _PART])))
