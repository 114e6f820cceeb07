"""Optuna's own contract suites, run on our storage and samplers."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from optuna.samplers import BaseSampler
from optuna.storages import BaseStorage
from optuna.testing.pytest_samplers import BasicSamplerTestCase
from optuna.testing.pytest_storages import StorageTestCase

from frameworm.search.space import Real
from frameworm.search.study.strategy import Random
from frameworm_optuna.database.storage import PlanStorage
from frameworm_optuna.plan.random import RandomPlanner


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


class TestRandomSampler(BasicSamplerTestCase):
    @pytest.fixture
    def sampler(self) -> Callable[[], BaseSampler]:
        return lambda: RandomPlanner(Random(10, seed=0), {"x": Real(0, 1)}).sampler
