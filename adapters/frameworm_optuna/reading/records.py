"""Read a study's trials straight from the tables, as records.

A join per table and a pivot in memory; Optuna's own reading builds an object tree per trial, which
takes twenty times as long and several times the memory.
"""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from sys import intern
from typing import Any

import sqlalchemy as sa
from optuna.trial import TrialState as OptunaState

from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState
from frameworm_optuna.database import schema
from frameworm_optuna.translate.trial_attrs import CLAIM, ERROR, TRACEBACK, WORKER, read_metrics

__all__ = ["Decoder", "local_time", "read_records"]

Decoder = Callable[[str, float, "str | None"], Any]
"""Turns a parameter's name, internal number and distribution JSON into the value users see.

The JSON may be ``None`` for a parameter of the study's space, whose dimension is known.
"""

_Condition = sa.ColumnElement[bool]
"""Says which trials are read."""

_ROWS = 2000
_REPEATED = (WORKER, TRACEBACK)
"""Texts that many trials share, kept once."""
_STATES = {state: TrialState(state.name) for state in OptunaState}


def local_time(stored: datetime.datetime | None) -> datetime.datetime | None:
    """Return naive local time, as Optuna shows it, for the naive UTC it stores."""
    if stored is None:
        return None
    return stored.replace(tzinfo=datetime.timezone.utc).astimezone().replace(tzinfo=None)


class _Clock:
    """Does what `local_time` does, for many times of a few quarters of an hour."""

    def __init__(self) -> None:
        self._offsets: dict[datetime.datetime, datetime.timedelta] = {}

    def __call__(self, stored: datetime.datetime | None) -> datetime.datetime | None:
        if stored is None:
            return None
        # Offsets from UTC change at quarters of an hour at the most.
        quarter = stored.replace(minute=stored.minute // 15 * 15, second=0, microsecond=0)
        offset = self._offsets.get(quarter)
        if offset is None:
            local = local_time(quarter)
            assert local is not None
            offset = self._offsets[quarter] = local - quarter
        return stored + offset


def read_records(
    connection: sa.Connection,
    study_id: int,
    decode: Decoder,
    known: Collection[str],
    keys: Collection[int] | None = None,
) -> list[TrialRecord]:
    """Return the trials of a study in order of their numbers.

    Args:
        connection: A connection to the storage.
        study_id: The study's key.
        decode: Makes parameter values of internal numbers.
        known: Names of parameters whose distribution ``decode`` knows.
        keys: Only these trials, some hundreds at the most; by default every trial.
    """
    table = schema.trials
    chosen = table.c.study_id == study_id
    if keys is not None:
        chosen = sa.and_(chosen, table.c.trial_id.in_(keys))
    query = (
        sa.select(
            table.c.trial_id,
            table.c.number,
            table.c.state,
            table.c.datetime_start,
            table.c.datetime_complete,
        )
        .where(chosen)
        .order_by(table.c.number)
    )
    # First of all: a trial that ends while the other tables are read then still counts as running.
    trials = connection.execute(query).all()
    params = _params(connection, chosen, decode, known)
    values = _values(connection, chosen)
    attrs = _user_attrs(connection, chosen)
    reported = _reported(connection, chosen)
    attempts = _attempts(connection, chosen)
    clock = _Clock()
    none: dict[str, Any] = {}
    return [
        TrialRecord(
            number=number,
            state=_STATES[state],
            params=params.get(trial_id, {}),
            values=tuple(values[trial_id]) if state.is_finished() and trial_id in values else None,
            metrics=read_metrics(attrs.get(trial_id, none)),
            error=attrs.get(trial_id, none).get(ERROR),
            started_at=clock(start),
            finished_at=clock(end),
            intermediate=reported.get(trial_id, {}),
            attempts=attempts.get(trial_id, 0),
            worker=attrs.get(trial_id, none).get(WORKER),
            traceback=attrs.get(trial_id, none).get(TRACEBACK),
        )
        for trial_id, number, state, start, end in trials
    ]


def _values(connection: sa.Connection, chosen: _Condition) -> dict[int, list[float]]:
    table = schema.values
    rows = _of_trials(connection, chosen, table, ("value", "value_type"), table.c.objective)
    found: dict[int, list[float]] = defaultdict(list)
    for trial_id, value, kind in rows:
        found[trial_id].append(schema.value_of(value, kind))
    return found


def _user_attrs(connection: sa.Connection, chosen: _Condition) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    parse = json.JSONDecoder().raw_decode
    rows = _of_trials(connection, chosen, schema.user_attrs, ("key", "value_json"))
    for trial_id, key, text in rows:
        value = parse(text)[0]
        found[trial_id][intern(key)] = intern(value) if key in _REPEATED else value
    return found


def _reported(connection: sa.Connection, chosen: _Condition) -> dict[int, dict[int, float]]:
    table = schema.intermediate_values
    columns = ("step", "intermediate_value", "intermediate_value_type")
    found: dict[int, dict[int, float]] = defaultdict(dict)
    for trial_id, step, value, kind in _of_trials(connection, chosen, table, columns, table.c.step):
        found[trial_id][step] = schema.value_of(value, kind)
    return found


def _attempts(connection: sa.Connection, chosen: _Condition) -> dict[int, int]:
    """Return how often trials were charged with an earlier run; most never were."""
    table = schema.system_attrs
    # A first claim ends like this: those are left to the default.
    is_first = table.c.value_json.endswith('"attempt": 0}')
    rows = _of_trials(
        connection,
        chosen,
        table,
        ("value_json",),
        where=sa.and_(table.c.key == CLAIM, ~is_first),
    )
    return {trial_id: json.loads(text)["attempt"] for trial_id, text in rows}


def _params(
    connection: sa.Connection,
    chosen: _Condition,
    decode: Decoder,
    known: Collection[str],
) -> dict[int, dict[str, Any]]:
    column = schema.params.c.param_name
    order = schema.params.c.param_id
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for trial_id, name, value in _of_trials(
        connection,
        chosen,
        schema.params,
        ("param_name", "param_value"),
        order,
        where=column.in_(known),
    ):
        found[trial_id][intern(name)] = decode(name, value, None)
    for trial_id, name, value, text in _of_trials(
        connection,
        chosen,
        schema.params,
        ("param_name", "param_value", "distribution_json"),
        order,
        where=column.not_in(known),
    ):
        found[trial_id][intern(name)] = decode(name, value, text)
    return found


def _of_trials(
    connection: sa.Connection,
    chosen: _Condition,
    table: sa.Table,
    columns: tuple[str, ...],
    order: sa.Column[Any] | None = None,
    where: sa.ColumnElement[bool] | None = None,
) -> Iterator[Any]:
    query = (
        sa.select(table.c.trial_id, *(table.c[name] for name in columns))
        .join(schema.trials, schema.trials.c.trial_id == table.c.trial_id)
        .where(chosen)
    )
    if where is not None:
        query = query.where(where)
    if order is not None:
        query = query.order_by(order)
    # A row at a time costs more than the row, all at once more memory than the records.
    for rows in connection.execute(query).partitions(_ROWS):
        yield from rows
