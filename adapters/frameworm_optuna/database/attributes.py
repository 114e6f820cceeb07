"""A study's own row and system attributes, in its tables."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from frameworm_optuna.database import schema

__all__ = ["lock_study", "read_attr", "write_attr"]

_attrs = schema.study_system_attrs


def lock_study(connection: sa.Connection, study: int) -> None:
    """Take the lock Optuna itself takes to number a trial; SQLite holds its write lock anyway."""
    connection.execute(
        sa.select(schema.studies.c.study_id)
        .where(schema.studies.c.study_id == study)
        .with_for_update()
    )


def read_attr(connection: sa.Connection, study: int, key: str) -> Any:
    """Return a system attribute, ``None`` if there is none."""
    text = connection.scalar(
        sa.select(_attrs.c.value_json).where(_attrs.c.study_id == study, _attrs.c.key == key)
    )
    return None if text is None else json.loads(text)


def write_attr(connection: sa.Connection, study: int, key: str, text: str, new: bool) -> None:
    """Write a system attribute.

    Args:
        connection: A connection in a transaction.
        study: The study's key.
        key: The attribute's name.
        text: Its value as JSON.
        new: Whether the study does not have it yet.
    """
    if new:
        connection.execute(sa.insert(_attrs).values(study_id=study, key=key, value_json=text))
        return
    connection.execute(
        sa.update(_attrs)
        .where(_attrs.c.study_id == study, _attrs.c.key == key)
        .values(value_json=text)
    )
