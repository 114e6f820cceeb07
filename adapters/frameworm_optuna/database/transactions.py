"""Run work on the storage's database in transactions, through lost servers and deadlocks."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import sqlalchemy as sa

from frameworm.errors import StorageError
from frameworm_optuna.database.engines import display_url
from frameworm_optuna.database.passing import is_passing
from frameworm_optuna.database.storage import PlanStorage

__all__ = ["RECONNECT_SECONDS", "Transactions"]

_logger = logging.getLogger("frameworm")
_Result = TypeVar("_Result")

RECONNECT_SECONDS = 300


class Transactions:
    """One connection kept for writing, and others for reading.

    On SQLite a transaction starts by taking the write lock (``BEGIN IMMEDIATE``), so it waits for
    its turn and never fails half way.

    Args:
        storage: The storage.
    """

    def __init__(self, storage: PlanStorage) -> None:
        self._storage = storage
        self._sqlite = storage.engine.dialect.name == "sqlite"
        self._connection: sa.Connection | None = None
        # One connection for all: a run's main thread and its heartbeat take turns.
        self._lock = threading.RLock()

    def _open(self) -> sa.Connection:
        connection = self._storage.engine.connect()
        if self._sqlite:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        return connection

    def transact(
        self,
        work: Callable[[sa.Connection], _Result],
        done: Callable[[sa.Connection], _Result | None] | None = None,
    ) -> _Result:
        """Run ``work`` in one transaction, again where a server went away or broke a deadlock.

        The answer to a commit may be lost with the connection, so ``work`` may run again after it
        was done. Outcomes are recorded once for a claim, a plan knows how far it is, and a claim
        that nobody heard of is found by its driver.

        Args:
            work: What to do; it may run several times.
            done: For work that must not be done twice: returns the result of an earlier time.
        """
        deadline = time.monotonic() + RECONNECT_SECONDS
        pause = 0.05
        again = False
        while True:
            try:
                with self._lock:
                    if self._connection is None:
                        self._connection = self._open()
                    with self._begin(self._connection):
                        found = done(self._connection) if done is not None and again else None
                        return work(self._connection) if found is None else found
            except sa.exc.DBAPIError as error:
                again = True
                self._drop_connection()
                if not is_passing(error) or time.monotonic() > deadline:
                    raise self._explain(error) from error
                _logger.warning(
                    "%s does not answer (%s); trying again.",
                    display_url(self._storage.url),
                    type(error.orig).__name__,
                )
                time.sleep(pause)
                pause = min(2.0, pause * 2)
            except BaseException:
                # An interrupt may have come in the midst of a statement, and then neither this
                # connection nor SQLAlchemy knows where it stands.
                self._drop_connection()
                raise

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
            with contextlib.suppress(sa.exc.SQLAlchemyError):
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
        self._storage.release()

    def read(self, work: Callable[[sa.Connection], _Result]) -> _Result:
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
            if is_passing(error):
                return self.transact(work)
            raise self._explain(error) from error
