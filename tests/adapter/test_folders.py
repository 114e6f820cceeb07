"""Where checkpoints lie: no study's folder is another's, whatever they are called."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from optuna.storages import InMemoryStorage

from frameworm_optuna import PlanStorage
from frameworm_optuna.folders import checkpoint_root, saved_since, trial_folder

NAMES = ["s", "S2", "a/b", "a%2Fb", "..", ".", "...", "x" * 300, "x" * 299 + "y", "ä", " ", "a b"]


def test_each_study_has_a_folder_of_its_own_beside_the_database(tmp_path: Path) -> None:
    roots = [
        checkpoint_root(PlanStorage(f"sqlite:///{tmp_path}/{file}"), name)
        for file, name in itertools.product(["a.db", "a.sqlite", "a", "b.db"], NAMES)
    ]
    assert len(set(roots)) == len(roots)
    for root in roots:
        assert root.resolve() == root, "no name leads elsewhere"
        assert root.parent.parent == tmp_path
        root.mkdir(parents=True)
        Path(trial_folder(str(root), 3)).mkdir()


def test_a_database_called_as_usual_keeps_its_folder(tmp_path: Path) -> None:
    storage = PlanStorage(f"sqlite:///{tmp_path}/digits.db")
    assert checkpoint_root(storage, "s") == tmp_path / "digits_checkpoints" / "s"


def test_other_storages_use_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert checkpoint_root(InMemoryStorage(), "s") == tmp_path / "frameworm_checkpoints" / "s"


def test_what_was_saved_since_a_time_is_seen(tmp_path: Path) -> None:
    folder = tmp_path / "trial-00000"
    assert not saved_since(folder, 0.0)
    folder.mkdir()
    assert not saved_since(folder, 0.0)
    (folder / "deep").mkdir()
    (folder / "deep" / "last.pt").write_bytes(b"x")
    stamp = (folder / "deep" / "last.pt").stat().st_mtime
    assert saved_since(folder, stamp - 1)
    assert not saved_since(folder, stamp + 1)
