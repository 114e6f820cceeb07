"""Optuna's own contract suites, run on our storage and samplers."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
from optuna.storages import BaseStorage
from optuna.testing.pytest_storages import StorageTestCase

from frameworm_optuna.database.storage import PlanStorage


class TestStorageOnFile(StorageTestCase):
    @pytest.fixture
    def storage(self, tmp_path: Path) -> Iterator[BaseStorage]:
        storage = PlanStorage(f"sqlite:///{tmp_path}/suite.db", durability="normal")
        yield storage
        storage.close()


class TestStorageInMemory(StorageTestCase):
    @pytest.fixture
    def storage(self) -> Iterator[BaseStorage]:
        storage = PlanStorage("sqlite:///:memory:")
        yield storage
        storage.close()

    def test_pickle_storage(self, storage: BaseStorage) -> None:
        # A memory database lives in its connection: the copy is another, empty one.
        assert pickle.loads(pickle.dumps(storage)).get_all_studies() == []
