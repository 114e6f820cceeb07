"""The way to ``experiments.db``: its engine, transactions, creation and errors.

Nothing outside this module holds an engine: `reading` and `writing` take the root directory and
find or open its engine, so experiments can be pickled and processes forked.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from frameworm.errors import ExperimentError, ExperimentNotFoundError, ExperimentQueryError
from frameworm.experiment.schema import metadata

__all__ = ["DATABASE", "create_database", "has_database", "reading", "writing"]

DATABASE = "experiments.db"

_SCHEMA_VERSION = 1
_APPLICATION_ID = 0x4652574D  # "FRWM": tells our file from any other SQLite file
_BUSY_SECONDS = 60.0
_MAX_ENGINES = 8

_engines: dict[Path, tuple[tuple[int, int], sa.Engine]] = {}
_lock = threading.RLock()


def has_database(root: Path) -> bool:
    """Tell whether any experiment was ever recorded under ``root``."""
    return (root / DATABASE).exists()


def create_database(root: Path) -> None:
    """Create the directory and its database; any number of processes may do so at once.

    Args:
        root: The root directory of the experiments.

    Raises:
        ExperimentError: If the directory or the file cannot be created, or the file is not ours.
    """
    path = root / DATABASE
    with _lock, _translated(path):
        if _cached(path) is not None:
            return
        root.mkdir(parents=True, exist_ok=True)
        engine = _open(path)
        _create_tables(engine, path)
        _keep(path, engine)


@contextmanager
def reading(root: Path) -> Iterator[sa.Connection]:
    """Open a connection to the database under ``root`` for reading.

    Args:
        root: The root directory of the experiments.

    Yields:
        The connection.

    Raises:
        ExperimentNotFoundError: If there is no database.
        ExperimentError: If it cannot be read.
    """
    with _translated(root / DATABASE), _engine(root / DATABASE).connect() as connection:
        yield connection


@contextmanager
def writing(root: Path) -> Iterator[sa.Connection]:
    """Open one transaction on the database under ``root``.

    Let the first statement be a write: a transaction that began with a read cannot wait for
    another writer, SQLite refuses it at once.

    Args:
        root: The root directory of the experiments.

    Yields:
        The connection.

    Raises:
        ExperimentNotFoundError: If there is no database.
        ExperimentError: If it cannot be written.
    """
    with _translated(root / DATABASE), _engine(root / DATABASE).begin() as connection:
        yield connection


def _engine(path: Path) -> sa.Engine:
    with _lock:
        engine = _cached(path)
        if engine is None:
            if not path.exists():
                raise ExperimentNotFoundError(
                    f"Experiments are read from {DATABASE} in their root directory, but {path} "
                    "does not exist. Check the root directory, or record an experiment first."
                )
            engine = _open(path)
            with engine.connect() as connection:
                _check_version(connection, path)
            _keep(path, engine)
        return engine


def _cached(path: Path) -> sa.Engine | None:
    cached = _engines.get(path)
    if cached is None:
        return None
    identity, engine = cached
    # A root that was deleted and made again is another file; writes to the old one would be lost.
    if identity == _identity(path):
        return engine
    del _engines[path]
    engine.dispose()
    return None


def _keep(path: Path, engine: sa.Engine) -> None:
    identity = _identity(path)
    if identity is None:
        raise FileNotFoundError(f"{path} was deleted while it was being opened")
    while len(_engines) >= _MAX_ENGINES:
        _engines.pop(next(iter(_engines)))[1].dispose()
    _engines[path] = identity, engine


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _open(path: Path) -> sa.Engine:
    # The path goes in as a component, not a URL string: it may contain any character.
    url = sa.URL.create("sqlite", database=str(path))
    engine = sa.create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    sa.event.listen(engine, "connect", _set_pragmas)
    return engine


def _set_pragmas(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    # In WAL mode NORMAL survives any crash of the process; a power cut may cost the last moments.
    # FULL would sync the disk at every metric, while the files beside it are not synced either.
    connection.execute("PRAGMA synchronous = NORMAL")


def _create_tables(engine: sa.Engine, path: Path) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if _pragma(connection, "user_version") != 0:
            return _check_version(connection, path)
        _set_wal(connection, path)
        # Held from here, so of the processes that come at once, one creates and the rest find.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        if not sa.inspect(connection).get_table_names():
            metadata.create_all(connection, checkfirst=False)
            connection.exec_driver_sql(f"PRAGMA application_id = {_APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {_SCHEMA_VERSION}")
        connection.exec_driver_sql("COMMIT")
        return _check_version(connection, path)


def _set_wal(connection: sa.Connection, path: Path) -> None:
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            mode = connection.exec_driver_sql("PRAGMA journal_mode = WAL").scalar()
            break
        except OperationalError as exc:
            # SQLite does not apply its busy timeout to this change of mode.
            if "locked" not in str(exc.orig) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
    if mode != "wal":
        raise ExperimentError(
            f"{path} must be on a file system that supports SQLite's write-ahead log, but SQLite "
            f"stays in {mode!r} mode. Choose a root directory on a local disk."
        )


def _check_version(connection: sa.Connection, path: Path) -> None:
    found = _pragma(connection, "application_id"), _pragma(connection, "user_version")
    if found == (_APPLICATION_ID, _SCHEMA_VERSION):
        return
    if found[0] == _APPLICATION_ID:
        raise ExperimentError(
            f"This Frameworm reads version {_SCHEMA_VERSION} of {DATABASE}, but {path} has version "
            f"{found[1]}. Use the Frameworm that wrote it, or another root directory."
        )
    raise ExperimentError(
        f"{path} is an SQLite file, but not one that Frameworm wrote. "
        "Choose another root directory, or move the file away."
    )


def _pragma(connection: sa.Connection, name: str) -> int:
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except DBAPIError as exc:
        raise ExperimentError(
            f"The experiments in {path} must be readable and writable by SQLite, but it says: "
            f"{exc.orig}. {_remedy(str(exc.orig))}"
        ) from exc
    except UnicodeEncodeError as exc:
        raise ExperimentQueryError(
            f"Text in the database is UTF-8, but {exc.object[:80]!r} has no form in it. "
            "Correct the text asked for."
        ) from exc
    except OSError as exc:
        raise ExperimentError(
            f"The experiments need {path.parent} as a directory they can write to, but: {exc}. "
            "Choose another root directory, or correct its permissions."
        ) from exc


def _remedy(reason: str) -> str:
    if "locked" in reason:
        return f"Another process held it for over {_BUSY_SECONDS:g} s; end that one, or try again."
    if "not a database" in reason or "malformed" in reason or "no such" in reason:
        return "The file is damaged: restore a copy, or move it away to start a new one."
    return "Check the disk, the permissions, and that the root is on a local file system."


def _close_engines() -> None:
    for _, engine in _engines.values():
        engine.dispose()
    _engines.clear()


def _before_fork() -> None:
    # SQLite's locks do not survive a fork, not even in connections the child never uses, so there
    # must be none open. The lock keeps other threads from opening one meanwhile.
    _lock.acquire()
    _close_engines()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_lock.release, after_in_child=_lock.release
    )
atexit.register(_close_engines)
