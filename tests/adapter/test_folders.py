"""Where checkpoints lie: no study's folder is another's, whatever they are called."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from optuna.storages import InMemoryStorage

from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Random
from frameworm.trial.goals import Goals
from frameworm_optuna import PlanStorage
from frameworm_optuna.folders import checkpoint_root


def settings(**options) -> StudySettings:
    return StudySettings({}, Random(1, 0), Goals([("val_loss", "min")]), {}, **options)


NAMES = ["s", "S2", "a/b", "a%2Fb", "..", ".", "...", "x" * 300, "x" * 299 + "y", "ä", " ", "a b"]


def test_each_study_has_a_folder_of_its_own_beside_the_database(tmp_path: Path) -> None:
    roots = [
        Path(checkpoint_root(PlanStorage(f"sqlite:///{tmp_path}/{file}"), name, settings()))
        for file, name in itertools.product(["a.db", "a.sqlite", "a", "b.db"], NAMES)
    ]
    assert len(set(roots)) == len(roots)
    for root in roots:
        assert root.resolve() == root, "no name leads elsewhere"
        assert root.parent.parent == tmp_path
        root.mkdir(parents=True)


def test_a_database_called_as_usual_keeps_its_folder(tmp_path: Path) -> None:
    storage = PlanStorage(f"sqlite:///{tmp_path}/digits.db")
    assert checkpoint_root(storage, "s", settings()) == f"{tmp_path}/digits_checkpoints/s"


def test_other_storages_use_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    root = checkpoint_root(InMemoryStorage(), "s", settings())
    assert root == f"{tmp_path}/frameworm_checkpoints/s"


@pytest.mark.parametrize("place", ["/nfs/runs", "s3://bucket/runs"])
def test_a_place_that_is_named_holds_a_folder_for_each_study_of_each_database(place: str) -> None:
    made = [settings(checkpoints=place, id=id_) for id_ in ("5f3a", "77b1", "")]
    assert [checkpoint_root(InMemoryStorage(), "a/b", each) for each in made] == [
        f"{place}/a%2Fb-5f3a",
        f"{place}/a%2Fb-77b1",
        f"{place}/a%2Fb",
    ]
