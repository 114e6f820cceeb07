"""Claim waiting trials, and give them back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from optuna.trial import TrialState as OptunaState

from frameworm.trial.state import TrialState
from frameworm_optuna.database import schema
from frameworm_optuna.ledger.protocol import Claimed, Running
from frameworm_optuna.ledger.sql_trials import utc_now
from frameworm_optuna.translate.trial_attrs import CLAIM, FIXED

__all__ = ["Claims", "claim_json", "count_states", "held", "requeue", "running"]

_PREFETCH = 256

_trials, _params, _claims = schema.trials, schema.params, schema.system_attrs

_claim = (
    sa.update(_trials)
    .where(_trials.c.trial_id == sa.bindparam("id"))
    .values(state=OptunaState.RUNNING, datetime_start=sa.bindparam("start"))
)
_add_claim = sa.insert(_claims)
_renew_claim = (
    sa.update(_claims)
    .where(_claims.c.trial_id == sa.bindparam("id"), _claims.c.key == CLAIM)
    .values(value_json=sa.bindparam("claim"))
)
_claim_of = (
    sa.select(_claims.c.value_json)
    .where(_claims.c.trial_id == _trials.c.trial_id, _claims.c.key == CLAIM)
    .scalar_subquery()
)
_is_enqueued = sa.exists(
    sa.select(_claims.c.trial_id).where(
        _claims.c.trial_id == _trials.c.trial_id, _claims.c.key == FIXED
    )
)
_WAITING = sa.select(_trials.c.trial_id, _trials.c.number, _claim_of).where(
    _trials.c.study_id == sa.bindparam("study"), _trials.c.state == OptunaState.WAITING
)


def _locked(query: sa.Select[Any]) -> sa.Select[Any]:
    return (
        query.order_by(_trials.c.trial_id)
        .limit(sa.bindparam("count"))
        .with_for_update(skip_locked=True)
    )


_AFTER = _WAITING.where(_trials.c.trial_id > sa.bindparam("after"))
_NEXT = {
    False: _locked(_AFTER),
    True: _locked(_AFTER.where(_trials.c.number < sa.bindparam("below"))),
}
_ENQUEUED = _locked(_WAITING.where(_is_enqueued))


def claim_json(driver: str | None, attempt: int) -> str:
    """Return a claim as its attribute holds it."""
    return json.dumps({"driver": driver, "attempt": attempt})


class Claims:
    """Claims trials for one driver, each time past those claimed before.

    Args:
        study: The study's key.
        driver: The id under which trials are claimed.
    """

    def __init__(self, study: int, driver: str) -> None:
        self._study = study
        self._driver = driver
        self._after = 0
        self._block: dict[int, dict[str, float]] = {}
        self._looked = False

    def look_again(self) -> None:
        """Look for enqueued trials at the next claim."""
        self._looked = False

    def claim(self, connection: sa.Connection, count: int, below: int | None) -> list[Claimed]:
        """Claim up to ``count`` waiting trials: enqueued ones first, then in order.

        Args:
            connection: A connection in a transaction.
            count: How many at the most.
            below: Only trials with a smaller number, and enqueued ones; ``None`` for any.
        """
        rows: list[Any] = [] if self._looked else self._enqueued(connection, count)
        if len(rows) < count:
            room = count - len(rows)
            rows = _joined(rows, self._waiting(connection, self._after, room, below), count)
        if len(rows) < count and self._after:
            # Requeued trials lie behind the cursor.
            rows = _joined(rows, self._waiting(connection, 0, count, below), count)
        if len(rows) < count and self._looked and below is not None:
            # Another process may have enqueued some past the plan.
            rows = _joined(rows, self._enqueued(connection, count), count)
        now = utc_now()
        if rows:
            connection.execute(_claim, [{"id": row[0], "start": now} for row in rows])
        claimed = []
        for trial_id, number, claim in rows:
            attempt = json.loads(claim)["attempt"] if claim else 0
            self.sign(connection, trial_id, attempt, renew=bool(claim))
            params = self._params_of(connection, trial_id)
            claimed.append(Claimed(trial_id, number, params, attempt, bool(claim)))
        return claimed

    def sign(self, connection: sa.Connection, trial_id: int, attempt: int, renew: bool) -> None:
        """Write this driver's claim of a trial."""
        mine = claim_json(self._driver, attempt)
        if renew:
            connection.execute(_renew_claim, {"id": trial_id, "claim": mine})
        else:
            row = {"trial_id": trial_id, "key": CLAIM, "value_json": mine}
            connection.execute(_add_claim, row)

    def _enqueued(self, connection: sa.Connection, count: int) -> list[Any]:
        rows = connection.execute(_ENQUEUED, {"study": self._study, "count": count}).all()
        # As many as asked for means that there may be more.
        self._looked = len(rows) < count
        return list(rows)

    def _waiting(
        self, connection: sa.Connection, after: int, count: int, below: int | None
    ) -> Sequence[Any]:
        bounds = {"study": self._study, "after": after, "count": count}
        if below is not None:
            bounds["below"] = below
        rows = connection.execute(_NEXT[below is not None], bounds).all()
        if rows:
            self._after = max(self._after, rows[-1][0])
        return rows

    def _params_of(self, connection: sa.Connection, trial_id: int) -> dict[str, float]:
        """Return a planned trial's parameters, read a block at a time: they never change."""
        found = self._block.pop(trial_id, None)
        if found is not None:
            return found
        query = (
            sa.select(_params.c.trial_id, _params.c.param_name, _params.c.param_value)
            .join(_trials, _trials.c.trial_id == _params.c.trial_id)
            .where(
                _trials.c.study_id == self._study,
                _params.c.trial_id >= trial_id,
                _params.c.trial_id < trial_id + _PREFETCH,
            )
            .order_by(_params.c.param_id)
        )
        block: dict[int, dict[str, float]] = {}
        for id_, name, value in connection.execute(query):
            block.setdefault(id_, {})[name] = value
        self._block = block
        return block.pop(trial_id, {})


