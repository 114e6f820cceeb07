"""The ledger for a storage."""

from __future__ import annotations

import logging

from optuna.storages import BaseStorage

from frameworm_optuna.database.schema import is_known_schema
from frameworm_optuna.database.storage import PlanStorage
from frameworm_optuna.ledger.generic import GenericLedger
from frameworm_optuna.ledger.protocol import Ledger
from frameworm_optuna.ledger.sql import SqlLedger

__all__ = ["make_ledger"]

_logger = logging.getLogger("frameworm")


def make_ledger(storage: BaseStorage, study_id: int, driver: str) -> Ledger:
    """Return the fast ledger for a database Frameworm opened, else one for any storage.

    Args:
        storage: An Optuna storage.
        study_id: The study's key in it.
        driver: The id under which trials are claimed.
    """
    if isinstance(storage, PlanStorage):
        if is_known_schema():
            return SqlLedger(storage, study_id, driver)
        _logger.info(
            "The tables of the installed Optuna are new to Frameworm; it goes through Optuna's "
            "public interface, which is slower."
        )
    return GenericLedger(storage, study_id, driver)
