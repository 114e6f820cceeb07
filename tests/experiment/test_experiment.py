from __future__ import annotations

import dataclasses
import json
import logging
import math
import pickle
import shutil
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from frameworm.core import Config
from frameworm.errors import (
    ExperimentError,
    ExperimentNameError,
    ExperimentNotFoundError,
    ExperimentQueryError,
)
from frameworm.experiment import Experiment, ExperimentManager

HOSTILE = "'); DROP TABLE experiments; -- \" %s :x ?"


def _metadata(experiment: Experiment) -> dict[str, Any]:
    text = (experiment.dir / "metadata.json").read_text()
    loaded: dict[str, Any] = json.loads(text, parse_constant=pytest.fail)
    return loaded


def test_a_run_from_start_to_end(tmp_path: Path) -> None:
    root = tmp_path / "deep" / "root"
    config = Config.from_dict({"training": {"lr": 1e-5, "name": "1e-5"}, "cost": "\\${5}"})
    experiment = Experiment("my vae", config, "the first", ["a", "b"], root)
    assert experiment.status == _metadata(experiment)["status"] == "pending"
    with experiment as entered:
        assert entered is experiment
        assert experiment.status == _metadata(experiment)["status"] == "running"
        assert experiment.duration is None
        experiment.log_metric("loss", 2.0, step=0)
        experiment.log_metrics({"loss": 1.0, "accuracy": np.float32(0.5)}, step=np.int64(1))
    assert experiment.status == "completed"
    assert experiment.duration is not None
    assert 0 <= experiment.duration < 60
    assert experiment.get_metrics() == {"loss": 1.0, "accuracy": 0.5}
    assert Config(experiment.dir / "config.yaml") == config
    assert experiment.dir == root / experiment.id
    assert experiment.id.startswith("my-vae-")
    folders = experiment.checkpoint_dir, experiment.log_dir, experiment.artifact_dir
    assert [folder.is_dir() for folder in folders] == [True] * 3
    metadata = _metadata(experiment)
    assert metadata["status"] == "completed"
    assert metadata["tags"] == ["a", "b"]
    assert metadata["metrics"] == {"loss": 1.0, "accuracy": 0.5}


def test_the_names_of_frameworm_1_3(tmp_path: Path) -> None:
    with Experiment("x", root_dir=tmp_path) as experiment:
        experiment.log_metric("loss", 2.0)
        experiment.log_metrics({"loss": 1.0, "other": 0.0}, step=3)
    for found in (experiment, Experiment.load(experiment.id, tmp_path)):
        assert (found.experiment_id, found.exp_dir) == (found.id, found.dir)
        rows = found.get_metrics("loss")
        assert [(row["metric_name"], row["metric_value"], row["step"]) for row in rows] == [
            ("loss", 2.0, None),
            ("loss", 1.0, 3),
        ]
        assert 0 <= time.time() - rows[0]["timestamp"] < 60
        with pytest.raises(ExperimentQueryError, match=r"not 'los'. Did you mean 'loss'"):
            found.get_metrics("los")


def test_a_dataclass_is_a_config(tmp_path: Path) -> None:
    @dataclasses.dataclass
    class Settings:
        lr: float = 0.1

    assert Experiment("x", Settings(), root_dir=tmp_path).config == {"lr": 0.1}
    with pytest.raises(ExperimentError, match=r"cannot be recorded: .* give an instance"):
        Experiment("x", Settings, root_dir=tmp_path)


def test_an_exception_is_recorded_and_goes_on(tmp_path: Path) -> None:
    experiment = Experiment("x", root_dir=tmp_path)
    with pytest.raises(ZeroDivisionError), experiment:
        1 / 0  # noqa: B018
    assert experiment.status == "failed"
    assert experiment.error is not None
    assert experiment.error.startswith("Traceback")
    assert "ZeroDivisionError: division by zero" in experiment.error
    assert _metadata(experiment)["error"] == experiment.error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1), ValueError("\udcff\0")])
def test_any_way_out_is_a_failure(tmp_path: Path, error: BaseException) -> None:
    experiment = Experiment("x", root_dir=tmp_path)
    with pytest.raises(type(error)), experiment:
        raise error
    assert experiment.status == "failed"
    assert type(error).__name__ in str(experiment.error)


def test_the_exception_wins_over_a_failure_to_record_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    experiment = Experiment("x", root_dir=tmp_path / "root")

    def run() -> None:
        with experiment:
            shutil.rmtree(tmp_path / "root")
            1 / 0  # noqa: B018

    with caplog.at_level(logging.WARNING, "frameworm"), pytest.raises(ZeroDivisionError):
        run()
    assert "was not recorded" in caplog.text


def test_it_runs_once(tmp_path: Path) -> None:
    experiment = Experiment("x", root_dir=tmp_path)
    with experiment, pytest.raises(ExperimentError, match="already running"), experiment:
        pass
    with (
        pytest.raises(ExperimentError, match=r"runs once, but .* is already completed"),
        experiment,
    ):
        pass


