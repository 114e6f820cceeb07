"""A journal file by its URL: Optuna's storage for file systems without database locks, as NFS.

Optuna appends and fsyncs each operation alone. ``JournalFile.transaction`` makes one append, and
so one fsync, of all that a step does. The lines are Optuna's own, and it is Optuna's own lock
file that is held meanwhile, so plain Optuna reads and writes the same journal.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileSymlinkLock
from optuna.storages.journal._storage import JournalStorageReplayResult

from frameworm.errors import StorageError

__all__ = ["JournalFile", "is_journal"]

_SCHEME = "journal:///"
_STALE_SECONDS = 10
"""A lock file this old was left by a process that was killed."""


def is_journal(url: str) -> bool:
    """Whether a URL names a journal file: ``journal:///relative.log``, ``journal:////abs.log``."""
    return url.startswith("journal://")


class JournalFile(JournalStorage):
    """Optuna's ``JournalStorage`` on a file, opened by a URL, with transactions.

    Args:
        url: ``journal:///`` and a path; a fourth slash makes it absolute, as for SQLite.
        only_existing: Refuse to make the file if it is not there.

    Raises:
        StorageError: If the file or its folder is not there.
    """

    def __init__(self, url: str, *, only_existing: bool = False) -> None:
        if not url.startswith(_SCHEME) or not url[len(_SCHEME) :]:
            raise StorageError(
                f"{url!r} names no journal file; give one like 'journal:///study.log', or "
                "'journal:////shared/study.log' for an absolute path."
            )
        self.url = url
        self.file = Path(url[len(_SCHEME) :]).absolute()
        if not self.file.parent.is_dir():
            raise StorageError(
                f"The folder of the journal does not exist: {self.file.parent}. Make it first."
            )
        if only_existing and not self.file.exists():
            raise StorageError(f"There is no journal {str(self.file)!r}; check the path.")
        self._appender = _Appender(str(self.file))
        super().__init__(self._appender)

    @property
    def is_in_transaction(self) -> bool:
        """Whether this thread is inside a transaction."""
        return self._appender.collects_for(threading.get_ident())

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold off all other writers, and append what is done meanwhile at once, at the end.

        What other threads write through this storage meanwhile goes with it. After an exception
        nothing of this thread's is written. A transaction inside a transaction joins it.

        Raises:
            StorageError: If this process stood still for so long that another took its lock for
                left behind and wrote; nothing is written then.
        """
        appender = self._appender
        with appender.turn:
            if self.is_in_transaction:
                yield
                return
            appender.begin()
            try:
                yield
                appender.commit()
            except BaseException:
                # Under Optuna's lock, so that no thread goes on from lines that are dropped.
                with self._thread_lock:
                    appender.cancel()
                    self._forget()
                raise

    def _forget(self) -> None:
        """Have the next operation read the journal from its first line."""
        # A new name: Optuna raises the errors of an operation wherever its own worker's is read.
        self._worker_id_prefix = f"{uuid.uuid4()}-"
        self._replay_result = JournalStorageReplayResult(self._worker_id_prefix)


class _LockFile(JournalFileSymlinkLock):
    """Optuna's lock file; it knows whether it was taken away from a process that stood still."""

    _made: tuple[int, int] | None = None

    def acquire(self) -> bool:
        """Wait for the lock file and make it."""
        is_taken = super().acquire()
        self._made = self._found()
        return is_taken

    def _found(self) -> tuple[int, int] | None:
        try:
            found = os.lstat(self._lock_file)
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_ctime_ns

    @property
    def is_mine(self) -> bool:
        """Whether the lock file is the one made here."""
        return self._made is not None and self._made == self._found()

    def give_back(self) -> None:
        """Remove the lock file, unless it is another's by now."""
        if self.is_mine:
            with contextlib.suppress(RuntimeError):
                self.release()
        self._made = None


@dataclass
class _Collected:
    """The lines of an open transaction, each with the thread that wrote it.

    Args:
        base: How many lines the file has.
    """

    base: int
    lines: list[tuple[int, bytes]] = field(default_factory=list)
    thread: int = field(default_factory=threading.get_ident)


