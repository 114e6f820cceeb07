from __future__ import annotations

import math
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from frameworm.errors import ExperimentError, ExperimentNotFoundError, ExperimentQueryError
from frameworm.experiment import Experiment, ExperimentManager

COLUMNS = [
    *("id", "name", "status", "tags", "description", "created_at", "duration", "study", "trial"),
    *("git_commit", "git_dirty", "error"),
]


@pytest.fixture
def manager(tmp_path: Path) -> ExperimentManager:
    """Hold three experiments: a grid search's trial, another's, and a failed run."""
    root = tmp_path / "root"
    for trial, lr in enumerate([0.1, 0.01]):
        Experiment.record(
            f"trial {trial}",
            {"training": {"lr": lr, "epochs": 3}, "optimizer": ["adam", "sgd"][trial]},
            {"val_loss": lr * 2, **({"accuracy": 0.9} if trial else {})},
            ["grid_search", "digits"] if trial else ["grid_search"],
            root,
            study="swift-fox",
            trial=trial,
            duration=trial + 1,
        )
    with pytest.raises(ValueError, match="boom"), Experiment("run", {"seed": 0}, root_dir=root):
        raise ValueError("boom")
    return ExperimentManager(root)


def _execute(manager: ExperimentManager, statement: str, *values: Any) -> None:
    with sqlite3.connect(manager.root / "experiments.db") as connection:
        connection.execute(statement, values)


def test_list_has_its_columns(manager: ExperimentManager) -> None:
    frame = manager.list_experiments()
    assert list(frame.columns) == [*COLUMNS, "metrics.accuracy", "metrics.val_loss"]
    assert frame["name"].tolist() == ["run", "trial 1", "trial 0"], "the newest first"
    assert frame["tags"].tolist() == [(), ("grid_search", "digits"), ("grid_search",)]
    assert frame["metrics.val_loss"].tolist()[1:] == [0.02, 0.2]
    assert frame["trial"].tolist() == [pd.NA, 1, 0]
    assert frame["duration"].tolist()[1:] == pytest.approx([2, 1])
    assert "ValueError: boom" in frame["error"][0]
    assert abs(frame["created_at"][0] - pd.Timestamp.now("UTC")) < pd.Timedelta("1min")


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ({"tags": ["grid_search"]}, ["trial 1", "trial 0"]),
        ({"tags": "grid_search"}, ["trial 1", "trial 0"]),
        ({"tags": ["grid"]}, []),
        ({"tags": ["GRID_SEARCH"]}, []),
        ({"tags": ["digits", "grid_search"]}, ["trial 1"]),
        ({"tags": ["digits", "missing"]}, []),
        ({"tags": []}, ["run", "trial 1", "trial 0"]),
        ({"status": "failed"}, ["run"]),
        ({"status": "running"}, []),
        ({"limit": 2}, ["run", "trial 1"]),
        ({"limit": 0}, []),
        ({"status": "completed", "tags": ["grid_search"], "limit": 1}, ["trial 1"]),
    ],
)
def test_list_filters(manager: ExperimentManager, question: Any, names: list[str]) -> None:
    frame = manager.list_experiments(**question)
    assert frame["name"].tolist() == names
    assert list(frame.columns)[: len(COLUMNS)] == COLUMNS


def test_list_refuses_what_it_does_not_know(manager: ExperimentManager) -> None:
    with pytest.raises(ExperimentQueryError, match="Did you mean 'completed'"):
        manager.list_experiments(status="complete")
    for limit in (-1, 1.5, True, "1"):
        with pytest.raises(ExperimentQueryError, match="limit is a count"):
            manager.list_experiments(limit=limit)  # type: ignore[arg-type]


