"""Write new trials into Optuna's tables."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from optuna.distributions import BaseDistribution, distribution_to_json
from optuna.trial import TrialState as OptunaState

from frameworm_optuna.database import schema
from frameworm_optuna.database.attributes import lock_study, read_attr, write_attr
from frameworm_optuna.ledger.protocol import PlanChunk, Point
from frameworm_optuna.translate.trial_attrs import ADDED, DIGEST, FIXED

__all__ = [
    "PLANNED",
    "add_trials",
    "count_anew",
    "count_trials",
    "has_point",
    "is_added",
    "points_from",
    "utc_now",
    "write_plan",
]

PLANNED = "frameworm:planned"
"""Study attribute: how many points of the plan have been written."""

_trials, _params, _attrs = schema.trials, schema.params, schema.system_attrs


def utc_now() -> datetime.datetime:
    """Return the time as Optuna 5 stores it: naive, in UTC."""
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


def write_plan(
    connection: sa.Connection,
    study: int,
    distributions: Mapping[str, BaseDistribution],
    next_chunk: Callable[[int, int], PlanChunk | None],
    digest: str,
) -> int | None:
    """Write one chunk of a plan as waiting trials.

    Args:
        connection: A connection in a transaction.
        study: The study's key.
        distributions: The distribution of every parameter.
        next_chunk: From the number of trials and of points planned to what to write next.
        digest: Tells the plan from another one that may have taken its place.

    Returns:
        How many trials were written; ``None`` when all is planned.
    """
    lock_study(connection, study)
    if (read_attr(connection, study, DIGEST) or digest) != digest:
        return None
    count = count_trials(connection, study)
    planned = read_attr(connection, study, PLANNED)
    chunk = next_chunk(count, planned or 0)
    if chunk is None:
        return None
    add_trials(connection, study, distributions, chunk.points, {"state": OptunaState.WAITING})
    write_attr(connection, study, PLANNED, json.dumps(chunk.planned), planned is None)
    return len(chunk.points)


def count_anew(connection: sa.Connection) -> None:
    """Tell PostgreSQL how large the tables have become.

    It learns that by itself within a minute; until then it claims each trial by reading them all.
    """
    if connection.dialect.name == "postgresql":
        for table in (_trials, _params, _attrs):
            connection.exec_driver_sql(f"ANALYZE {table.name}")


def count_trials(connection: sa.Connection, study: int) -> int:
    """Return how many trials a study has, whatever their state; the study is locked."""
    return _last(connection, study)[1] + 1


def _last(connection: sa.Connection, study: int) -> tuple[int, int]:
    """Return key and number of a study's last trial; counting a million would take a second.

    Numbers have no gaps, for nobody deletes a trial, and the keys rise with them.
    """
    query = (
        sa.select(_trials.c.trial_id, _trials.c.number)
        .where(_trials.c.study_id == study)
        .order_by(_trials.c.trial_id.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return (0, -1) if row is None else (row[0], row[1])


def add_trials(
    connection: sa.Connection,
    study: int,
    distributions: Mapping[str, BaseDistribution],
    points: Sequence[Point],
    columns: Mapping[str, Any],
) -> list[tuple[int, int]]:
    """Add trials under the next numbers; the study is locked.

    Args:
        connection: A connection in a transaction.
        study: The study's key.
        distributions: The distribution of every parameter.
        points: Their parameters and attributes.
        columns: State and times, the same for all.

    Returns:
        Key and number of each trial.
    """
    if not points:
        return []
    last_id, last = _last(connection, study)
    first = last + 1
    rows = [
        {"number": number, "study_id": study, **columns}
        for number in range(first, first + len(points))
    ]
    connection.execute(sa.insert(_trials), rows)
    # Under the study's lock these alone are new, on any database, in the order of their numbers.
    query = (
        sa.select(_trials.c.trial_id)
        .where(_trials.c.study_id == study, _trials.c.trial_id > last_id)
        .order_by(_trials.c.trial_id)
    )
    ids = connection.scalars(query).all()
    texts = {name: distribution_to_json(dist) for name, dist in distributions.items()}
    param_rows = [
        {
            "trial_id": id_,
            "param_name": name,
            "param_value": value,
            "distribution_json": texts[name],
        }
        for id_, point in zip(ids, points, strict=True)
        for name, value in point.values.items()
    ]
    if param_rows:
        connection.execute(sa.insert(_params), param_rows)
    written: dict[int, str] = {}
    attr_rows = [
        {"trial_id": id_, "key": key, "value_json": _json(value, written)}
        for id_, point in zip(ids, points, strict=True)
        for key, value in point.attrs.items()
    ]
    if attr_rows:
        connection.execute(sa.insert(_attrs), attr_rows)
    return [(id_, first + index) for index, id_ in enumerate(ids)]


def _json(value: Any, written: dict[int, str]) -> str:
    """Return a value's JSON; all points of a grid carry one and the same space, written once."""
    if id(value) not in written:
        written[id(value)] = json.dumps(value)
    return written[id(value)]


def is_added(connection: sa.Connection, study: int, token: str) -> bool:
    """Whether a trial was added with a token."""
    query = (
        sa.select(_trials.c.number)
        .join(_attrs, _attrs.c.trial_id == _trials.c.trial_id)
        .where(
            _trials.c.study_id == study,
            _attrs.c.key == ADDED,
            _attrs.c.value_json == json.dumps(token),
        )
    )
    return connection.scalar(query) is not None


def points_from(connection: sa.Connection, study: int, number: int) -> list[dict[str, float]]:
    """Return the parameters of the trials from a number on, in internal numbers."""
    query = (
        sa.select(_params.c.trial_id, _params.c.param_name, _params.c.param_value)
        .join(_trials, _trials.c.trial_id == _params.c.trial_id)
        .where(_trials.c.study_id == study, _trials.c.number >= number)
    )
    found: dict[int, dict[str, float]] = {}
    for trial_id, name, value in connection.execute(query):
        found.setdefault(trial_id, {})[name] = value
    return list(found.values())


def has_point(
    connection: sa.Connection, study: int, values: Mapping[str, float], fixed: Mapping[str, Any]
) -> bool:
    """Whether a trial has these parameters, or was enqueued with just these.

    Args:
        connection: A connection in a transaction; the study is locked.
        study: The study's key.
        values: Some or all parameters, in internal numbers.
        fixed: The same as ``enqueue_trial`` would fix them.
    """
    with_all = sa.select(_trials.c.trial_id).where(_trials.c.study_id == study)
    for name, value in values.items():
        held = sa.select(_params.c.trial_id).where(
            _params.c.param_name == name, _params.c.param_value == value
        )
        with_all = with_all.where(_trials.c.trial_id.in_(held))
    if connection.scalar(with_all.limit(1)) is not None:
        return True
    query = (
        sa.select(_attrs.c.value_json)
        .join(_trials, _trials.c.trial_id == _attrs.c.trial_id)
        .where(_trials.c.study_id == study, _attrs.c.key == FIXED)
    )
    return any(json.loads(text) == fixed for text in connection.scalars(query).all())
