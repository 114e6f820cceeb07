"""Put another plan in the place of the one that waiting trials belong to."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from optuna.distributions import BaseDistribution, distribution_to_json
from optuna.trial import TrialState as OptunaState

from frameworm_optuna.database import schema
from frameworm_optuna.database.attributes import lock_study, read_attr, write_attr
from frameworm_optuna.ledger.protocol import PlanChange
from frameworm_optuna.ledger.sql_trials import PLANNED, count_trials, utc_now
from frameworm_optuna.translate.trial_attrs import DIGEST, ERROR, WITHDRAWN, WITHDRAWN_REASON

__all__ = ["restart"]

_trials, _params, _attrs = schema.trials, schema.params, schema.system_attrs


def restart(connection: sa.Connection, study: int, change: PlanChange) -> bool:
    """Plan from the first point again; trials that another driver has started stay as they are.

    Args:
        connection: A connection in a transaction.
        study: The study's key.
        change: What becomes of the trials there are.

    Returns:
        Whether it was done: not where trials or a plan came that the change knows nothing of.
    """
    lock_study(connection, study)
    if change.count not in (None, count_trials(connection, study)):
        return False
    stored = read_attr(connection, study, DIGEST)
    if change.replaces not in (None, stored or ""):
        return False
    if read_attr(connection, study, PLANNED) is not None:
        write_attr(connection, study, PLANNED, "0", new=False)
    if change.digest != (stored or ""):
        write_attr(connection, study, DIGEST, json.dumps(change.digest), new=stored is None)
    everyone = sa.select(_trials.c.number, _trials.c.trial_id).where(_trials.c.study_id == study)
    ids = {row.number: row.trial_id for row in connection.execute(everyone)}
    _write_attrs(connection, {ids[n]: attrs for n, attrs in change.attrs.items() if n in ids})
    query = everyone.where(_trials.c.state == OptunaState.WAITING).with_for_update()
    waiting = {row.number: row.trial_id for row in connection.execute(query)}
    _withdraw(connection, [waiting[n] for n in change.withdrawn if n in waiting])
    points = {waiting[n]: point for n, point in change.points.items() if n in waiting}
    _write_points(connection, points, change.distributions)
    return True


def _write_attrs(connection: sa.Connection, attrs: Mapping[int, Mapping[str, Any]]) -> None:
    rows = [
        {"trial_id": trial_id, "key": key, "value_json": json.dumps(value)}
        for trial_id, found in attrs.items()
        for key, value in found.items()
    ]
    for row in rows:
        place = (_attrs.c.trial_id == row["trial_id"]) & (_attrs.c.key == row["key"])
        connection.execute(sa.delete(_attrs).where(place))
    if rows:
        connection.execute(sa.insert(_attrs), rows)


def _withdraw(connection: sa.Connection, trial_ids: Collection[int]) -> None:
    now = utc_now()
    for trial_id in trial_ids:
        connection.execute(
            sa.update(_trials)
            .where(_trials.c.trial_id == trial_id)
            .values(state=OptunaState.FAIL, datetime_start=now, datetime_complete=now)
        )
    if trial_ids:
        marks = [{"trial_id": id_, "key": WITHDRAWN, "value_json": "true"} for id_ in trial_ids]
        connection.execute(sa.insert(_attrs), marks)
        reason = json.dumps(WITHDRAWN_REASON)
        errors = [{"trial_id": id_, "key": ERROR, "value_json": reason} for id_ in trial_ids]
        connection.execute(sa.insert(schema.user_attrs), errors)


def _write_points(
    connection: sa.Connection,
    points: Mapping[int, Mapping[str, float]],
    distributions: Mapping[str, BaseDistribution],
) -> None:
    texts = {name: distribution_to_json(dist) for name, dist in distributions.items()}
    for trial_id, point in points.items():
        connection.execute(sa.delete(_params).where(_params.c.trial_id == trial_id))
        rows = [
            {
                "trial_id": trial_id,
                "param_name": name,
                "param_value": value,
                "distribution_json": texts[name],
            }
            for name, value in point.items()
        ]
        if rows:
            connection.execute(sa.insert(_params), rows)
