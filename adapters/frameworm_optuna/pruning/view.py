"""What a pruner looks at, read from the tables without what it does not look at.

Optuna reads every unfinished trial of a study anew whenever a pruner asks, and a plan has many.
Here finished trials are read once, running ones anew, and waiting ones never.
"""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from collections.abc import Container, Sequence
from typing import Any

import sqlalchemy as sa
from optuna.storages import BaseStorage, InMemoryStorage
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as OptunaState

from frameworm_optuna.database import schema
from frameworm_optuna.database.failures import patiently
from frameworm_optuna.database.storage import PlanStorage
from frameworm_optuna.quiet import quiet

__all__ = ["PrunerView"]

_PART = 500
_FINISHED = (OptunaState.COMPLETE, OptunaState.PRUNED)

_trials, _reported = schema.trials, schema.intermediate_values


class PrunerView(InMemoryStorage):
    """A study's running, complete and pruned trials, without their parameters.

    Args:
        storage: Where the study lies.
        study_id: Its key there.
        name: Its name, by which Hyperband sorts trials into brackets.
    """

    def __init__(self, storage: PlanStorage, study_id: int, name: str) -> None:
        super().__init__()
        self._origin = storage
        self._origin_id = study_id
        with quiet("optuna.storages._in_memory"):
            self.create_new_study(storage.get_study_directions(study_id), name)
        self._finished: dict[int, FrozenTrial] = {}
        self._running: dict[int, FrozenTrial] = {}

    def refresh(self) -> None:
        """Read what has changed."""
        patiently(self._refresh)

    def _refresh(self) -> None:
        of_study = sa.select(_trials.c.trial_id, _trials.c.number, _trials.c.state).where(
            _trials.c.study_id == self._origin_id
        )
        is_finished = _trials.c.state.in_(_FINISHED)
        with self._origin.engine.connect() as connection:
            running = of_study.where(_trials.c.state == OptunaState.RUNNING)
            self._running = _read(connection, connection.execute(running).all())
            count = connection.scalar(
                sa.select(sa.func.count()).where(_trials.c.study_id == self._origin_id, is_finished)
            )
            if count != len(self._finished):
                rows = connection.execute(of_study.where(is_finished)).all()
                fresh = [row for row in rows if row[0] not in self._finished]
                self._finished.update(_read(connection, fresh))

    def get_all_trials(
        self,
        study_id: int,
        deepcopy: bool = True,
        states: Container[OptunaState] | None = None,
    ) -> list[FrozenTrial]:
        """Return the trials as of the last refresh, in order of their numbers."""
        del study_id, deepcopy
        known = {**self._finished, **self._running}.values()
        found = [trial for trial in known if states is None or trial.state in states]
        return sorted(found, key=lambda trial: trial.number)

    def get_trial(self, trial_id: int) -> FrozenTrial:
        """Return one trial as of the last refresh."""
        return self._running.get(trial_id) or self._finished[trial_id]

    def get_best_trial(self, study_id: int) -> FrozenTrial:
        """Return the best of the complete trials."""
        return BaseStorage.get_best_trial(self, study_id)

    def set_trial_system_attr(self, trial_id: int, key: str, value: Any) -> None:
        """Write an attribute through to the study."""
        patiently(lambda: self._origin.set_trial_system_attr(trial_id, key, value))
        # A copy, as Optuna's own storages do: a pruner may hold a list with the old one.
        trial = copy.copy(self.get_trial(trial_id))
        trial.system_attrs = {**trial.system_attrs, key: value}
        self._running[trial_id] = trial


def _read(connection: sa.Connection, rows: Sequence[Any]) -> dict[int, FrozenTrial]:
    ids = [row[0] for row in rows]
    steps: dict[int, dict[int, float]] = defaultdict(dict)
    for id_, step, value, kind in _of(
        connection, _reported, ids, "step", "intermediate_value", "intermediate_value_type"
    ):
        steps[id_][step] = schema.value_of(value, kind)
    values: dict[int, dict[int, float]] = defaultdict(dict)
    for id_, objective, value, kind in _of(
        connection, schema.values, ids, "objective", "value", "value_type"
    ):
        values[id_][objective] = schema.value_of(value, kind)
    attrs: dict[int, dict[str, Any]] = defaultdict(dict)
    for id_, key, text in _of(connection, schema.system_attrs, ids, "key", "value_json"):
        if key.startswith("completed_rung_"):
            attrs[id_][key] = json.loads(text)
    return {
        id_: FrozenTrial(
            number=number,
            trial_id=id_,
            state=state,
            value=None,
            values=[values[id_][index] for index in sorted(values[id_])] or None,
            datetime_start=None,
            datetime_complete=None,
            params={},
            distributions={},
            user_attrs={},
            system_attrs=attrs[id_],
            intermediate_values=dict(sorted(steps[id_].items())),
        )
        for id_, number, state in rows
    }


def _of(connection: sa.Connection, table: sa.Table, ids: Sequence[int], *columns: str) -> list[Any]:
    query = sa.select(table.c.trial_id, *(table.c[name] for name in columns))
    rows: list[Any] = []
    for start in range(0, len(ids), _PART):
        part = ids[start : start + _PART]
        rows += connection.execute(query.where(table.c.trial_id.in_(part))).all()
    return rows
