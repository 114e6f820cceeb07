"""Which errors of a database pass: the same work may succeed when it is done again."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

__all__ = ["is_being_made", "is_passing", "is_unreachable"]

# PostgreSQL: connection exceptions, serialization failure, deadlock, a session ended for its
# silence, administrator's shutdown, cannot connect now, too many connections, a statement or lock
# that took too long.
_PASSING_STATES = frozenset(
    {
        *("08000", "08001", "08003", "08004", "08006", "40001", "40P01", "25P03", "57P01", "57P02"),
        *("57P03", "57P05", "53300", "55P03", "57014"),
    }
)
# MariaDB and MySQL. Waits: lock wait timeout, deadlock, record changed, statement timeout. Lost:
# gone, lost, refused, shutdown, killed, aborted, cut off while reading or writing, silent too long.
# Full: too many connections, of all and of one user. Tables being changed: skipped in
# information_schema, definition changed, statement needs to be prepared again.
_PASSING_CODES = frozenset(
    {
        *(1205, 1213, 1020, 1969, 3024),
        *(2006, 2013, 2055, 2002, 2003, 1053, 1927, 1152, 1158, 1159, 1160, 1161, 1184, 4031),
        *(1040, 1203, 1226),
        *(1684, 1412, 1615),
    }
)
_UNREACHABLE_CODES = frozenset({2002, 2003})
_UNREACHABLE_WORDS = (
    "connection refused",
    "host is down",
    "network is unreachable",
    "no route to host",
    "temporary failure in name resolution",
    "connection timed out",
    "connection timeout",
    "timeout expired",
)
_PASSING_WORDS = (
    *_UNREACHABLE_WORDS,
    "connection reset",
    "could not receive data",
    "could not send data",
    "server closed the connection",
    "in recovery",
    "not yet accepting",
    "recovery mode",
    "shutting down",
    "starting up",
    "too many clients",
    "too many connections",
    # PostgreSQL's internal errors where two sessions change one table.
    "tuple concurrently updated",
    "cache lookup failed",
)
# Who makes tables while another does finds them missing, there already, or their rows there:
# undefined and duplicate table, duplicate row (of a catalogue too), duplicate object.
_MAKING_STATES = frozenset({"42P01", "42P07", "23505", "42710"})
_MAKING_CODES = frozenset({1146, 1050, 1062})
_MAKING_WORDS = ("unique constraint failed", "no such table", "already exists")  # of SQLite


def is_passing(error: sa.exc.DBAPIError) -> bool:
    """Whether the same transaction may succeed when tried again."""
    if error.connection_invalidated:
        return True
    return (
        _state(error) in _PASSING_STATES
        or _code(error) in _PASSING_CODES
        or any(words in str(error.orig).lower() for words in _PASSING_WORDS)
    )


def is_unreachable(error: sa.exc.DBAPIError) -> bool:
    """Whether no server answered at all: it is away, or the address is wrong."""
    return _code(error) in _UNREACHABLE_CODES or any(
        words in str(error.orig).lower() for words in _UNREACHABLE_WORDS
    )


def is_being_made(error: sa.exc.DBAPIError) -> bool:
    """Whether another process may be making the tables in this moment."""
    return (
        _state(error) in _MAKING_STATES
        or _code(error) in _MAKING_CODES
        or any(words in str(error.orig).lower() for words in _MAKING_WORDS)
    )


def _state(error: sa.exc.DBAPIError) -> Any:
    # Psycopg 3 calls it sqlstate, Psycopg 2 pgcode.
    return getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)


def _code(error: sa.exc.DBAPIError) -> Any:
    original = error.orig
    return original.args[0] if original is not None and original.args else None
