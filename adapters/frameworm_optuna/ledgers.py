"""The ledger for a storage."""

from __future__ import annotations

from optuna.storages import BaseStorage

from frameworm_optuna.ledger import Ledger
from frameworm_optuna.sql_ledger import SqlLedger
from frameworm_optuna.storage import PlanStorage
from frameworm_optuna.storage_ledger import StorageLedger

__all__ = ["make_ledger"]


def make_ledger(storage: BaseStorage, study_id: int, driver: str) -> Ledger:
    """Return the fast ledger for a database Frameworm opened, else one for any storage.

    Args:
        storage: An Optuna storage.
        study_id: The study's key in it.
        driver: The id under which trials are claimed.
    """
    if isinstance(storage, PlanStorage):
        return SqlLedger(storage, study_id, driver)
    return StorageLedger(storage, study_id, driver)
