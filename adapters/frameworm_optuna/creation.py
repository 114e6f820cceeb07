"""Find a study by its name, or make it, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from optuna.exceptions import DuplicatedStudyError
from optuna.storages import BaseStorage
from optuna.study import StudyDirection

from frameworm.errors import StorageError, StudyNotFoundError, nearest
from frameworm.search.study.settings import StudySettings
from frameworm_optuna.database import schema
from frameworm_optuna.database.engines import display_url
from frameworm_optuna.database.storage import PlanStorage
from frameworm_optuna.ledger.exclusive import exclusive
from frameworm_optuna.quiet import quiet
from frameworm_optuna.show.first_note import note_attrs
from frameworm_optuna.translate.directions import directions_of
from frameworm_optuna.translate.settings import write_settings

__all__ = ["find_or_create", "find_study", "only_name", "save_settings", "study_names"]


def find_study(storage: BaseStorage, name: str) -> int:
    """Return the key of a study.

    Raises:
        StudyNotFoundError: If there is none of that name.
    """
    found = _find(storage, name)
    if found is None:
        names = study_names(storage)
        raise StudyNotFoundError(
            f"No study {name!r} in the storage.{nearest(name, names)} It holds {names}."
        )
    return found


def _find(storage: BaseStorage, name: str) -> int | None:
    try:
        study_id = storage.get_study_id_from_name(name)
    except KeyError:
        return None
    stored = storage.get_study_name_from_id(study_id)
    if stored != name:
        raise StorageError(
            f"This database takes the names {name!r} and {stored!r} for one (its collation ignores "
            "case or trailing spaces). Use the stored name, or another one."
        )
    return study_id


def study_names(storage: BaseStorage) -> list[str]:
    """Return the names of all studies in a storage."""
    return [study.study_name for study in storage.get_all_studies()]


def only_name(storage: BaseStorage) -> str:
    """Return the name of a storage's only study.

    Raises:
        StudyNotFoundError: If it holds none or several.
    """
    names = study_names(storage)
    if len(names) != 1:
        raise StudyNotFoundError(
            f"The storage holds {len(names)} studies; give study_name, one of {names}."
        )
    return names[0]


def find_or_create(storage: BaseStorage, name: str, settings: StudySettings) -> tuple[int, bool]:
    """Return a study's key, and whether it was made by this call.

    Raises:
        StorageError: If it cannot be made.
    """
    if isinstance(storage, PlanStorage):
        return _find_or_create(storage, name, settings)
    # Under the lock the search for it too, so that no driver finds half a study.
    with exclusive(storage):
        return _find_or_create(storage, name, settings)


def _find_or_create(storage: BaseStorage, name: str, settings: StudySettings) -> tuple[int, bool]:
    found = _find(storage, name)
    if found is not None:
        return found, False
    user_attrs = write_settings(settings)
    system_attrs = {"study:metric_names": list(settings.goals.metrics), **note_attrs(settings)}
    directions = directions_of(settings.goals)
    try:
        if isinstance(storage, PlanStorage):
            return _create(storage, name, directions, user_attrs, system_attrs), True
        with quiet("optuna.storages"):
            study_id = storage.create_new_study(directions, name)
    except (DuplicatedStudyError, sa.exc.IntegrityError):
        # Another driver made it in this very moment.
        return find_study(storage, name), False
    except sa.exc.DBAPIError as error:
        shown = display_url(storage.url) if isinstance(storage, PlanStorage) else "the storage"
        raise StorageError(
            f"The study {name!r} cannot be made in {shown}: {error.orig}. Nothing of it was "
            "written; make room there, or shorten what does not fit (MariaDB's and MySQL's text "
            "columns hold 64 KB, the base config among them)."
        ) from error
    for key, value in user_attrs.items():
        storage.set_study_user_attr(study_id, key, value)
    for key, value in system_attrs.items():
        storage.set_study_system_attr(study_id, key, value)
    return study_id, True


def _create(
    storage: PlanStorage,
    name: str,
    directions: Sequence[StudyDirection],
    user_attrs: Mapping[str, Any],
    system_attrs: Mapping[str, Any],
) -> int:
    """Create a study with all it carries in one transaction, so that none is ever half a study."""
    with storage.engine.begin() as connection:
        created = connection.execute(sa.insert(schema.studies).values(study_name=name))
        assert created.inserted_primary_key is not None
        study_id = int(created.inserted_primary_key[0])
        rows: list[dict[str, Any]] = [
            {"study_id": study_id, "objective": objective, "direction": direction}
            for objective, direction in enumerate(directions)
        ]
        connection.execute(sa.insert(schema.directions), rows)
        for table, attrs in (
            (schema.study_user_attrs, user_attrs),
            (schema.study_system_attrs, system_attrs),
        ):
            rows = [
                {"study_id": study_id, "key": key, "value_json": json.dumps(value)}
                for key, value in attrs.items()
            ]
            connection.execute(sa.insert(table), rows)
    return study_id


def save_settings(storage: BaseStorage, study_id: int, settings: StudySettings) -> None:
    """Write what a study is about over what it was about."""
    attrs = write_settings(settings)
    if not isinstance(storage, PlanStorage):
        with exclusive(storage):
            for key, value in attrs.items():
                storage.set_study_user_attr(study_id, key, value)
        return
    # In one transaction: a space without its strategy would be no study.
    table = schema.study_user_attrs
    with storage.engine.begin() as connection:
        for key, value in attrs.items():
            place = (table.c.study_id == study_id) & (table.c.key == key)
            connection.execute(sa.delete(table).where(place))
            row = {"study_id": study_id, "key": key, "value_json": json.dumps(value)}
            connection.execute(sa.insert(table), row)
