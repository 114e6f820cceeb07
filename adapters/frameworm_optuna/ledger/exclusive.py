"""Keep two drivers of one storage from changing it at the same time.

Optuna's storage interface has one step that only one of several drivers can win, ``WAITING`` to
``RUNNING``. Planning, giving trials back and finishing them take several calls, so they are done
under a lock that every driver of Frameworm's takes.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from optuna.storages import BaseStorage, InMemoryStorage, JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileSymlinkLock

from frameworm_optuna.database.journal import JournalFile

__all__ = ["exclusive"]

_in_memory: weakref.WeakKeyDictionary[BaseStorage, threading.RLock] = weakref.WeakKeyDictionary()
_DRIVERS = ".drivers"
_STALE_SECONDS = 10
"""A lock file this old was left by a process that was killed."""


def exclusive(storage: BaseStorage) -> AbstractContextManager[None]:
    """Hold off the other drivers of a storage.

    A storage in memory and a journal file have a lock; on a journal file opened by its URL, what
    is done under it is also one transaction. Other storages of Optuna's, such as a
    journal in Redis or a gRPC proxy, have none: there several drivers that start in the very same
    moment may plan a point twice.

    Args:
        storage: An Optuna storage.
    """
    if isinstance(storage, InMemoryStorage):
        return _held(_in_memory.setdefault(storage, threading.RLock()))
    if isinstance(storage, JournalFile):
        return _transaction(storage)
    if isinstance(storage, JournalStorage):
        backend = storage._backend
        if isinstance(backend, JournalFileBackend):
            return _file_lock(backend._file_path + _DRIVERS)
    return contextlib.nullcontext()


@contextlib.contextmanager
def _held(lock: threading.RLock) -> Iterator[None]:
    with lock:
        yield


@contextlib.contextmanager
def _transaction(storage: JournalFile) -> Iterator[None]:
    # There is this file where a driver was given the same journal as an object of Optuna's: its
    # steps are several appends, between which this one must not come.
    others = f"{storage.file}{_DRIVERS}"
    has_others = Path(others).exists() and not storage.is_in_transaction
    with _file_lock(others) if has_others else contextlib.nullcontext(), storage.transaction():
        yield


@contextlib.contextmanager
def _file_lock(path: str) -> Iterator[None]:
    # Others judge a lock's age by the file it points to.
    Path(path).touch()
    lock = JournalFileSymlinkLock(path, grace_period=_STALE_SECONDS)
    lock.acquire()
    try:
        yield
    finally:
        with contextlib.suppress(RuntimeError):  # taken away, because this process stood still
            lock.release()
