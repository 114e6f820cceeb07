"""List the studies of a storage from counts the database makes, and delete one."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from optuna.storages import BaseStorage
from optuna.study import StudyDirection
from optuna.trial import TrialState as OptunaState

from frameworm.search.study.summary import StudySummary
from frameworm.trial.state import TrialState
from frameworm_optuna.database import schema
from frameworm_optuna.database.storage import PlanStorage
from frameworm_optuna.database.transactions import Transactions
from frameworm_optuna.reading.records import local_time
from frameworm_optuna.translate.directions import goals_of

__all__ = ["delete_study", "list_studies"]

_METRIC_NAMES = "study:metric_names"
_STRATEGY = "frameworm:strategy"
_OF_TRIALS = (
    schema.params,
    schema.values,
    schema.intermediate_values,
    schema.user_attrs,
    schema.system_attrs,
    schema.heartbeats,
)
_OF_STUDIES = (schema.directions, schema.study_user_attrs, schema.study_system_attrs)


def list_studies(storage: BaseStorage) -> list[StudySummary]:
    """Return every study of a storage, in the order they were made.

    Args:
        storage: The storage. Of an SQL database no trial is loaded.
    """
    if isinstance(storage, PlanStorage):
        return Transactions(storage).read(_read)
    return [_summarise(storage, study._study_id) for study in storage.get_all_studies()]


def delete_study(storage: BaseStorage, study_id: int) -> None:
    """Delete a study with all its trials.

    Args:
        storage: The storage.
        study_id: The study's key.
    """
    if not isinstance(storage, PlanStorage):
        storage.delete_study(study_id)
        return
    # Optuna's own way loads every trial first: 20 s for 10,000 of them.
    trial_ids = sa.select(schema.trials.c.trial_id).where(schema.trials.c.study_id == study_id)

    def delete(connection: sa.Connection) -> None:
        for table in _OF_TRIALS:
            connection.execute(sa.delete(table).where(table.c.trial_id.in_(trial_ids)))
        for table in (schema.trials, *_OF_STUDIES, schema.studies):
            connection.execute(sa.delete(table).where(table.c.study_id == study_id))

    Transactions(storage).transact(delete)


def _read(connection: sa.Connection) -> list[StudySummary]:
    trials, values = schema.trials, schema.values
    names = dict(
        connection.execute(
            sa.select(schema.studies.c.study_id, schema.studies.c.study_name).order_by(
                schema.studies.c.study_id
            )
        ).all()
    )
    directions: dict[int, list[StudyDirection]] = defaultdict(list)
    rows = connection.execute(sa.select(schema.directions).order_by(schema.directions.c.objective))
    for row in rows:
        directions[row.study_id].append(row.direction)
    attrs = _attrs(connection)
    counts: dict[int, dict[TrialState, int]] = defaultdict(dict)
    times: dict[int, list[tuple[datetime | None, datetime | None]]] = defaultdict(list)
    by_state = sa.select(
        trials.c.study_id,
        trials.c.state,
        sa.func.count(),
        sa.func.min(trials.c.datetime_start),
        sa.func.max(trials.c.datetime_complete),
    ).group_by(trials.c.study_id, trials.c.state)
    for study_id, state, count, first, last in connection.execute(by_state):
        counts[study_id][TrialState[state.name]] = count
        times[study_id].append((local_time(first), local_time(last)))
    complete = trials.c.state == OptunaState.COMPLETE
    ends = (
        sa.select(trials.c.study_id, sa.func.min(values.c.value), sa.func.max(values.c.value))
        .join(values, values.c.trial_id == trials.c.trial_id)
        .where(complete, values.c.objective == 0)
        .group_by(trials.c.study_id)
    )
    scores = {study_id: (low, high) for study_id, low, high in connection.execute(ends)}
    return [
        _summary(
            name,
            directions[study_id],
            attrs[study_id],
            counts[study_id],
            scores.get(study_id, (None, None)),
            times[study_id],
        )
        for study_id, name in names.items()
    ]


def _attrs(connection: sa.Connection) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for table, key in (
        (schema.study_user_attrs, _STRATEGY),
        (schema.study_system_attrs, _METRIC_NAMES),
    ):
        query = sa.select(table.c.study_id, table.c.value_json).where(table.c.key == key)
        for study_id, stored in connection.execute(query):
            found[study_id][key] = json.loads(stored)
    return found


def _summarise(storage: BaseStorage, study_id: int) -> StudySummary:
    """Return the summary of a study in a storage that is no SQL database."""
    trials = storage.get_all_trials(study_id, deepcopy=False)
    counts: dict[TrialState, int] = defaultdict(int)
    for trial in trials:
        counts[TrialState[trial.state.name]] += 1
    scores = [
        trial.values[0] for trial in trials if trial.state is OptunaState.COMPLETE and trial.values
    ]
    attrs = {
        **storage.get_study_user_attrs(study_id),
        **storage.get_study_system_attrs(study_id),
    }
    return _summary(
        storage.get_study_name_from_id(study_id),
        storage.get_study_directions(study_id),
        attrs,
        counts,
        (min(scores), max(scores)) if scores else (None, None),
        [(trial.datetime_start, trial.datetime_complete) for trial in trials],
    )


def _summary(
    name: str,
    directions: list[StudyDirection],
    attrs: Mapping[str, Any],
    counts: Mapping[TrialState, int],
    scores: tuple[float | None, float | None],
    times: list[tuple[datetime | None, datetime | None]],
) -> StudySummary:
    goals = goals_of(attrs.get(_METRIC_NAMES), directions)
    strategy = attrs.get(_STRATEGY, {})
    started = [first for first, _ in times if first is not None]
    ended = [last for _, last in times if last is not None]
    best = scores[goals.first.mode == "max"] if goals.is_single else None
    return StudySummary(
        name=name,
        strategy=strategy.get("name", ""),
        goals=goals,
        total=max(sum(counts.values()), strategy.get("n_trials", 0)),
        counts=dict(counts),
        best=best,
        started_at=min(started, default=None),
        finished_at=max(ended, default=None),
    )
