"""Open whatever a user gives for a storage."""

from __future__ import annotations

import os
from typing import Any

from optuna.storages import BaseStorage
from optuna.storages._cached_storage import _CachedStorage

from frameworm.errors import SearchArgumentError, StorageError
from frameworm.search.study.settings import Durability
from frameworm_optuna.database.journal import JournalFile, is_journal
from frameworm_optuna.database.storage import PlanStorage

__all__ = ["open_storage"]


def open_storage(
    storage: Any, durability: Durability = "full", *, only_existing: bool = False
) -> BaseStorage:
    """Return an opened storage.

    Args:
        storage: A database URL, ``journal:///`` and the path of a journal file, the path of an
            SQLite file, or any Optuna storage object.
        durability: What a finished trial survives on SQLite.
        only_existing: Refuse to make a file that is not there, for those who only read.

    Raises:
        SearchArgumentError: If it is none of these.
        StorageError: If it cannot be opened.
    """
    # Optuna wraps an RDB storage in a cache of its own; ours needs none.
    if isinstance(storage, _CachedStorage):
        storage = storage._backend
    if isinstance(storage, BaseStorage):
        return storage
    if isinstance(storage, os.PathLike):
        storage = os.fspath(storage)
    if not isinstance(storage, str) or not storage:
        raise SearchArgumentError(
            "storage is a database URL such as 'sqlite:///frameworm.db', the path of an SQLite "
            f"file, or an Optuna storage, got {storage!r}."
        )
    url = storage if "://" in storage else f"sqlite:///{storage}"
    if is_journal(url):
        return JournalFile(url, only_existing=only_existing)
    file = PlanStorage.file_of(url)
    if only_existing and file is not None and not file.exists():
        raise StorageError(f"There is no database {str(file)!r}; check the path in storage=.")
    return PlanStorage(url, durability=durability)
