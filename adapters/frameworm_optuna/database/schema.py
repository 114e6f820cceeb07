"""Optuna's tables: the one module that names what is private to Optuna's RDB storage.

Optuna 3.2 to 5 share one schema. It is created here in a single transaction under a lock, because
Optuna's own creation fails when several processes do it at once, and because loading alembic
costs more than a whole short search.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from optuna import version as optuna_version
from optuna.storages._rdb import models

__all__ = [
    "SCHEMA_HEAD",
    "directions",
    "ensure_schema",
    "heartbeats",
    "intermediate_values",
    "is_known_schema",
    "params",
    "stored_intermediate",
    "stored_value",
    "studies",
    "study_system_attrs",
    "study_user_attrs",
    "system_attrs",
    "trials",
    "user_attrs",
    "value_of",
    "values",
]

SCHEMA_HEAD = "v3.2.0.a"
"""The alembic revision of the tables below; a test holds it against Optuna's own."""

studies: sa.Table = models.StudyModel.__table__
directions: sa.Table = models.StudyDirectionModel.__table__
study_user_attrs: sa.Table = models.StudyUserAttributeModel.__table__
study_system_attrs: sa.Table = models.StudySystemAttributeModel.__table__
trials: sa.Table = models.TrialModel.__table__
params: sa.Table = models.TrialParamModel.__table__
values: sa.Table = models.TrialValueModel.__table__
intermediate_values: sa.Table = models.TrialIntermediateValueModel.__table__
user_attrs: sa.Table = models.TrialUserAttributeModel.__table__
system_attrs: sa.Table = models.TrialSystemAttributeModel.__table__
heartbeats: sa.Table = models.TrialHeartbeatModel.__table__

_VERSIONS = sa.Table(
    "alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True)
)
_MAKING_SECONDS = 1.0
_LOCK_KEY = 0x66726D77  # "frmw": any number both servers' advisory locks accept

_COLUMNS = {
    "trials": {"trial_id", "number", "study_id", "state", "datetime_start", "datetime_complete"},
    "trial_params": {"param_id", "trial_id", "param_name", "param_value", "distribution_json"},
    "trial_values": {"trial_value_id", "trial_id", "objective", "value", "value_type"},
    "trial_user_attributes": {"trial_user_attribute_id", "trial_id", "key", "value_json"},
    "trial_system_attributes": {"trial_system_attribute_id", "trial_id", "key", "value_json"},
}


def is_known_schema() -> bool:
    """Whether the installed Optuna's tables are the ones the fast path was written for."""
    tables = models.BaseModel.metadata.tables
    return models.SCHEMA_VERSION == 12 and all(
        name in tables and set(tables[name].columns.keys()) == columns
        for name, columns in _COLUMNS.items()
    )


def stored_value(value: float) -> tuple[float | None, Any]:
    """Return an objective value as the ``trial_values`` table holds it."""
    stored, kind = models.TrialValueModel.value_to_stored_repr(value)
    return stored, kind


def stored_intermediate(value: float) -> tuple[float | None, Any]:
    """Return a reported value as the ``trial_intermediate_values`` table holds it."""
    stored, kind = models.TrialIntermediateValueModel.intermediate_value_to_stored_repr(value)
    return stored, kind


def value_of(stored: float | None, kind: Any) -> float:
    """Return an objective or intermediate value from what its table holds."""
    if kind.name == "FINITE":
        # Some SQLite studies hold a NaN, which the database made NULL.
        return float("nan") if stored is None else stored
    return {"INF_POS": float("inf"), "INF_NEG": float("-inf"), "NAN": float("nan")}[kind.name]


def ensure_schema(engine: sa.Engine) -> bool:
    """Create Optuna's tables where they are missing.

    Args:
        engine: An engine on the database.

    Returns:
        Whether the database now has exactly the schema :data:`SCHEMA_HEAD`; ``False`` for one that
        an older or newer Optuna left, which Optuna itself must judge.
    """
    revision = _settled_revision(engine)
    if revision is not None:
        return revision == SCHEMA_HEAD
    with _creation_lock(engine) as connection:
        revision = _revision(connection)
        if revision is not None:
            return revision == SCHEMA_HEAD
        if _is_older(connection):
            return False
        models.BaseModel.metadata.create_all(connection)
        _VERSIONS.metadata.create_all(connection)
        if engine.dialect.name in ("mysql", "mariadb"):
            _suit_mysql(connection)
        connection.execute(
            sa.insert(models.VersionInfoModel.__table__).values(
                version_info_id=1,
                schema_version=models.SCHEMA_VERSION,
                library_version=optuna_version.__version__,
            )
        )
        connection.execute(sa.insert(_VERSIONS).values(version_num=SCHEMA_HEAD))
    return True


def _settled_revision(engine: sa.Engine) -> str | None:
    """Return the tables' revision; where there are some without it, wait a little for it.

    Plain Optuna knows nothing of our lock, makes its tables one by one and fails where another
    process made one of them meanwhile.
    """
    deadline = time.monotonic() + _MAKING_SECONDS
    while True:
        with engine.connect() as connection:
            revision = _revision(connection)
            is_begun = revision is None and sa.inspect(connection).has_table("studies")
        if not is_begun or time.monotonic() > deadline:
            return revision
        time.sleep(0.05)


def _is_older(connection: sa.Connection) -> bool:
    """Whether an older Optuna made the tables; some without their version are half made.

    MariaDB and MySQL commit at every CREATE TABLE, so who is killed there leaves some of them.
    """
    inspector = sa.inspect(connection)
    if not inspector.has_table("studies") or not inspector.has_table("version_info"):
        return False
    query = sa.select(sa.func.count()).select_from(models.VersionInfoModel.__table__)
    return bool(connection.scalar(query))


def _suit_mysql(connection: sa.Connection) -> None:
    for table in models.BaseModel.metadata.sorted_tables:
        # Its usual collations take "F1" and "f1" for one name.
        connection.exec_driver_sql(
            f"ALTER TABLE {table.name} CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
        )
    # Its DATETIME has whole seconds only, unless told otherwise.
    connection.exec_driver_sql(
        "ALTER TABLE trials MODIFY datetime_start DATETIME(6) NULL, "
        "MODIFY datetime_complete DATETIME(6) NULL"
    )


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.select(_VERSIONS.c.version_num)).scalar()


@contextlib.contextmanager
def _creation_lock(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Hold off every other process that would create the tables."""
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                # After an interrupt in the midst of a statement the connection is closed already.
                with contextlib.suppress(sa.exc.SQLAlchemyError):
                    connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")
        return
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_KEY)))
            yield connection
            connection.commit()
            return
        # MariaDB and MySQL commit at every CREATE TABLE, so the lock must outlive transactions.
        name = f"frameworm_{_LOCK_KEY}"
        for _ in range(30):
            # Less long than an answer is waited for.
            if connection.scalar(sa.select(sa.func.get_lock(name, 10))):
                break
        try:
            yield connection
            connection.commit()
        finally:
            # It goes with a lost connection anyway, which is the error to be told of.
            with contextlib.suppress(sa.exc.SQLAlchemyError):
                connection.rollback()
                connection.execute(sa.select(sa.func.release_lock(name)))
