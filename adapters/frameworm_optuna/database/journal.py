"""A journal file by its URL: Optuna's storage for file systems without database locks, as NFS."""

from __future__ import annotations

from pathlib import Path

from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from frameworm.errors import StorageError

__all__ = ["JournalFile", "is_journal"]

_SCHEME = "journal:///"


def is_journal(url: str) -> bool:
    """Whether a URL names a journal file: ``journal:///relative.log``, ``journal:////abs.log``."""
    return url.startswith("journal://")


class JournalFile(JournalStorage):
    """Optuna's ``JournalStorage`` on a ``JournalFileBackend``, opened by a URL.

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
        super().__init__(JournalFileBackend(str(self.file)))
