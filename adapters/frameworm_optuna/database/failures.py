"""What goes wrong between Optuna's own methods and the database, in Frameworm's words."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import sqlalchemy as sa
from optuna.exceptions import StorageInternalError

from frameworm.errors import StorageError
from frameworm_optuna.database.engines import display_url
from frameworm_optuna.database.passing import is_being_made, is_passing, is_unreachable
from frameworm_optuna.database.transactions import RECONNECT_SECONDS

__all__ = ["opening", "patiently", "told_as_storage_errors"]

_Result = TypeVar("_Result")
_PAUSE_SECONDS = 0.5
_OPENING_SECONDS = 60
_MAKING_SECONDS = 10


@contextlib.contextmanager
def told_as_storage_errors(storage: Any) -> Iterator[None]:
    """Raise ``StorageError`` for what SQLAlchemy, and Optuna's storage over it, raise.

    Args:
        storage: What the user gave, for the message.
    """
    try:
        yield
    except (StorageInternalError, sa.exc.DBAPIError) as error:
        cause = error.__cause__ if isinstance(error, StorageInternalError) else error
        reason = str(getattr(cause, "orig", None) or cause or error).splitlines()[0]
        shown = display_url(storage) if isinstance(storage, str) and "://" in storage else storage
        raise StorageError(
            f"The storage {shown} failed: {reason}. What is finished is safe in it; mend the cause "
            "and try again."
        ) from error


def patiently(work: Callable[[], _Result]) -> _Result:
    """Do what goes through Optuna's own methods, again while a server does not answer.

    Args:
        work: What may be done twice: a read, or a write of the same value.
    """
    deadline = time.monotonic() + RECONNECT_SECONDS
    while True:
        try:
            return work()
        except (StorageInternalError, StorageError, sa.exc.DBAPIError) as error:
            cause = _cause(error)
            if cause is None or not is_passing(cause) or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_SECONDS)


def opening(work: Callable[[], _Result]) -> _Result:
    """Open a study, again while its server is busy or other processes make its tables.

    A server that does not answer at all is told of at once: the address may be wrong.

    Args:
        work: Opens it; it may run several times.
    """
    start = time.monotonic()
    while True:
        try:
            return work()
        except (StorageInternalError, StorageError, sa.exc.DBAPIError) as error:
            cause = _cause(error)
            if cause is None or is_unreachable(cause):
                raise
            seconds = time.monotonic() - start
            passes = is_passing(cause) and seconds < _OPENING_SECONDS
            if not passes and not (is_being_made(cause) and seconds < _MAKING_SECONDS):
                raise
            time.sleep(_PAUSE_SECONDS)


def _cause(error: BaseException | None) -> sa.exc.DBAPIError | None:
    """Return what the database said, from under what Optuna and Frameworm made of it."""
    while error is not None and not isinstance(error, sa.exc.DBAPIError):
        error = error.__cause__
    return error
