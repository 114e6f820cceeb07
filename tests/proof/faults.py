"""What may happen at a statement, each as real as one process can make it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from typing import Any

from tests.proof.statements import Point

__all__ = ["FAULTS", "cut"]

Go = Callable[[], Any]


def cut(connection: Any) -> None:
    """Close a driver's socket under it, as a network that is gone does."""
    raw = connection._sock.fileno() if hasattr(connection, "_sock") else connection.fileno()
    with socket.socket(fileno=os.dup(raw)) as copy:
        copy.shutdown(socket.SHUT_RDWR)


def _kill(point: Point, go: Go) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _kill_after(point: Point, go: Go) -> None:
    go()
    os.kill(os.getpid(), signal.SIGKILL)


def _interrupt(point: Point, go: Go) -> None:
    raise KeyboardInterrupt


def _interrupt_after(point: Point, go: Go) -> None:
    go()
    raise KeyboardInterrupt


def _lose(point: Point, go: Go) -> None:
    if point.place is not None and point.database != "sqlite":
        with _deaf() as port:
            point.place["port"] = port
            go()
        raise AssertionError("the driver did not notice that nobody talks to it")
    if point.database == "sqlite":
        # A file has no connection to lose; its disk may fail.
        raise sqlite3.OperationalError("disk I/O error")
    cut(point.connection)
    go()
    raise AssertionError("the driver did not notice that its connection is gone")


@contextlib.contextmanager
def _deaf() -> Iterator[int]:
    """Give a port whose owner hangs up on who connects, as a server does that is going down."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            with contextlib.suppress(OSError):
                while True:
                    listener.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        yield listener.getsockname()[1]


def _lose_answer(point: Point, go: Go) -> None:
    connection = go()
    if point.connects and point.database != "sqlite":
        cut(connection)
        return
    if point.database == "sqlite":
        raise sqlite3.OperationalError("disk I/O error")
    cut(point.connection)
    with point.connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    raise AssertionError("the driver did not notice that its connection is gone")


def _fill_disk(point: Point, go: Go) -> None:
    if point.database == "sqlite":
        if point.commits:
            # What SQLite does itself at a full disk.
            point.connection.cursor().execute("ROLLBACK")
        raise sqlite3.OperationalError("database or disk is full")
    statements = {
        "postgresql": "DO $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device'"
        " USING ERRCODE = '53100'; END $$",
        "mariadb": "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114,"
        " MESSAGE_TEXT = 'The table is full'",
    }
    # The server itself raises it, so that the transaction is in the state it would be in.
    with point.connection.cursor() as cursor:
        cursor.execute(statements[point.database])


def _ask(number: int) -> Callable[[Point, Go], None]:
    def send(point: Point, go: Go) -> None:
        signal.raise_signal(number)
        go()

    return send


FAULTS: dict[str, Callable[[Point, Go], None]] = {
    "kill": _kill,
    "kill after": _kill_after,
    "interrupt": _interrupt,
    "interrupt after": _interrupt_after,
    "lost": _lose,
    "answer lost": _lose_answer,
    "disk full": _fill_disk,
    "SIGINT": _ask(signal.SIGINT),
    "SIGTERM": _ask(signal.SIGTERM),
}
"""By name: called with a point and what does it."""
