"""What goes wrong between Optuna's own methods and the database, in Frameworm's words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from optuna.exceptions import StorageInternalError

from frameworm.errors import StorageError
from frameworm_optuna.database.engines import display_url

__all__ = ["told_as_storage_errors"]


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
