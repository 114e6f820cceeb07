"""Stand at every connection, statement and commit that SQLAlchemy makes with a database."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect

__all__ = ["Point", "intercepted"]


@dataclass(frozen=True)
class Point:
    """A statement or a commit that is about to be sent, or a connection to be made.

    Attributes:
        text: The SQL; ``"CONNECT"`` for a connection.
        connection: The driver's own connection; ``None`` where it is yet to be made.
        cursor: The driver's cursor; ``None`` at a commit that is a call of the driver's.
        database: ``"sqlite"``, ``"postgresql"`` or ``"mariadb"``.
        place: What a connection is made with; may be changed.
    """

    text: str
    connection: Any
    cursor: Any
    database: str
    place: dict[str, Any] | None = None

    @property
    def commits(self) -> bool:
        """Whether it ends a transaction for good."""
        return self.text == "COMMIT"

    @property
    def connects(self) -> bool:
        """Whether it makes a connection."""
        return self.place is not None

    @property
    def is_inside(self) -> bool:
        """Whether the connection is in the midst of an SQLite transaction."""
        return (
            self.database == "sqlite" and not self.connects and bool(self.connection.in_transaction)
        )


@contextlib.contextmanager
def intercepted(around: Callable[[Point, Callable[[], Any]], None]) -> Iterator[None]:
    """Have ``around`` do every statement, commit and connection of this process.

    It stands where the database driver is called, so what it raises SQLAlchemy takes for an error
    of the driver's.

    Args:
        around: Called with the point and what does it, which returns a connection that is made.
    """

    def connect(dialect: Any, _record: Any, arguments: Any, place: dict[str, Any]) -> Any:
        made: list[Any] = []

        def go() -> Any:
            made.append(dialect.connect(*arguments, **place))
            return made[0]

        around(Point("CONNECT", None, None, _name(dialect), place), go)
        return made[0]

    def execute(cursor: Any, text: str, parameters: Any, context: Any) -> bool:
        dialect = context.dialect
        around(
            _point(text, cursor.connection, cursor, dialect),
            lambda: dialect.do_execute(cursor, text, parameters, context),
        )
        return True

    def execute_many(cursor: Any, text: str, parameters: Any, context: Any) -> bool:
        dialect = context.dialect
        around(
            _point(text, cursor.connection, cursor, dialect),
            lambda: dialect.do_executemany(cursor, text, parameters, context),
        )
        return True

    def execute_plain(cursor: Any, text: str, context: Any) -> bool:
        dialect = context.dialect
        around(
            _point(text, cursor.connection, cursor, dialect),
            lambda: dialect.do_execute_no_params(cursor, text, context),
        )
        return True

    def commit(dialect: Any, pooled: Any) -> None:
        raw = getattr(pooled, "driver_connection", pooled)
        point = _point("COMMIT", raw, None, dialect)
        if point.database == "sqlite" and not raw.in_transaction:
            # Nothing is sent.
            do_commit(dialect, pooled)
            return
        around(point, lambda: do_commit(dialect, pooled))

    do_commit = DefaultDialect.do_commit
    hooks = {
        "do_connect": connect,
        "do_execute": execute,
        "do_executemany": execute_many,
        "do_execute_no_params": execute_plain,
    }
    for name, hook in hooks.items():
        sa.event.listen(sa.Engine, name, hook)
    DefaultDialect.do_commit = commit  # type: ignore[method-assign]
    try:
        yield
    finally:
        DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]
        for name, hook in hooks.items():
            sa.event.remove(sa.Engine, name, hook)


def _point(text: str, connection: Any, cursor: Any, dialect: Any) -> Point:
    return Point(text, connection, cursor, _name(dialect))


def _name(dialect: Any) -> str:
    return "mariadb" if dialect.name in ("mysql", "mariadb") else str(dialect.name)
