"""SQLAlchemy engines for storages: how each kind of database is connected to."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import sqlite3
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from frameworm.core.urls import without_password

__all__ = ["display_url", "make_engine", "shared_engine"]

_logger = logging.getLogger("frameworm")
_BUSY_SECONDS = 300


def display_url(url: str | sa.URL) -> str:
    """Return a storage URL that is safe to show: without its passwords, those in its query too."""
    return without_password(sa.make_url(url).render_as_string(hide_password=False))


# A network that drops packets without a word must not hold a driver for ever. Each of these may be
# set in the URL's query instead.
_ANSWER_SECONDS = 60
_LIBPQ: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
    # A session that falls silent in a transaction holds locks the other drivers wait for: the
    # server gives it up too.
    "options": (
        f"-c statement_timeout={_ANSWER_SECONDS}s -c idle_in_transaction_session_timeout=30s "
        "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 "
        "-c tcp_user_timeout=25000"
    ),
}
_MYSQL: dict[str, Any] = {
    "connect_timeout": 10,
    "read_timeout": _ANSWER_SECONDS,
    "write_timeout": _ANSWER_SECONDS,
    # MySQL takes the second part for a comment: only MariaDB has it.
    "init_command": (
        "SET SESSION wait_timeout = 28800 /*M!100300 , SESSION idle_transaction_timeout = 30 */"
    ),
}
_DRIVERS: dict[str, dict[str, Any]] = {
    "psycopg": _LIBPQ,
    "psycopg2": _LIBPQ,
    "pymysql": _MYSQL,
    "mysqldb": _MYSQL,
}


@functools.lru_cache(maxsize=16)
def shared_engine(url: str, durability: str) -> sa.Engine:
    """Return the engine of a database, made once: compiling its statements costs more than a run.

    Args:
        url: A SQLAlchemy URL, not of a database in memory.
        durability: ``"full"`` or ``"normal"``; matters to SQLite alone.
    """
    return make_engine(url, durability, in_memory=False, options={})


if hasattr(os, "register_at_fork"):
    # A forked process must not close connections its parent still uses: it forgets them.
    os.register_at_fork(after_in_child=shared_engine.cache_clear)


def make_engine(
    url: str, durability: str, in_memory: bool, options: Mapping[str, Any]
) -> sa.Engine:
    """Return a new engine.

    Args:
        url: A SQLAlchemy URL.
        durability: ``"full"`` syncs every commit of SQLite, ``"normal"`` its checkpoints.
        in_memory: Whether it is an SQLite database without a file.
        options: Passed on to ``sqlalchemy.create_engine``.
    """
    parsed = sa.make_url(url)
    kwargs = dict(options)
    if parsed.get_backend_name() != "sqlite":
        return _server_engine(parsed, kwargs)
    connect_args = {"timeout": _BUSY_SECONDS, **kwargs.pop("connect_args", {})}
    if in_memory:
        # A memory database lives in one connection, which every thread must share.
        connect_args["check_same_thread"] = False
        kwargs.setdefault("poolclass", sa.StaticPool)
        return sa.create_engine(parsed, connect_args=connect_args, **kwargs)
    engine = sa.create_engine(parsed, connect_args=connect_args, **kwargs)

    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        if mode != "wal":
            _logger.info(
                "%s: this file system has no write-ahead log, using the rollback journal (%s).",
                display_url(url),
                mode,
            )
        connection.execute(f"PRAGMA synchronous={'FULL' if durability == 'full' else 'NORMAL'}")

    def give_up_lock(connection: sqlite3.Connection, _record: object, _error: object) -> None:
        # An interrupt leaves behind a statement that is not read to its end, and with one SQLite
        # keeps a closed connection, and its lock, until the traceback goes.
        with contextlib.suppress(sqlite3.Error):
            connection.rollback()

    sa.event.listen(engine, "connect", set_pragmas)
    sa.event.listen(engine, "invalidate", give_up_lock)
    return engine


def _server_engine(url: sa.URL, kwargs: dict[str, Any]) -> sa.Engine:
    kwargs.setdefault("pool_pre_ping", True)
    if url.get_backend_name() in ("mysql", "mariadb"):
        # Its default reads what stood there when the transaction began, claims among it.
        kwargs.setdefault("isolation_level", "READ COMMITTED")
    defaults = _DRIVERS.get(url.get_driver_name(), {})
    connect_args = {name: value for name, value in defaults.items() if name not in url.query}
    connect_args.update(kwargs.pop("connect_args", {}))
    kwargs["connect_args"] = connect_args
    return sa.create_engine(url, **kwargs)
