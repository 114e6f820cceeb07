from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from frameworm.errors import ExperimentError, ExperimentNotFoundError
from frameworm.experiment import Experiment, ExperimentManager
from frameworm.experiment import database as db

PROCESSES = 8

# Waits until all are ready, so that they create the schema together.
WRITER = """
import sys
from frameworm.experiment import Experiment
root, worker = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
for trial in range(5):
    Experiment.record("mnist", {"a": 1}, {"loss": trial}, ["grid_search"], root, trial=trial)
with Experiment(f"worker {worker}", root_dir=root) as experiment:
    for step in range(10):
        experiment.log_metric("loss", step, step)
"""

VICTIM = """
import os, signal, sys
from frameworm.experiment import Experiment
with Experiment("victim", root_dir=sys.argv[1]) as experiment:
    experiment.log_metric("loss", 0.5, step=1)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_processes_create_and_write_one_root_at_the_same_moment(tmp_path: Path) -> None:
    root = tmp_path / "new" / "root"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(root), str(worker)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for worker in range(PROCESSES)
    ]
    assert [writer.stdout.readline() for writer in writers if writer.stdout] == [
        "ready\n"
    ] * PROCESSES
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    errors = [writer.communicate()[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * PROCESSES, errors
    frame = ExperimentManager(root).list_experiments()
    assert len(frame) == frame["id"].nunique() == PROCESSES * 6
    assert set(frame["status"]) == {"completed"}
    assert frame["metrics.loss"].notna().all()
    assert len([path for path in root.iterdir() if path.is_dir()]) == PROCESSES * 6


def test_a_killed_process_leaves_its_experiment_running(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", VICTIM, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    found = ExperimentManager(tmp_path).get_experiment("victim")
    assert found.status == "running"
    assert found.duration is None
    assert found.get_metrics() == {"loss": 0.5}
    Experiment("after", root_dir=tmp_path)
    assert len(ExperimentManager(tmp_path).list_experiments()) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_parent_and_child_write_after_a_fork(tmp_path: Path) -> None:
    with Experiment("forked", root_dir=tmp_path) as experiment:
        experiment.log_metric("before", 1.0)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                for step in range(20):
                    experiment.log_metric("child", step, step)
                Experiment.record("from the child", root_dir=tmp_path)
                code = 0
            finally:
                os._exit(code)
        for step in range(20):
            experiment.log_metric("parent", step, step)
        assert os.waitpid(child, 0)[1] == 0
    assert experiment.get_metrics() == {"before": 1.0, "child": 19.0, "parent": 19.0}
    assert len(ExperimentManager(tmp_path).list_experiments()) == 2
    connection = sqlite3.connect(tmp_path / db.DATABASE)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_write_ahead_log_and_foreign_keys(tmp_path: Path) -> None:
    Experiment("x", root_dir=tmp_path)
    with db.reading(tmp_path) as connection:
        pragmas = ["journal_mode", "foreign_keys", "busy_timeout", "synchronous"]
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas]
    assert found == ["wal", 1, 60000, 1]


def test_a_writer_waits_for_another(tmp_path: Path) -> None:
    experiment = Experiment("x", root_dir=tmp_path)
    other = sqlite3.connect(tmp_path / db.DATABASE, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, lambda: other.execute("COMMIT")).start()
    experiment.log_metric("loss", 1.0)
    assert experiment.get_metrics() == {"loss": 1.0}


def test_a_root_that_was_deleted_is_made_again(tmp_path: Path) -> None:
    root = tmp_path / "root"
    Experiment("first", root_dir=root)
    shutil.rmtree(root)
    second = Experiment("second", root_dir=root)
    assert ExperimentManager(root).list_experiments()["id"].tolist() == [second.id]


def test_more_roots_than_engines_are_kept(tmp_path: Path) -> None:
    made = [Experiment("x", root_dir=tmp_path / str(index)) for index in range(20)]
    made[0].log_metric("loss", 1.0)
    assert made[0].get_metrics() == {"loss": 1.0}
    assert len(db._engines) <= db._MAX_ENGINES


def test_a_missing_database_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(ExperimentNotFoundError, match="does not exist"):
        Experiment.load("x", tmp_path / "missing")
    assert list(tmp_path.iterdir()) == []


def test_a_root_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExperimentError, match="Choose another root directory"):
        Experiment("x", root_dir=tmp_path / "file" / "root")
    with pytest.raises(ExperimentError, match="is a file"):
        ExperimentManager(tmp_path / "file")


def test_files_that_are_not_ours(tmp_path: Path) -> None:
    path = tmp_path / db.DATABASE
    path.write_text("this is no database at all, but long enough to be looked at" * 20)
    with pytest.raises(ExperimentError, match=r"file is not a database.*restore a copy"):
        Experiment("x", root_dir=tmp_path)
    with pytest.raises(ExperimentError, match="file is not a database"):
        ExperimentManager(tmp_path).list_experiments()
    path.unlink()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE experiments (id TEXT)")
    other.close()
    for ask in (
        lambda: Experiment("x", root_dir=tmp_path),
        ExperimentManager(tmp_path).print_summary,
    ):
        with pytest.raises(ExperimentError, match="not one that Frameworm wrote"):
            ask()
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_dir()] == []


def test_a_database_of_a_later_version(tmp_path: Path) -> None:
    Experiment("x", root_dir=tmp_path)
    db._close_engines()
    later = sqlite3.connect(tmp_path / db.DATABASE)
    later.execute("PRAGMA user_version = 99")
    later.close()
    with pytest.raises(ExperimentError, match=r"reads version 1 .* has version 99"):
        ExperimentManager(tmp_path).list_experiments()
    with pytest.raises(ExperimentError, match="has version 99"):
        Experiment("y", root_dir=tmp_path)


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    (tmp_path / db.DATABASE).touch()
    assert Experiment("x", root_dir=tmp_path).status == "pending"


def test_a_lost_table_is_a_clear_error(tmp_path: Path) -> None:
    experiment = Experiment("x", root_dir=tmp_path)
    with sqlite3.connect(tmp_path / db.DATABASE) as other:
        other.execute("DROP TABLE metrics")
    with pytest.raises(ExperimentError, match=r"no such table: metrics. The file is damaged"):
        experiment.get_metrics()
