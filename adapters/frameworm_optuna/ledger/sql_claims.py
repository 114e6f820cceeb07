"""Claim waiting trials, and give them back.

The row of a trial's claim is what every write to a running trial locks and looks at first, so on a
database server too no two drivers act on one run of a trial.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from optuna.trial import TrialState as OptunaState

from frameworm.trial.claim import Claim
from frameworm.trial.state import TrialState
from frameworm_optuna.database import schema
from frameworm_optuna.ledger.claim_json import (
    claim_of,
    is_held,
    next_claim,
    reached_before,
    released,
    signed,
)
from frameworm_optuna.ledger.protocol import Held
from frameworm_optuna.ledger.sql_trials import utc_now
from frameworm_optuna.translate.trial_attrs import ADDED, CLAIM, FIXED

__all__ = [
    "Claims",
    "count_states",
    "extra_past",
    "held",
    "locked",
    "progress",
    "release",
    "running",
]

_PREFETCH = 256

_trials, _params, _claims = schema.trials, schema.params, schema.system_attrs
_reported = schema.intermediate_values

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
# Also a result that was added: both count among the trials asked for, whatever their number.
_is_extra = sa.exists(
    sa.select(_claims.c.trial_id).where(
        _claims.c.trial_id == _trials.c.trial_id, _claims.c.key.in_((FIXED, ADDED))
    )
)
_waiting = sa.select(_trials.c.trial_id, _trials.c.number, _claim_of).where(
    _trials.c.study_id == sa.bindparam("study"), _trials.c.state == OptunaState.WAITING
)
_lock = (
    sa.select(_trials.c.state, _claims.c.value_json)
    .join(_claims, _claims.c.trial_id == _trials.c.trial_id)
    .where(_trials.c.trial_id == sa.bindparam("id"), _claims.c.key == CLAIM)
    .with_for_update()
)
_same = _trials.alias()
held = (
    sa.select(_same.c.trial_id)
    .join(_claims, _claims.c.trial_id == _same.c.trial_id)
    .where(
        _same.c.trial_id == sa.bindparam("id"),
        _claims.c.key == CLAIM,
        _claims.c.value_json == sa.bindparam("claim"),
    )
    .with_for_update()
    .scalar_subquery()
)
"""The key of a trial whose claim is written just so; it locks what ``locked`` does."""


def _in_order(query: sa.Select[Any]) -> sa.Select[Any]:
    return (
        query.order_by(_trials.c.trial_id)
        .limit(sa.bindparam("count"))
        .with_for_update(skip_locked=True)
    )


_after = _waiting.where(_trials.c.trial_id > sa.bindparam("after"))
_NEXT = _in_order(_after)
_NEXT_BELOW = _in_order(_after.where(_trials.c.number < sa.bindparam("below")))
_ENQUEUED = _in_order(_waiting.where(_is_enqueued))


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

    def claim(
        self, connection: sa.Connection, count: int, below: int | None, busy: Collection[int]
    ) -> list[Held]:
        """Claim up to ``count`` waiting trials: enqueued ones first, then in order.

        Args:
            connection: A connection in a transaction.
            count: How many at the most.
            below: Only trials with a smaller number, and enqueued ones; ``None`` for any.
            busy: Ids of trials to leave alone.
        """
        now = utc_now()
        held: list[Held] = []
        for trial_id, number, left in self._choose(connection, count, below, busy):
            claim = next_claim(trial_id, number, self._driver, left)
            connection.execute(_claim, {"id": trial_id, "start": now})
            self.sign(connection, claim, left)
            held.append((claim, self._params_of(connection, trial_id)))
        return held

    def sign(self, connection: sa.Connection, claim: Claim, left: str | None) -> None:
        """Write a claim over what the trial's last one left."""
        text = signed(claim, left)
        if left is None:
            row = {"trial_id": claim.trial_id, "key": CLAIM, "value_json": text}
            connection.execute(_add_claim, row)
        else:
            connection.execute(_renew_claim, {"id": claim.trial_id, "claim": text})

    def _choose(
        self, connection: sa.Connection, count: int, below: int | None, busy: Collection[int]
    ) -> list[Any]:
        wanted = count + len(busy)
        rows: list[Any] = []
        if not self._looked:
            rows = self._enqueued(connection, wanted)
        if len(rows) < wanted:
            more = self._next(connection, self._after, wanted - len(rows), below)
            rows = _joined(rows, more, wanted)
        if len(rows) < wanted and self._after:
            # Requeued trials lie behind the cursor.
            rows = _joined(rows, self._next(connection, 0, wanted, below), wanted)
        if len(rows) < wanted and self._looked and below is not None:
            # Another process may have enqueued some past the plan.
            rows = _joined(rows, self._enqueued(connection, wanted), wanted)
        return [row for row in rows if row[0] not in busy][:count]

    def _enqueued(self, connection: sa.Connection, count: int) -> list[Any]:
        rows = connection.execute(_ENQUEUED, {"study": self._study, "count": count}).all()
        # As many as asked for means that there may be more.
        self._looked = len(rows) < count
        return list(rows)

    def _next(
        self, connection: sa.Connection, after: int, count: int, below: int | None
    ) -> Sequence[Any]:
        bounds = {"study": self._study, "after": after, "count": count}
        if below is None:
            rows = connection.execute(_NEXT, bounds).all()
        else:
            rows = connection.execute(_NEXT_BELOW, {**bounds, "below": below}).all()
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