def test_numbers_that_are_not_finite_survive(tmp_path: Path) -> None:
    config = {"limit": math.inf, "nothing": math.nan}
    with Experiment("x", config, root_dir=tmp_path) as experiment:
        for value in (math.nan, math.inf, -math.inf):
            experiment.log_metric("loss", value)
        experiment.log_metrics({"a": math.nan, "b": math.inf, "c": -math.inf})
    found = Experiment.load(experiment.id, tmp_path)
    assert repr(found.get_metrics()) == repr(
        {"loss": -math.inf, "a": math.nan, "b": math.inf, "c": -math.inf}
    )
    assert repr(found.config) == repr(config)
    assert _metadata(experiment)["metrics"]["a"] == {"$float": "nan"}
    history = ExperimentManager(tmp_path).get_metric_history(experiment.id, "loss")
    assert history["value"].tolist()[1:] == [math.inf, -math.inf]
    assert math.isnan(history["value"][0])


def test_record_is_one_finished_trial(tmp_path: Path) -> None:
    experiment = Experiment.record(
        "mnist",
        {"lr": 0.1},
        {"loss": np.float64(0.5), "accuracy": math.nan},
        ["grid_search"],
        tmp_path,
        study="swift-fox",
        trial=np.int64(7),
        duration=1.5,
    )
    assert (experiment.status, experiment.study, experiment.trial) == ("completed", "swift-fox", 7)
    assert experiment.duration == pytest.approx(1.5)
    assert repr(experiment.get_metrics()) == "{'loss': 0.5, 'accuracy': nan}"
    assert _metadata(experiment)["trial"] == 7
    row = sqlite3.connect(tmp_path / "experiments.db").execute(
        "SELECT study, trial, tag, metrics.name, value FROM experiments JOIN tags ON "
        "tags.experiment = experiments.number JOIN metrics ON metrics.experiment = "
        "experiments.number ORDER BY metrics.number"
    )
    assert row.fetchall() == [
        ("swift-fox", 7, "grid_search", "loss", 0.5),
        ("swift-fox", 7, "grid_search", "accuracy", None),
    ]
    with pytest.raises(ExperimentError, match="already completed"), experiment:
        pass


def test_record_of_a_failure_and_its_limits(tmp_path: Path) -> None:
    failed = Experiment.record("x", root_dir=tmp_path, status="failed", error="boom \udcff")
    assert (failed.status, failed.error, failed.duration) == ("failed", "boom ?", None)
    assert Experiment.record("x", root_dir=tmp_path, status="pruned").status == "pruned"
    with pytest.raises(ExperimentError, match="completed, pruned, failed; got 'running'"):
        Experiment.record("x", root_dir=tmp_path, status="running")
    with pytest.raises(ExperimentError, match="A metric is one number"):
        Experiment.record("x", {}, {"loss": "low"}, root_dir=tmp_path)
    with pytest.raises(ExperimentError, match="A trial is an integer"):
        Experiment.record("x", root_dir=tmp_path, trial=1.5)  # type: ignore[arg-type]
    assert len(ExperimentManager(tmp_path).list_experiments()) == 2
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 2


@pytest.mark.parametrize("name", ["../x", "/x", "", "a\0", "a/b"])
def test_a_bad_name_leaves_nothing(tmp_path: Path, name: str) -> None:
    root = tmp_path / "root"
    with pytest.raises(ExperimentNameError):
        Experiment(name, root_dir=root)
    with pytest.raises(ExperimentNameError):
        Experiment.record(name, root_dir=root)
    assert list(tmp_path.iterdir()) == []


def test_hostile_text_is_only_text(tmp_path: Path) -> None:
    root = tmp_path / f"ro?t#{HOSTILE[:12]}"
    with Experiment(HOSTILE, {HOSTILE: HOSTILE}, HOSTILE, [HOSTILE], root) as experiment:
        experiment.log_metric(HOSTILE, 1.0)
    manager = ExperimentManager(root)
    found = manager.get_experiment(HOSTILE)
    assert (found.id, found.name, found.description) == (experiment.id, HOSTILE, HOSTILE)
    assert found.config == {HOSTILE: HOSTILE}
    assert found.get_metrics() == {HOSTILE: 1.0}
    assert len(manager.list_experiments(tags=[HOSTILE])) == 1
    assert len(manager.list_experiments(tags=["' OR '1'='1"])) == 0
    assert len(manager.search_experiments({HOSTILE: HOSTILE}, {HOSTILE: 1})) == 1
    with pytest.raises(ExperimentNotFoundError):
        manager.get_experiment("' OR '1'='1")
    with pytest.raises(ExperimentError):
        manager.get_experiment("\ud800")


