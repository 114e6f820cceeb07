"""Where a study's checkpoints lie."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import quote

from optuna.storages import BaseStorage

from frameworm.checkpoints.places import inside
from frameworm.search.study.settings import StudySettings
from frameworm_optuna.database.storage import PlanStorage

__all__ = ["checkpoint_root"]

_LONGEST = 200
"""File systems end a name at 255 bytes."""


def checkpoint_root(storage: BaseStorage, name: str, settings: StudySettings) -> str:
    """Return the folder, or its URL, under which each trial of a study has one.

    Args:
        storage: Where the study lies; a SQLite file has the folder beside it.
        name: The study's name.
        settings: Where its checkpoints shall lie instead.
    """
    if settings.checkpoints is not None:
        # Others may have a study of that name, in another database, and keep theirs there too.
        apart = f"-{settings.id}" if settings.id else ""
        return inside(settings.checkpoints, f"{_folder_name(name)}{apart}")
    folder = Path("frameworm_checkpoints")
    if isinstance(storage, PlanStorage) and (file := storage.file) is not None:
        # Two databases beside each other may differ in nothing but what follows the dot.
        name_of_file = file.name if file.suffix else f"{file.name}."
        stem = file.stem if file.suffix == ".db" else name_of_file
        folder = file.with_name(f"{stem}_checkpoints")
    return str(folder.absolute() / _folder_name(name))


def _folder_name(name: str) -> str:
    """Return a study's name as a folder's, which may hold neither slashes nor be all dots."""
    quoted = quote(name, safe=" ")
    if not quoted.strip("."):
        quoted = quoted.replace(".", "%2E") or "%00"
    if len(quoted) > _LONGEST:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        quoted = f"{quoted[:_LONGEST]}-{digest}"
    return quoted
