"""Write attributes whether or not they are there."""

from __future__ import annotations

import functools
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite

__all__ = ["upsert"]


@functools.cache
def upsert(table: sa.Table, dialect: str) -> Any:
    """Return the statement that writes attributes of trials over those of the same names.

    Args:
        table: A table of attributes.
        dialect: The database's name in SQLAlchemy.
    """
    if dialect in ("mysql", "mariadb"):
        theirs = mysql.insert(table)
        return theirs.on_duplicate_key_update(value_json=theirs.inserted.value_json)
    insert: Any = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    return insert.on_conflict_do_update(
        index_elements=["trial_id", "key"], set_={"value_json": insert.excluded.value_json}
    )
