"""Where a study's checkpoints lie."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import quote

from optuna.storages import BaseStorage

from frameworm_optuna.database.storage import PlanStorage

__all__ = ["checkpoint_root", "saved_since", "trial_folder"]

_LONGEST = 200
"""File systems end a name at 255 bytes."""


def checkpoint_root(storage: BaseStorage, name: str) -> Path:
    """Return the folder under which each trial of a study has one.

    Args:
        storage: Where the study lies; a SQLite file has the folder beside it.
        name: The study's name.
    """
    folder = Path("frameworm_checkpoints")
    if isinstance(storage, PlanStorage) and (file := storage.file) is not None:
        # Two databases beside each other may differ in nothing but what follows the dot.
        name_of_file = file.name if file.suffix else f"{file.name}."
        stem = file.stem if file.suffix == ".db" else name_of_file
        folder = file.with_name(f"{stem}_checkpoints")
    return folder.absolute() / _folder_name(name)


def _folder_name(name: str) -> str:
    """Return a study's name as a folder's, which may hold neither slashes nor be all dots."""
    quoted = quote(name, safe=" ")
    if not quoted.strip("."):
        quoted = quoted.replace(".", "%2E") or "%00"
    if len(quoted) > _LONGEST:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        quoted = f"{quoted[:_LONGEST]}-{digest}"
    return quoted


def trial_folder(root: str, number: int) -> Path:
    """Return the folder of one trial."""
    return Path(root, f"trial-{number:05d}")


def saved_since(folder: Path, start: float) -> bool:
    """Whether anything in a folder was written after a time in POSIX seconds."""
    return any(path.is_file() and path.stat().st_mtime > start for path in folder.rglob("*"))
