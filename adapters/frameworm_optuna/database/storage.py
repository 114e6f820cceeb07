"""An Optuna RDB storage that opens fast and safely, and waits instead of failing when locked."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from optuna.storages import RDBStorage
from optuna.storages._rdb.storage import _VersionManager
from sqlalchemy import orm

from frameworm.errors import SearchArgumentError, StorageError
from frameworm.search.study.settings import Durability
from frameworm_optuna.database import schema
from frameworm_optuna.database.engines import display_url, make_engine, shared_engine

__all__ = ["PlanStorage"]


class PlanStorage(RDBStorage):
    """Optuna's ``RDBStorage``, opened by Frameworm.

    It reads and writes exactly Optuna's tables and stays a full Optuna storage. What differs is
    the opening: the schema is made in one locked transaction, SQLite runs in write-ahead mode with
    a long busy timeout, and errors name the database and the remedy.

    Args:
        url: A SQLAlchemy URL.
        durability: For SQLite: ``"full"`` syncs every commit, so a finished trial survives a power
            loss; ``"normal"`` syncs at checkpoints, so it survives a crash of the process but
            perhaps not of the machine.
        engine_kwargs: Passed on to ``sqlalchemy.create_engine``.

    Raises:
        SearchArgumentError: If the URL or the durability is not one.
        StorageError: If the database cannot be opened.
    """

    def __init__(
        self,
        url: str,
        durability: Durability = "full",
        engine_kwargs: dict[str, Any] | None = None,
    ) -> None:
        if durability not in ("full", "normal"):
            raise SearchArgumentError(f"durability is 'full' or 'normal', got {durability!r}.")
        try:
            parsed = sa.make_url(url)
        except sa.exc.ArgumentError as error:
            raise SearchArgumentError(
                "storage is not a database URL; give one like 'sqlite:///frameworm.db'."
            ) from error
        self.url = url
        # Where it lies now: another working directory is no other database.
        self.file = self.file_of(url)
        self.durability = durability
        self.engine_kwargs = dict(engine_kwargs or {})
        self.skip_compatibility_check = False
        # Frameworm beats for its drivers itself; Optuna's own heartbeat stays off.
        self.heartbeat_interval = None
        self.grace_period = None
        self.heartbeat_stale_trial_callback = None
        self.failed_trial_callback = None
        _check_folder(parsed)
        self._open()

    def _open(self) -> None:
        shown = display_url(self.url)
        try:
            self.engine = self._engine()
            if not schema.ensure_schema(self.engine):
                self._version_manager.check_table_schema_compatibility()
        except ImportError as error:
            raise StorageError(
                f"No driver is installed for {shown}: {error}. "
                "Install frameworm[postgres] or frameworm[mysql]."
            ) from error
        except sa.exc.SQLAlchemyError as error:
            raise StorageError(_why_not_opened(shown, error)) from error

    def _engine(self) -> sa.Engine:
        if self.in_memory or self.engine_kwargs:
            return make_engine(
                self.absolute_url, self.durability, self.in_memory, self.engine_kwargs
            )
        engine = shared_engine(self.absolute_url, self.durability)
        # Idle connections of an earlier use may belong to a file that was replaced since.
        engine.dispose()
        return engine

    def release(self) -> None:
        """Close idle connections; the storage stays usable and connects again when asked."""
        if not self.in_memory:
            self.engine.dispose()

    @property
    def absolute_url(self) -> str:
        """The URL, with the path of an SQLite file made absolute."""
        if self.file is None:
            return self.url
        absolute = sa.make_url(self.url).set(database=str(self.file))
        return absolute.render_as_string(hide_password=False)

    @staticmethod
    def file_of(url: str) -> Path | None:
        """Return the absolute path of an SQLite file; ``None`` for anything else."""
        try:
            parsed = sa.make_url(url)
        except sa.exc.ArgumentError:
            return None
        path = parsed.database
        if parsed.get_backend_name() != "sqlite" or path in (None, "", ":memory:"):
            return None
        assert path is not None
        return None if path.startswith("file:") else Path(path).absolute()

    @property
    def in_memory(self) -> bool:
        """Whether this is an SQLite database without a file."""
        parsed = sa.make_url(self.url)
        return parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:")

    @cached_property
    def scoped_session(self) -> orm.scoped_session[orm.Session]:  # type: ignore[override]
        """The sessions Optuna's own methods use."""
        return orm.scoped_session(orm.sessionmaker(bind=self.engine))

    @cached_property
    def _version_manager(self) -> _VersionManager:  # type: ignore[override]
        # Made only when asked for: it loads alembic.
        return _VersionManager(self.url, self.engine, self.scoped_session)

    def close(self) -> None:
        """Close every connection."""
        if "scoped_session" in self.__dict__:
            self.scoped_session.remove()
        self.engine.dispose()

    def __getstate__(self) -> dict[Any, Any]:
        # An engine does not survive pickling or a fork: the copy opens its own.
        dropped = ("scoped_session", "engine", "_version_manager")
        return {key: value for key, value in self.__dict__.items() if key not in dropped}

    def __setstate__(self, state: dict[Any, Any]) -> None:
        self.__dict__.update(state)
        self._open()


def _check_folder(url: sa.URL) -> None:
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return
    assert url.database is not None
    if url.database.startswith("file:"):
        return
    folder = Path(url.database).absolute().parent
    if not folder.is_dir():
        raise StorageError(
            f"The folder of the database does not exist: {folder}. "
            "Make it, or give another path in storage='sqlite:///path/to/file.db'."
        )


def _why_not_opened(shown: str, error: sa.exc.SQLAlchemyError) -> str:
    reason = str(getattr(error, "orig", None) or error).splitlines()[0]
    lowered = reason.lower()
    if "not a database" in lowered or "malformed" in lowered:
        remedy = "The file is no SQLite database or is damaged; give another path."
    elif "readonly" in lowered or "read-only" in lowered or "unable to open" in lowered:
        remedy = "Check that the file and its folder can be written by this user."
    elif "full" in lowered or "disk i/o" in lowered:
        remedy = "Free some disk space, or move the database."
    elif "locked" in lowered:
        remedy = (
            "Another process holds it. If it lies on a network file system, use a local path or "
            "a database server."
        )
    else:
        remedy = "Check the URL, and that the server runs and knows this user and database."
    return f"Cannot open the storage {shown}: {reason}. {remedy}"