@pytest.mark.parametrize("exists", [True, False])
def test_questions_create_nothing(
    tmp_path: Path, exists: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "root"
    if exists:
        root.mkdir()
    before = sorted(tmp_path.rglob("*"))
    manager = ExperimentManager(root)
    assert list(manager.list_experiments().columns) == COLUMNS
    assert len(manager.search_experiments({"a": 1})) == 0
    manager.print_summary()
    assert "0 experiments in" in capsys.readouterr().out
    for ask in (manager.get_experiment, manager.delete_experiment):
        with pytest.raises(ExperimentNotFoundError, match="has the id or name 'x'"):
            ask("x")
    with pytest.raises(ExperimentNotFoundError):
        manager.get_metric_history("x", "loss")
    assert sorted(tmp_path.rglob("*")) == before


def test_get_by_id_or_name(manager: ExperimentManager) -> None:
    run = manager.get_experiment("run")
    assert run.status == "failed"
    assert manager.get_experiment(run.id).config == {"seed": 0}
    with pytest.raises(ExperimentNotFoundError, match="Did you mean 'trial"):
        manager.get_experiment("trial 9")
    with pytest.raises(ExperimentNotFoundError):
        manager.get_experiment(3)  # type: ignore[arg-type]


def test_an_ambiguous_name_lists_the_newest(manager: ExperimentManager) -> None:
    second = Experiment("run", root_dir=manager.root)
    with pytest.raises(ExperimentQueryError, match=rf"2 are called 'run'.*{second.id}, run-"):
        manager.get_experiment("run")


def test_compare_shows_what_differs(manager: ExperimentManager) -> None:
    frame = manager.compare_experiments(["trial 0", "trial 1"])
    assert list(frame.columns) == [
        *("name", "status", "config.training.lr", "config.optimizer"),
        *("metrics.accuracy", "metrics.val_loss"),
    ]
    assert frame["config.training.lr"].tolist() == [0.1, 0.01]
    assert frame["config.optimizer"].tolist() == ["adam", "sgd"]
    assert frame["metrics.val_loss"].tolist() == [0.2, 0.02]
    assert frame.index.tolist() == [manager.get_experiment(f"trial {i}").id for i in range(2)]
    different = manager.compare_experiments(["trial 0", "run"])
    assert math.isnan(different["config.seed"].iloc[0])
    assert different["config.seed"].iloc[1] == 0
    assert list(manager.compare_experiments("run").columns) == ["name", "status"]
    with pytest.raises(ExperimentQueryError, match="at least one"):
        manager.compare_experiments([])


def test_compare_tells_a_missing_key_from_none_and_lists(tmp_path: Path) -> None:
    configs: list[dict[str, Any]] = [{"a": None, "c": [1]}, {"b": math.nan, "c": [1, 2]}]
    ids = [Experiment("x", config, root_dir=tmp_path).id for config in configs]
    frame = ExperimentManager(tmp_path).compare_experiments(ids)
    assert set(frame.columns) == {"name", "status", "config.a", "config.b", "config.c"}
    assert frame["config.c"].tolist() == [[1], [1, 2]]


def test_metric_history(tmp_path: Path) -> None:
    with Experiment("x", root_dir=tmp_path) as experiment:
        experiment.log_metric("loss", 3.0)
        experiment.log_metric("loss", math.nan, step=5)
        experiment.log_metrics({"loss": 1.0, "other": 0.0}, step=2)
    manager = ExperimentManager(tmp_path)
    frame = manager.get_metric_history("x", "loss")
    assert list(frame.columns) == ["step", "value", "timestamp"]
    assert frame["step"].tolist() == [pd.NA, 5, 2], "in the order logged"
    assert repr(frame["value"].tolist()) == "[3.0, nan, 1.0]"
    assert frame["timestamp"].is_monotonic_increasing
    with pytest.raises(ExperimentQueryError, match=r"loss, other, but not 'los'. Did you mean"):
        manager.get_metric_history("x", "los")


@pytest.mark.parametrize(
    ("config_filter", "metric_filter", "names"),
    [
        ({"training.lr": 0.1}, None, ["trial 0"]),
        ({"training.lr": ("<=", 0.1)}, None, ["trial 1", "trial 0"]),
        ({"optimizer": ("in", ["sgd", "rmsprop"])}, None, ["trial 1"]),
        (None, {"val_loss": ("<=", 0.1)}, ["trial 1"]),
        ({"training.epochs": 3}, {"accuracy": (">", 0.5)}, ["trial 1"]),
        ({"training": {"lr": 0.1, "epochs": 3}}, None, ["trial 0"]),
        (None, None, ["run", "trial 1", "trial 0"]),
        ({"' OR 1=1 --": 1}, {"x' OR '1'='1": ("!=", 0)}, []),
    ],
)
def test_search(
    manager: ExperimentManager, config_filter: Any, metric_filter: Any, names: list[str]
) -> None:
    frame = manager.search_experiments(config_filter, metric_filter)
    assert frame["name"].tolist() == names
    assert list(frame.columns)[: len(COLUMNS)] == COLUMNS


def test_search_refuses_unknown_operators_even_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(ExperimentQueryError, match="== != < <= > >= in"):
        ExperimentManager(tmp_path).search_experiments(metric_filter={"loss": ("~", 1)})


def test_delete_removes_rows_and_directory(manager: ExperimentManager) -> None:
    victim = manager.get_experiment("trial 1")
    manager.delete_experiment(victim.id)
    assert not victim.dir.exists()
    assert manager.list_experiments()["name"].tolist() == ["run", "trial 0"]
    with sqlite3.connect(manager.root / "experiments.db") as connection:
        for table in ("tags", "metrics"):
            rows = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            assert rows == (1,), table
    with pytest.raises(ExperimentNotFoundError):
        manager.delete_experiment(victim.id)
    with pytest.raises(ExperimentNotFoundError):
        manager.delete_experiment("run")


@pytest.mark.parametrize("hostile", ["../outside", "..", ".", "", "a/../../outside"])
def test_delete_never_leaves_the_root(manager: ExperimentManager, hostile: str) -> None:
    outside = manager.root.parent / "outside"
    outside.mkdir()
    _execute(manager, "UPDATE experiments SET id = ? WHERE name = 'run'", hostile)
    with pytest.raises(ExperimentError, match="nothing was deleted"):
        manager.delete_experiment(hostile)
    assert outside.is_dir()
    assert len(manager.list_experiments()) == 3


def test_delete_removes_a_link_not_what_it_leads_to(manager: ExperimentManager) -> None:
    run = manager.get_experiment("run")
    outside = manager.root.parent / "outside"
    shutil.move(run.dir, outside)
    run.dir.symlink_to(outside)
    manager.delete_experiment(run.id)
    assert outside.is_dir()
    assert not run.dir.is_symlink()


def test_a_missing_directory_is_a_clear_error(manager: ExperimentManager) -> None:
    run = manager.get_experiment("run")
    shutil.rmtree(run.dir)
    with pytest.raises(ExperimentError, match=r"is missing. Restore it"):
        manager.get_experiment("run")
    assert len(manager.list_experiments()) == 3
    manager.delete_experiment(run.id)
    assert len(manager.list_experiments()) == 2


@pytest.mark.parametrize("text", ["{", "[1]", "", b"\xff"])
def test_a_damaged_row_is_a_clear_error(manager: ExperimentManager, text: Any) -> None:
    _execute(manager, "UPDATE experiments SET config = ? WHERE name = 'run'", text)
    with pytest.raises(ExperimentError, match="row is damaged"):
        manager.get_experiment("run")
    with pytest.raises(ExperimentError, match="row is damaged"):
        manager.search_experiments({"seed": 0})
    assert len(manager.list_experiments()) == 3


def test_summary_counts_and_shows_names_as_they_are(
    manager: ExperimentManager, capsys: pytest.CaptureFixture[str]
) -> None:
    Experiment("[red]", root_dir=manager.root)
    manager.print_summary(limit=3)
    out = " ".join(capsys.readouterr().out.split())
    assert "4 experiments in" in out
    assert "2 completed, 1 failed, 1 pending" in out
    assert "the newest 3" in out
    assert "[red]" in out
    assert "trial 0" not in out
