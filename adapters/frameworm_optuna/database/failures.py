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
from frameworm_optuna.database.transactions import RECONNECT_SECONDS, is_passing

__all__ = ["patiently", "told_as_storage_errors"]

_Result = TypeVar("_Result")
_PAUSE_SECONDS = 0.5


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
        except (StorageInternalError, sa.exc.DBAPIError) as error:
            cause = error.__cause__ if isinstance(error, StorageInternalError) else error
            is_over = time.monotonic() > deadline
            if is_over or not isinstance(cause, sa.exc.DBAPIError) or not is_passing(cause):
                raise
            time.sleep(_PAUSE_SECONDS)
