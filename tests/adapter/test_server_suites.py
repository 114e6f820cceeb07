"""Optuna's storage suite and Frameworm's ledger on real PostgreSQL and MariaDB servers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from optuna.storages import BaseStorage
from optuna.testing.pytest_storages import StorageTestCase

from frameworm_optuna.database.storage import PlanStorage
from tests.servers import new_database


class TestStorageOnPostgres(StorageTestCase):
    @pytest.fixture
    def storage(self) -> Iterator[BaseStorage]:
        with new_database("postgresql") as url:
            storage = PlanStorage(url)
            yield storage
            storage.close()


class TestStorageOnMariaDB(StorageTestCase):
    @pytest.fixture
    def storage(self) -> Iterator[BaseStorage]:
        with new_database("mariadb") as url:
            storage = PlanStorage(url)
            yield storage
            storage.close()
