"""The fast ledger: SQLAlchemy Core on Optuna's own tables.

Each step is one transaction. On SQLite a transaction starts by taking the write lock (``BEGIN
IMMEDIATE``), so it waits for its turn and never fails half way; on a database server rows are
locked one by one, and a claim skips rows that another driver is claiming.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from optuna.distributions import BaseDistribution, distribution_to_json
from optuna.trial import TrialState as OptunaState

from frameworm.errors import StorageError
from frameworm.search.backend import Outcome, TrialRecord, TrialState
from frameworm.search.owner import Owner
from frameworm_optuna import schema
from frameworm_optuna.frames import read_records
from frameworm_optuna.ledger import (
    CLAIM,
    DRIVER,
    Claimed,
    Decoder,
    PlanChunk,
    Running,
    outcome_attrs,
)
from frameworm_optuna.storage import PlanStorage, display_url

__all__ = ["SqlLedger"]

_logger = logging.getLogger("frameworm")
_Result = TypeVar("_Result")

_PLANNED = "frameworm:planned"
_PREFETCH = 256
_RECONNECT_SECONDS = 300
_UNFINISHED = (OptunaState.RUNNING, OptunaState.WAITING)

_trials, _params, _values = schema.trials, schema.params, schema.values
_claims = schema.system_attrs

_finish = (
    sa.update(_trials)
    .where(_trials.c.trial_id == sa.bindparam("id"), _trials.c.state.in_(_UNFINISHED))
    .values(
        state=sa.bindparam("new_state"),
        datetime_start=sa.func.coalesce(_trials.c.datetime_start, sa.bindparam("start")),
        datetime_complete=sa.bindparam("end"),
    )
)
_claim = (
    sa.update(_trials)
    .where(_trials.c.trial_id == sa.bindparam("id"))
    .values(state=OptunaState.RUNNING, datetime_start=sa.bindparam("start"))
)
_add_value = sa.insert(_values)
_add_user_attr = sa.insert(schema.user_attrs)
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


def _next_waiting(bounded: bool) -> sa.Select[Any]:
    query = sa.select(_trials.c.trial_id, _trials.c.number, _claim_of).where(
        _trials.c.study_id == sa.bindparam("study"),
        _trials.c.state == OptunaState.WAITING,
        _trials.c.trial_id > sa.bindparam("after"),
    )
    if bounded:
        query = query.where(_trials.c.number < sa.bindparam("below"))
    return (
        query.order_by(_trials.c.trial_id)
        .limit(sa.bindparam("count"))
        .with_for_update(skip_locked=True)
    )


_NEXT_WAITING = {bounded: _next_waiting(bounded) for bounded in (False, True)}


def _now() -> datetime.datetime:
    # Optuna 5 stores naive UTC.
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


def _claim_json(driver: str | None, attempt: int) -> str:
    return json.dumps({"driver": driver, "attempt": attempt})


class SqlLedger:
    """A study's ledger on an RDB storage.

    Args:
        storage: The storage; its tables are Optuna's.
        study_id: The study's key in it.
        driver: The id under which trials are claimed.
    """

    def __init__(self, storage: PlanStorage, study_id: int, driver: str) -> None:
        self._storage = storage
        self._study = study_id
        self._driver = driver
        self._sqlite = storage.engine.dialect.name == "sqlite"
        self._after = 0
        self._block: dict[int, dict[str, float]] = {}
        self._connection: sa.Connection | None = None
        # One connection for all: a run's main thread and its heartbeat take turns.
        self._lock = threading.RLock()

    # ---- transactions -------------------------------------------------------------------------

    def _open(self) -> sa.Connection:
        connection = self._storage.engine.connect()
        if self._sqlite:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        return connection

    def _transact(self, work: Callable[[sa.Connection], _Result]) -> _Result:
        """Run ``work`` in one transaction, again where a server went away or broke a deadlock.

        Repeating is safe: outcomes are recorded only for trials not yet finished, and claims of
        this driver that a lost connection hid are found by their owner.
        """
        deadline = time.monotonic() + _RECONNECT_SECONDS
        pause = 0.05
        while True:
            try:
                with self._lock:
                    if self._connection is None:
                        self._connection = self._open()
                    with self._begin(self._connection):
                        return work(self._connection)
            except sa.exc.DBAPIError as error:
                self._drop_connection()
                if not _is_passing(error) or time.monotonic() > deadline:
                    raise self._explain(error) from error
                _logger.warning(
                    "%s does not answer (%s); trying again.",
                    display_url(self._storage.url),
                    type(error.orig).__name__,
                )
                time.sleep(pause)
                pause = min(2.0, pause * 2)

    @contextlib.contextmanager
    def _begin(self, connection: sa.Connection) -> Iterator[None]:
        if not self._sqlite:
            with connection.begin():
                yield
            return
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            # A failed COMMIT (disk full) may have ended the transaction already.
            with contextlib.suppress(sa.exc.DBAPIError):
                connection.exec_driver_sql("ROLLBACK")
            raise

    def _drop_connection(self) -> None:
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sa.exc.SQLAlchemyError):
                connection.close()

    def _explain(self, error: sa.exc.DBAPIError) -> StorageError:
        return StorageError(
            f"The storage {display_url(self._storage.url)} failed: {error.orig}. What is finished "
            "is safe in it; mend the cause and run the same search again to go on."
        )

    def close(self) -> None:
        """Give back the connection."""
        self._drop_connection()

    # ---- planning -----------------------------------------------------------------------------

    def plan(
        self,
        distributions: Mapping[str, BaseDistribution],
        next_chunk: Callable[[int, int], PlanChunk | None],
    ) -> int:
        """Write one chunk of waiting trials; see :class:`~frameworm_optuna.ledger.Ledger`."""
        texts = {name: distribution_to_json(dist) for name, dist in distributions.items()}

        def work(connection: sa.Connection) -> int:
            self._lock_study(connection)
            count = connection.scalar(
                sa.select(sa.func.count()).where(_trials.c.study_id == self._study)
            )
            planned = self._read_attr(connection, _PLANNED)
            chunk = next_chunk(count or 0, planned or 0)
            if chunk is None:
                return 0
            ids = self._insert_waiting(connection, count or 0, len(chunk.trials))
            param_rows = [
                {
                    "trial_id": id_,
                    "param_name": name,
                    "param_value": value,
                    "distribution_json": texts[name],
                }
                for id_, trial in zip(ids, chunk.trials, strict=False)
                for name, value in trial.params.items()
            ]
            attr_rows = [
                {"trial_id": id_, "key": key, "value_json": json.dumps(value)}
                for id_, trial in zip(ids, chunk.trials, strict=False)
                for key, value in trial.system_attrs.items()
            ]
            if param_rows:
                connection.execute(sa.insert(_params), param_rows)
            if attr_rows:
                connection.execute(sa.insert(_claims), attr_rows)
            self._write_attr(connection, _PLANNED, json.dumps(chunk.planned), planned is None)
            return max(1, len(chunk.trials))

        return self._transact(work)

    def _insert_waiting(self, connection: sa.Connection, first: int, count: int) -> Sequence[int]:
        if not count:
            return []
        rows = [
            {"number": number, "study_id": self._study, "state": OptunaState.WAITING}
            for number in range(first, first + count)
        ]
        connection.execute(sa.insert(_trials), rows)
        # Numbers are unique under the study's lock, so they lead to the new keys on any database.
        query = (
            sa.select(_trials.c.trial_id)
            .where(_trials.c.study_id == self._study, _trials.c.number >= first)
            .order_by(_trials.c.number)
        )
        return connection.scalars(query).all()

    def _lock_study(self, connection: sa.Connection) -> None:
        # The lock Optuna itself takes to number a trial; SQLite holds its write lock anyway.
        connection.execute(
            sa.select(schema.studies.c.study_id)
            .where(schema.studies.c.study_id == self._study)
            .with_for_update()
        )

    def _read_attr(self, connection: sa.Connection, key: str) -> Any:
        table = schema.study_system_attrs
        text = connection.scalar(
            sa.select(table.c.value_json).where(table.c.study_id == self._study, table.c.key == key)
        )
        return None if text is None else json.loads(text)

    def _write_attr(self, connection: sa.Connection, key: str, text: str, new: bool) -> None:
        table = schema.study_system_attrs
        if new:
            connection.execute(
                sa.insert(table).values(study_id=self._study, key=key, value_json=text)
            )
        else:
            connection.execute(
                sa.update(table)
                .where(table.c.study_id == self._study, table.c.key == key)
                .values(value_json=text)
            )

    # ---- claim and finish ---------------------------------------------------------------------

    def exchange(
        self,
        finished: Sequence[tuple[int, Outcome]],
        claims: int,
        below: int | None,
    ) -> tuple[list[Claimed], list[int]]:
        """Record outcomes and claim trials; see :class:`~frameworm_optuna.ledger.Ledger`."""

        def work(connection: sa.Connection) -> tuple[list[Claimed], list[int]]:
            late = [id_ for id_, outcome in finished if not self._record(connection, id_, outcome)]
            return self._claim_next(connection, claims, below) if claims else [], late

        return self._transact(work)

    def _record(self, connection: sa.Connection, trial_id: int, outcome: Outcome) -> bool:
        end = _now()
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
                    {
                        "trial_id": trial_id,
                        "objective": objective,
                        "value": stored,
                        "value_type": kind,
                    }
                )
            connection.execute(_add_value, rows)
        attrs = [
            {"trial_id": trial_id, "key": key, "value_json": text}
            for key, text in outcome_attrs(outcome).items()
        ]
        if attrs:
            connection.execute(_add_user_attr, attrs)
        return True

    def _claim_next(
        self, connection: sa.Connection, claims: int, below: int | None
    ) -> list[Claimed]:
        rows = self._waiting(connection, self._after, claims, below)
        if len(rows) < claims and self._after:
            # Requeued trials lie behind the cursor.
            seen = {row[0] for row in rows}
            again = self._waiting(connection, 0, claims, below)
            rows = [*rows, *(row for row in again if row[0] not in seen)][:claims]
        if not rows:
            return []
        now = _now()
        connection.execute(_claim, [{"id": row[0], "start": now} for row in rows])
        claimed = []
        for trial_id, number, claim in rows:
            attempt = json.loads(claim)["attempt"] if claim else 0
            mine = _claim_json(self._driver, attempt)
            if claim:
                connection.execute(_renew_claim, {"id": trial_id, "claim": mine})
            else:
                connection.execute(
                    _add_claim, {"trial_id": trial_id, "key": CLAIM, "value_json": mine}
                )
            params = self._params_of(connection, trial_id)
            claimed.append(Claimed(trial_id, number, params, attempt))
        self._after = max(self._after, rows[-1][0])
        return claimed

    def _waiting(
        self, connection: sa.Connection, after: int, count: int, below: int | None
    ) -> Sequence[Any]:
        bounds = {"study": self._study, "after": after, "count": count}
        if below is not None:
            bounds["below"] = below
        return connection.execute(_NEXT_WAITING[below is not None], bounds).all()

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

    # ---- recovery -----------------------------------------------------------------------------

    def requeue(self, trial: Running, charge: bool) -> bool:
        """Put a trial back to waiting; see :class:`~frameworm_optuna.ledger.Ledger`."""
        held = sa.select(_claims.c.trial_id).where(
            _claims.c.trial_id == trial.trial_id,
            _claims.c.key == CLAIM,
            _claims.c.value_json == _claim_json(trial.driver, trial.attempt),
        )

        def work(connection: sa.Connection) -> bool:
            updated = connection.execute(
                sa.update(_trials)
                .where(
                    _trials.c.trial_id == trial.trial_id,
                    _trials.c.state == OptunaState.RUNNING,
                    sa.exists(held),
                )
                .values(state=OptunaState.WAITING, datetime_start=None)
            )
            if updated.rowcount == 0:
                return False
            claim = _claim_json(None, trial.attempt + charge)
            connection.execute(_renew_claim, {"id": trial.trial_id, "claim": claim})
            return True

        return self._transact(work)

    def retry_failed(self) -> int:
        """Put failed trials back to waiting; see :class:`~frameworm_optuna.ledger.Ledger`."""
        failed = sa.select(_trials.c.trial_id).where(
            _trials.c.study_id == self._study, _trials.c.state == OptunaState.FAIL
        )

        def work(connection: sa.Connection) -> int:
            ids = connection.scalars(failed.with_for_update()).all()
            for table in (_values, schema.user_attrs, schema.intermediate_values):
                _in_parts(connection, sa.delete(table), table.c.trial_id, ids)
            claims = sa.delete(_claims).where(_claims.c.key == CLAIM)
            _in_parts(connection, claims, _claims.c.trial_id, ids)
            reset = sa.update(_trials).values(
                state=OptunaState.WAITING, datetime_start=None, datetime_complete=None
            )
            _in_parts(connection, reset, _trials.c.trial_id, ids)
            return len(ids)

        return self._transact(work)

    def running(self) -> list[Running]:
        """Return the running trials; see :class:`~frameworm_optuna.ledger.Ledger`."""
        query = sa.select(_trials.c.trial_id, _trials.c.number, _claim_of).where(
            _trials.c.study_id == self._study, _trials.c.state == OptunaState.RUNNING
        )
        rows = self._read(lambda connection: connection.execute(query).all())
        found = []
        for trial_id, number, claim in rows:
            held: dict[str, Any] = json.loads(claim) if claim else {"driver": None, "attempt": 0}
            found.append(Running(trial_id, number, held["driver"], held["attempt"]))
        return found

    def counts(self, below: int | None) -> dict[TrialState, int]:
        """Count the trials by state; see :class:`~frameworm_optuna.ledger.Ledger`."""
        query = sa.select(_trials.c.state, sa.func.count()).where(_trials.c.study_id == self._study)
        if below is not None:
            query = query.where(_trials.c.number < below)
        rows = self._read(
            lambda connection: connection.execute(query.group_by(_trials.c.state)).all()
        )
        found = {OptunaState(state).name: count for state, count in rows}
        return {state: found.get(state.value, 0) for state in TrialState}

    def _read(self, work: Callable[[sa.Connection], _Result]) -> _Result:
        """Run a read on a connection of its own: it must not wait for a writer."""
        if self._storage.in_memory:
            # The one connection there is may be inside a transaction: join it.
            with self._lock:
                if self._connection is None:
                    self._connection = self._open()
                return work(self._connection)
        try:
            with self._storage.engine.connect() as connection:
                return work(connection)
        except sa.exc.DBAPIError as error:
            if _is_passing(error):
                return self._transact(work)
            raise self._explain(error) from error

    def restart_plan(self, attrs: Mapping[int, Mapping[str, Any]]) -> None:
        """Plan from the first point again, and give trials new attributes by their number."""

        def work(connection: sa.Connection) -> None:
            self._lock_study(connection)
            if self._read_attr(connection, _PLANNED) is not None:
                self._write_attr(connection, _PLANNED, "0", new=False)
            query = sa.select(_trials.c.number, _trials.c.trial_id).where(
                _trials.c.study_id == self._study
            )
            rows = [
                {"trial_id": trial_id, "key": key, "value_json": json.dumps(value)}
                for number, trial_id in connection.execute(query)
                for key, value in attrs.get(number, {}).items()
            ]
            for row in rows:
                connection.execute(
                    sa.delete(_claims).where(
                        _claims.c.trial_id == row["trial_id"], _claims.c.key == row["key"]
                    )
                )
            if rows:
                connection.execute(_add_claim, rows)

        self._transact(work)

    # ---- drivers ------------------------------------------------------------------------------

    def beat(self, owner: Owner, count: int) -> None:
        """Renew a driver; see :class:`~frameworm_optuna.ledger.Ledger`."""
        key = DRIVER + owner.id
        self._transact(
            lambda connection: self._write_attr(
                connection, key, owner.to_json(count), self._read_attr(connection, key) is None
            )
        )

    def leave(self, owner: Owner) -> None:
        """Strike a driver off; see :class:`~frameworm_optuna.ledger.Ledger`."""
        table = schema.study_system_attrs
        statement = sa.delete(table).where(
            table.c.study_id == self._study, table.c.key == DRIVER + owner.id
        )
        self._transact(lambda connection: connection.execute(statement))

    def drivers(self) -> dict[str, tuple[Owner, int]]:
        """Return the drivers; see :class:`~frameworm_optuna.ledger.Ledger`."""
        table = schema.study_system_attrs
        query = sa.select(table.c.value_json).where(
            table.c.study_id == self._study, table.c.key.startswith(DRIVER)
        )
        texts = self._read(lambda connection: connection.scalars(query).all())
        found = (Owner.from_json(text) for text in texts)
        return {owner.id: (owner, beat) for owner, beat in found}

    # ---- reading ------------------------------------------------------------------------------

    def records(self, decode: Decoder, known: Collection[str]) -> list[TrialRecord]:
        """Return the trials; see :class:`~frameworm_optuna.ledger.Ledger`."""
        return self._read(lambda connection: read_records(connection, self._study, decode, known))


def _in_parts(
    connection: sa.Connection,
    statement: Any,
    column: sa.Column[Any],
    ids: Sequence[int],
) -> None:
    # Databases bound the number of parameters in one statement.
    for start in range(0, len(ids), 500):
        connection.execute(statement.where(column.in_(ids[start : start + 500])))


def _is_passing(error: sa.exc.DBAPIError) -> bool:
    """Whether the same transaction may succeed when tried again."""
    if error.connection_invalidated:
        return True
    original = error.orig
    if getattr(original, "sqlstate", None) in ("40001", "40P01", "57P01", "57P03"):
        return True
    code = original.args[0] if original is not None and original.args else None
    # MariaDB and MySQL: deadlock, lock wait timeout, server gone, lost, refused, shutting down.
    if code in (1205, 1213, 1020, 2006, 2013, 2003, 2002, 1053):
        return True
    text = str(original).lower()
    return "connection refused" in text or "starting up" in text or "shutting down" in text