def _joined(rows: list[Any], more: Sequence[Any], count: int) -> list[Any]:
    seen = {row[0] for row in rows}
    return [*rows, *(row for row in more if row[0] not in seen)][:count]


def held(trial: Running) -> sa.Select[Any]:
    """Select a row while a trial is claimed as described."""
    return sa.select(_claims.c.trial_id).where(
        _claims.c.trial_id == trial.trial_id,
        _claims.c.key == CLAIM,
        _claims.c.value_json == claim_json(trial.driver, trial.attempt),
    )


def requeue(connection: sa.Connection, trial: Running, charge: bool) -> bool:
    """Put a running trial back to waiting, if it is still as described.

    What it reported goes: the next run of it reports its own.
    """
    updated = connection.execute(
        sa.update(_trials)
        .where(
            _trials.c.trial_id == trial.trial_id,
            _trials.c.state == OptunaState.RUNNING,
            sa.exists(held(trial)),
        )
        .values(state=OptunaState.WAITING, datetime_start=None)
    )
    if updated.rowcount == 0:
        return False
    claim = claim_json(None, trial.attempt + charge)
    connection.execute(_renew_claim, {"id": trial.trial_id, "claim": claim})
    reported = schema.intermediate_values
    connection.execute(sa.delete(reported).where(reported.c.trial_id == trial.trial_id))
    # By these Optuna's successive halving knows how far a trial has risen.
    rungs = _claims.c.key.startswith("completed_rung_")
    connection.execute(sa.delete(_claims).where(_claims.c.trial_id == trial.trial_id, rungs))
    return True


def running(connection: sa.Connection, study: int) -> list[Running]:
    """Return the running trials."""
    query = sa.select(_trials.c.trial_id, _trials.c.number, _claim_of).where(
        _trials.c.study_id == study, _trials.c.state == OptunaState.RUNNING
    )
    found = []
    for trial_id, number, claim in connection.execute(query).all():
        parsed: dict[str, Any] = json.loads(claim) if claim else {"driver": None, "attempt": 0}
        found.append(Running(trial_id, number, parsed["driver"], parsed["attempt"]))
    return found


def count_states(connection: sa.Connection, study: int, below: int | None) -> dict[TrialState, int]:
    """Count the trials by state: those with a smaller number than ``below``, and enqueued ones."""
    query = sa.select(_trials.c.state, sa.func.count()).where(_trials.c.study_id == study)
    if below is not None:
        query = query.where(sa.or_(_trials.c.number < below, _is_enqueued))
    rows = connection.execute(query.group_by(_trials.c.state)).all()
    found = {OptunaState(state).name: count for state, count in rows}
    return {state: found.get(state.value, 0) for state in TrialState}