@pytest.mark.parametrize("step", [1.5, "1", 2**63])
def test_steps_are_integers(tmp_path: Path, step: Any) -> None:
    experiment = Experiment("x", root_dir=tmp_path)
    with pytest.raises(ExperimentError, match="A step is an integer"):
        experiment.log_metric("loss", 1.0, step=step)
    with pytest.raises(ExperimentNameError, match="metric name"):
        experiment.log_metric("", 1.0)
    assert experiment.get_metrics() == {}


def test_log_metrics_is_all_or_nothing(tmp_path: Path) -> None:
    experiment = Experiment("x", root_dir=tmp_path)
    with pytest.raises(ExperimentError):
        experiment.log_metrics({"good": 1.0, "bad": "x"})
    experiment.log_metrics({})
    assert experiment.get_metrics() == {}


def test_artifacts_are_copied(tmp_path: Path) -> None:
    experiment = Experiment("x", root_dir=tmp_path / "root")
    source = tmp_path / "plot.png"
    source.write_bytes(b"1")
    assert experiment.log_artifact(source) == experiment.artifact_dir / "plot.png"
    source.write_bytes(b"2")
    assert experiment.log_artifact(str(source)).read_bytes() == b"2"
    assert experiment.log_artifact(source, "plots/a.png").read_bytes() == b"2"
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    (tmp_path / "folder" / "inner" / "a").write_text("a")
    assert (experiment.log_artifact(tmp_path / "folder") / "inner" / "a").read_text() == "a"
    inside = experiment.artifact_dir / "plot.png"
    assert experiment.log_artifact(inside) == inside


def test_artifacts_stay_inside(tmp_path: Path) -> None:
    experiment = Experiment("x", root_dir=tmp_path / "root")
    source = tmp_path / "a"
    source.write_text("a")
    for name in ("../a", "/tmp/a", "b/../../a"):
        with pytest.raises(ExperimentNameError, match="below the artifact directory"):
            experiment.log_artifact(source, name)
    (experiment.artifact_dir / "link").symlink_to(tmp_path)
    with pytest.raises(ExperimentError, match="through a link"):
        experiment.log_artifact(source, "link/b")
    (experiment.artifact_dir / "file").symlink_to(tmp_path / "target")
    with pytest.raises(ExperimentError, match="through a link"):
        experiment.log_artifact(source, "file")
    with pytest.raises(ExperimentError, match="into itself"):
        experiment.log_artifact(tmp_path)
    with pytest.raises(ExperimentError, match="No such file"):
        experiment.log_artifact(tmp_path / "missing")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "root"]


def test_a_loaded_experiment_is_for_reading(tmp_path: Path) -> None:
    made = Experiment("x", {"a": {"b": 1}}, root_dir=tmp_path)
    loaded = Experiment.load(made.id, tmp_path)
    loaded.config["a"]["b"] = 2
    assert loaded.config == {"a": {"b": 1}}
    assert repr(loaded) == f"Experiment(id={made.id!r}, root_dir={str(tmp_path)!r})"
    with pytest.raises(ExperimentError, match="opened for reading"):
        loaded.log_metric("loss", 1.0)
    with pytest.raises(ExperimentError, match="opened for reading"):
        loaded.log_artifact(__file__)
    with pytest.raises(ExperimentError, match="opened for reading"), loaded:
        pass


def test_a_relative_root_survives_a_change_of_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    experiment = Experiment("x")
    monkeypatch.chdir("elsewhere")
    experiment.log_metric("loss", 1.0)
    assert experiment.get_metrics() == {"loss": 1.0}
    assert (tmp_path / "experiments" / "experiments.db").exists()


def test_it_can_be_pickled(tmp_path: Path) -> None:
    experiment = Experiment("x", {"a": 1}, root_dir=tmp_path)
    copy = pickle.loads(pickle.dumps(experiment))
    copy.log_metric("loss", 1.0)
    assert experiment.get_metrics() == {"loss": 1.0}
    assert copy.config == {"a": 1}


def test_threads_log_to_one_experiment(tmp_path: Path) -> None:
    experiment = Experiment("x", root_dir=tmp_path)

    def log(worker: int) -> None:
        for step in range(10):
            experiment.log_metric(f"loss{worker}", step, step)

    threads = [threading.Thread(target=log, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert experiment.get_metrics() == {f"loss{worker}": 9.0 for worker in range(4)}


def test_the_number_of_a_deleted_experiment_is_never_given_again(tmp_path: Path) -> None:
    deleted = Experiment("x", root_dir=tmp_path)
    ExperimentManager(tmp_path).delete_experiment(deleted.id)
    other = Experiment("y", root_dir=tmp_path)
    with pytest.raises(ExperimentNotFoundError, match="was deleted"):
        deleted.log_metric("loss", 1.0)
    assert other.get_metrics() == {}


def test_a_run_deleted_under_way_says_so(tmp_path: Path) -> None:
    experiment = Experiment("x", root_dir=tmp_path)
    with pytest.raises(ExperimentNotFoundError, match="deleted"), experiment:
        ExperimentManager(tmp_path).delete_experiment(experiment.id)