class _Appender(JournalFileBackend):
    """Optuna's journal file, whose lines can be collected and appended at once.

    Two locks: ``turn`` is held for a whole transaction. ``_guard`` is held for moments, and while
    waiting for the lock file, but never while waiting for a lock of the storage's: a thread that
    holds that one waits here.

    Args:
        path: The path of the file.
    """

    def __init__(self, path: str) -> None:
        self._lock_file = _LockFile(path, grace_period=_STALE_SECONDS)
        super().__init__(path, self._lock_file)
        self.turn = threading.RLock()
        self._guard = threading.Lock()
        self._collected: _Collected | None = None
        self._count = 0
        self._size = 0

    def __reduce__(self) -> tuple[type[_Appender], tuple[str]]:
        return type(self), (self._file_path,)

    def collects_for(self, thread: int) -> bool:
        """Whether a transaction is open that this thread opened."""
        collected = self._collected
        return collected is not None and collected.thread == thread

    def begin(self) -> None:
        """Open a transaction: from here on lines are collected."""
        with self._guard:
            self._lock_file.acquire()
            try:
                self._catch_up()
                self._collected = _Collected(self._count)
            except BaseException:
                self._lock_file.give_back()
                raise

    def commit(self) -> None:
        """Append what was collected and close the transaction."""
        with self._guard:
            collected = self._collected
            assert collected is not None
            if collected.lines:
                self._hold_on(collected.base)
                self._append([line for _, line in collected.lines])
            self._collected = None
            self._lock_file.give_back()

    def _hold_on(self, base: int) -> None:
        if self._lock_file.is_mine:
            return
        self._lock_file.acquire()
        self._catch_up()
        if self._count != base:
            raise StorageError(
                f"This process stood still for more than {_STALE_SECONDS} seconds while it held "
                f"the lock of the journal {self._file_path!r}, and another process wrote to it "
                "meanwhile. Nothing was written; run the search again to go on."
            )

    def cancel(self) -> None:
        """Close the transaction without the lines of the thread that opened it."""
        with self._guard:
            collected, self._collected = self._collected, None
            if collected is None:
                return
            others = [line for thread, line in collected.lines if thread != collected.thread]
            try:
                # The reason for which it is cancelled says more than a failure here would.
                with contextlib.suppress(OSError):
                    if others and not self._lock_file.is_mine:
                        self._lock_file.acquire()
                    self._catch_up()
                    self._append(others)
            finally:
                self._lock_file.give_back()

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Write operations to the file, or to the open transaction."""
        lines = [json.dumps(log, separators=(",", ":")).encode() + b"\n" for log in logs]
        with self._guard:
            if self._collected is not None:
                thread = threading.get_ident()
                self._collected.lines += [(thread, line) for line in lines]
                return
            self._lock_file.acquire()
            try:
                self._catch_up()
                self._append(lines)
            finally:
                self._lock_file.give_back()

    def read_logs(self, log_number_from: int) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        """Yield operations from a number on, those of an open transaction last."""
        with self._guard:
            collected = self._collected
            if collected is not None:
                base = collected.base
                lines = collected.lines[max(0, log_number_from - base) :]
        if collected is None:
            yield from super().read_logs(log_number_from)
            return
        if log_number_from < base:
            yield from itertools.islice(super().read_logs(log_number_from), base - log_number_from)
        for _, line in lines:
            yield json.loads(line)

    def _catch_up(self) -> None:
        """Count the lines that others wrote; cut one that a killed process left unfinished.

        Optuna's reader skips an unfinished last line, but what is appended to it is lost, and
        with the line after that the journal is unreadable.
        """
        with Path(self._file_path).open("rb") as file:
            file.seek(self._size)
            for line in file:
                if not line.endswith(b"\n"):
                    os.truncate(self._file_path, self._size)
                    break
                self._counted(line)

    def _append(self, lines: Sequence[bytes]) -> None:
        if not lines:
            return
        # One write, so that a process that is killed leaves all of it or nothing.
        with Path(self._file_path).open("ab", buffering=0) as file:
            rest = memoryview(b"".join(lines))
            while rest:
                rest = rest[file.write(rest) :]
            os.fsync(file.fileno())
        for line in lines:
            self._counted(line)

    def _counted(self, line: bytes) -> None:
        # Optuna's reader starts from the first line if it does not know where a number is.
        self._count += 1
        self._size += len(line)
        self._log_number_offset[self._count] = self._size