def locked(connection: sa.Connection, claim: Claim) -> tuple[OptunaState, str] | None:
    """Lock a trial and the row of its claim.

    Args:
        connection: A connection in a transaction.
        claim: The claim that must still hold.

    Returns:
        The trial's state and the claim's attribute; ``None`` if the trial was taken from it.
    """
    row = connection.execute(_lock, {"id": claim.trial_id}).first()
    if row is None or not is_held(claim, row[1]):
        return None
    return row[0], row[1]


def release(connection: sa.Connection, claim: Claim, charge: bool, left: str) -> None:
    """Take a locked trial from its claim.

    What it reported goes: the next run of it reports its own. How far it came is kept.

    Args:
        connection: A connection in a transaction.
        claim: The claim.
        charge: Whether this costs the trial an attempt.
        left: The claim's attribute so far.
    """
    of_trial = _reported.c.trial_id == claim.trial_id
    reached = connection.scalar(sa.select(sa.func.max(_reported.c.step)).where(of_trial))
    text = released(claim, charge, left, reached)
    connection.execute(_renew_claim, {"id": claim.trial_id, "claim": text})
    connection.execute(sa.delete(_reported).where(of_trial))
    # By these Optuna's successive halving knows how far a trial has risen.
    rungs = _claims.c.key.startswith("completed_rung_")
    connection.execute(sa.delete(_claims).where(_claims.c.trial_id == claim.trial_id, rungs))


def progress(connection: sa.Connection, claim: Claim) -> tuple[float, bool]:
    """Return when a trial was started, and whether it has reported what is new since.

    Args:
        connection: A connection.
        claim: The trial's claim.

    Returns:
        The start in POSIX seconds, infinite where it is unknown, and whether a step was reported
        that no earlier run of the trial had reached.
    """
    query = sa.select(_trials.c.datetime_start, _claim_of).where(
        _trials.c.trial_id == claim.trial_id
    )
    row = connection.execute(query).first()
    started, left = (None, None) if row is None else row
    highest = sa.select(sa.func.max(_reported.c.step)).where(_reported.c.trial_id == claim.trial_id)
    reached = connection.scalar(highest)
    is_new = reached is not None and reached > reached_before(left)
    if started is None:
        return float("inf"), is_new
    return started.replace(tzinfo=datetime.timezone.utc).timestamp(), is_new


def running(connection: sa.Connection, study: int) -> list[Claim]:
    """Return the claims of the running trials."""
    query = sa.select(_trials.c.trial_id, _trials.c.number, _claim_of).where(
        _trials.c.study_id == study, _trials.c.state == OptunaState.RUNNING
    )
    return [claim_of(*row) for row in connection.execute(query).all()]


def count_states(connection: sa.Connection, study: int, below: int | None) -> dict[TrialState, int]:
    """Count the trials by state: those with a smaller number than ``below``, and extra ones."""
    query = sa.select(_trials.c.state, sa.func.count()).where(_trials.c.study_id == study)
    if below is not None:
        query = query.where(sa.or_(_trials.c.number < below, _is_extra))
    rows = connection.execute(query.group_by(_trials.c.state)).all()
    found = {OptunaState(state).name: count for state, count in rows}
    return {state: found.get(state.value, 0) for state in TrialState}


def extra_past(connection: sa.Connection, study: int, number: int) -> int:
    """Count the enqueued trials and added results from a number on."""
    query = sa.select(sa.func.count()).where(
        _trials.c.study_id == study, _trials.c.number >= number, _is_extra
    )
    return connection.scalar(query) or 0
