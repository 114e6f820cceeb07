"""Databases that cannot be used: a clear error that names the path, and nothing half-written."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import optuna
import pytest

from frameworm.errors import SearchArgumentError, StorageError
from frameworm.search import RandomSearch, Real
from frameworm_optuna import PlanStorage

BASE = {"x": 0.5}
SPACE = {"x": Real(0, 1)}


def search(path: Path, n_trials: int = 5, **options) -> RandomSearch:
    return RandomSearch(
        BASE, SPACE, n_trials=n_trials, storage=f"sqlite:///{path}", study_name="s", **options
    )


def train(config) -> dict[str, float]:
    return {"val_loss": config["x"]}


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    folder.mkdir(exist_ok=True)
    if os.geteuid() != 0:
        pytest.skip("only root can mount a file system")
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no tmpfs can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "not" / "here" / "s.db"
    with pytest.raises(StorageError, match=rf"folder .* does not exist: {path.parent}.*Make it"):
        search(path).run(train, verbose=False)
    assert not path.parent.exists()


@pytest.mark.parametrize("content", [b"this is no database, but long enough to be read as one" * 9])
def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s.db"
    path.write_bytes(content)
    with pytest.raises(StorageError, match=rf"{path}.*no SQLite database.*another path"):
        search(path).run(train, verbose=False)
    assert path.read_bytes() == content


def test_a_database_of_something_else_is_used_beside_its_tables(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE mine (x)")
    search(path).run(train, verbose=False)
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT count(*) FROM mine").fetchone() == (0,)


def test_a_read_only_database_is_named(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "size=8m") as disk:
        search(disk / "s.db").run(train, verbose=False)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(StorageError, match=rf"{disk / 's.db'}.*[Cc]heck that the file"):
            search(disk / "s.db", n_trials=9).run(train, verbose=False)
        with pytest.raises(StorageError, match=str(disk / "new.db")):
            search(disk / "new.db").run(train, verbose=False)
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        found = search(disk / "s.db", n_trials=9)
        found.run(train, verbose=False)
        assert len(found.results) == 9


@pytest.mark.parametrize("durability", ["full", "normal"])
def test_a_disk_that_fills_up_loses_nothing(tmp_path: Path, durability: str) -> None:
    with mounted(tmp_path / "disk", "size=2m") as disk:
        path = disk / "s.db"
        filler = disk / "filler"

        def fill_up(config) -> dict[str, float]:
            if config["x"] > 0.8 and not filler.exists():
                with contextlib.suppress(OSError), filler.open("wb") as file:
                    while True:
                        file.write(b"x" * 4096)
            return {"val_loss": config["x"], **{f"metric {i}": 0.5 for i in range(200)}}

        options = {"random_state": 1, "durability": durability}
        with pytest.raises(StorageError, match=rf"{path}.*safe.*run the same search again"):
            search(path, 60, **options).run(fill_up, verbose=False)
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        before = _complete(path)
        filler.unlink()
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        found = search(path, 60, **options)
        found.run(train, verbose=False)
        after = _complete(path)
        assert len(after) == 60
        assert {number: after[number] for number in before} == before
        found.study._storage.remove_session()


def _complete(path: Path) -> dict[int, tuple]:
    study = optuna.load_study(storage=f"sqlite:///{path}", study_name="s")
    found = {
        trial.number: (trial.params, trial.values, trial.datetime_complete)
        for trial in study.trials
        if trial.state.name == "COMPLETE"
    }
    study._storage.remove_session()
    return found


def test_a_disk_that_is_full_from_the_start_is_said_so(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "size=64k") as disk:
        with pytest.raises(StorageError, match=rf"{disk / 's.db'}.*(full|disk space|space)"):
            search(disk / "s.db").run(train, verbose=False)
        subprocess.run(["mount", "-o", "remount,size=16m", str(disk)], check=True)
        found = search(disk / "s.db")
        found.run(train, verbose=False)
        assert len(found.results) == 5


@pytest.mark.parametrize("url", ["nosuchdb://x/y", "sqlite//broken"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises((SearchArgumentError, StorageError), match=r"URL|driver|sqlite:///path"):
        RandomSearch(BASE, SPACE, storage=url).run(train, verbose=False)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")
def test_where_no_write_ahead_log_is_possible_the_journal_is_used(tmp_path: Path, caplog) -> None:
    caplog.set_level("INFO", logger="frameworm")
    # A named memory database is such a place: SQLite keeps the journal it has there.
    url = f"sqlite:///file:{tmp_path}/s.db?mode=memory&cache=shared&uri=true"
    storage = PlanStorage(url)
    with storage.engine.connect() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    assert mode == "memory"
    assert "rollback journal (memory)" in caplog.text
