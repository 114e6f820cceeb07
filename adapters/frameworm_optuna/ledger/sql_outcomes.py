"""Write what became of trials into Optuna's tables."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from optuna.trial import TrialState as OptunaState

from frameworm.trial.claim import Claim
from frameworm.trial.outcome import Outcome
from frameworm_optuna.database import schema
from frameworm_optuna.database.upsert import upsert
from frameworm_optuna.ledger.claim_json import signed
from frameworm_optuna.ledger.sql_claims import held, locked, release
from frameworm_optuna.ledger.sql_trials import utc_now
from frameworm_optuna.translate.trial_attrs import CLAIM, WITHDRAWN, outcome_attrs

__all__ = ["finish", "give_up", "record", "report", "requeue", "reset_failed"]

_PART = 500
"""Databases bound the number of parameters in one statement."""

_trials, _reported, _user_attrs = schema.trials, schema.intermediate_values, schema.user_attrs

_end = sa.update(_trials).values(
    state=sa.bindparam("new_state"),
    datetime_start=sa.func.coalesce(_trials.c.datetime_start, sa.bindparam("start")),
    datetime_complete=sa.bindparam("end"),
)
_finish = _end.where(_trials.c.trial_id == sa.bindparam("id"))
# The claim is compared where the trial is written, which spares a statement.
_finish_held = _end.where(_trials.c.trial_id == held, _trials.c.state == OptunaState.RUNNING)
_requeue = (
    sa.update(_trials)
    .where(_trials.c.trial_id == sa.bindparam("id"))
    .values(state=OptunaState.WAITING, datetime_start=None)
)
_add_value = sa.insert(schema.values)


def record(connection: sa.Connection, claim: Claim, outcome: Outcome) -> bool:
    """Finish a trial that is still claimed.

    Args:
        connection: A connection in a transaction.
        claim: The claim it was run under.
        outcome: What became of it.

    Returns:
        Whether the trial has this outcome now. An outcome that was recorded before, because the
        answer to that commit was lost, is not recorded again.
    """
    if _finish_at_once(connection, claim, outcome):
        return True
    found = locked(connection, claim)
    if found is None:
        return False
    state, _ = found
    if state is OptunaState.RUNNING:
        finish(connection, claim.trial_id, outcome)
    return True


def _finish_at_once(connection: sa.Connection, claim: Claim, outcome: Outcome) -> bool:
    """Finish a trial in whose claim there is nothing but the claim, as there is in most."""
    if connection.dialect.name not in ("sqlite", "postgresql"):
        return False  # MariaDB and MySQL read no table they write
    ended = {**_ended(claim.trial_id, outcome), "claim": signed(claim, None)}
    if not connection.execute(_finish_held, ended).rowcount:
        return False
    _write(connection, claim.trial_id, outcome)
    return True


def give_up(connection: sa.Connection, claim: Claim, outcome: Outcome) -> bool:
    """Fail a trial whose driver is gone; return whether it was still claimed like this."""
    found = locked(connection, claim)
    if found is None or found[0] is not OptunaState.RUNNING:
        return False
    release(connection, claim, charge=True, left=found[1])
    finish(connection, claim.trial_id, outcome)
    return True


def requeue(connection: sa.Connection, claim: Claim, charge: bool) -> bool:
    """Put a running trial back to waiting; return whether it was still claimed like this."""
    found = locked(connection, claim)
    if found is None or found[0] is not OptunaState.RUNNING:
        return False
    release(connection, claim, charge, left=found[1])
    connection.execute(_requeue, {"id": claim.trial_id})
    return True


def finish(connection: sa.Connection, trial_id: int, outcome: Outcome) -> None:
    """Write a trial's outcome.

    Args:
        connection: A connection in a transaction.
        trial_id: The trial's key.
        outcome: What became of it.
    """
    connection.execute(_finish, _ended(trial_id, outcome))
    _write(connection, trial_id, outcome)


def _ended(trial_id: int, outcome: Outcome) -> dict[str, Any]:
    end = utc_now()
    return {
        "id": trial_id,
        "new_state": OptunaState[outcome.state.value],
        "start": end - datetime.timedelta(seconds=outcome.duration),
        "end": end,
    }


def _write(connection: sa.Connection, trial_id: int, outcome: Outcome) -> None:
    if outcome.values:
        rows = []
        for objective, value in enumerate(outcome.values):
            stored, kind = schema.stored_value(value)
            rows.append(
                {"trial_id": trial_id, "objective": objective, "value": stored, "value_type": kind}
            )
        connection.execute(_add_value, rows)
    attrs = outcome_attrs(outcome)
    if attrs:
        # Optuna's enqueue_trial(user_attrs=...) may have left attributes of the same names.
        connection.execute(
            upsert(_user_attrs, connection.dialect.name),
            [{"trial_id": trial_id, "key": key, "value_json": attrs[key]} for key in attrs],
        )
    if outcome.intermediate:
        _add_reported(connection, trial_id, outcome.intermediate)


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


def report(connection: sa.Connection, claim: Claim, step: int, value: float) -> bool:
    """Write a reported value of a trial that is still being run.

    Args:
        connection: A connection in a transaction.
        claim: The claim it is run under.
        step: The value's step.
        value: The value.

    Returns:
        Whether it is still being run under that claim.
    """
    found = locked(connection, claim)
    if found is None or found[0] is not OptunaState.RUNNING:
        return False
    place = (_reported.c.trial_id == claim.trial_id) & (_reported.c.step == step)
    connection.execute(sa.delete(_reported).where(place))
    _add_reported(connection, claim.trial_id, {step: value})
    return True


def reset_failed(connection: sa.Connection, study: int, numbers: Collection[int] | None) -> int:
    """Put failed trials back to waiting, as if they had never been started.

    Args:
        connection: A connection in a transaction.
        study: The study's key.
        numbers: Only these trials; ``None`` for all that failed.

    Returns:
        How many there were.
    """
    attrs = schema.system_attrs
    withdrawn = sa.exists(
        sa.select(attrs.c.trial_id).where(
            attrs.c.trial_id == _trials.c.trial_id, attrs.c.key == WITHDRAWN
        )
    )
    failed = sa.select(_trials.c.trial_id, _trials.c.number).where(
        _trials.c.study_id == study, _trials.c.state == OptunaState.FAIL, ~withdrawn
    )
    rows = connection.execute(failed.with_for_update(of=_trials)).all()
    ids = [id_ for id_, number in rows if numbers is None or number in numbers]
    for table in (schema.values, _user_attrs, _reported):
        _in_parts(connection, sa.delete(table), table.c.trial_id, ids)
    _in_parts(connection, sa.delete(attrs).where(attrs.c.key == CLAIM), attrs.c.trial_id, ids)
    reset = sa.update(_trials).values(
        state=OptunaState.WAITING, datetime_start=None, datetime_complete=None
    )
    _in_parts(connection, reset, _trials.c.trial_id, ids)
    return len(ids)


def _in_parts(
    connection: sa.Connection, statement: Any, column: sa.Column[Any], ids: Sequence[int]
) -> None:
    for start in range(0, len(ids), _PART):
        connection.execute(statement.where(column.in_(ids[start : start + _PART])))
