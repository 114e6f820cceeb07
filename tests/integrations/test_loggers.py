"""TensorBoard, MLflow and Weights & Biases hold a search's trials: read back with their tools."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from frameworm import GridSearch
from frameworm.search import report

SPACE = {"lr": [0.1, 0.2, 0.3], "layers": [(8, 8), None]}
LOGGED = 6


def train(config: Any) -> dict[str, float]:
    if config.lr == 0.3:
        raise ArithmeticError("diverged")
    for step in (1, 2):
        report(step, val_loss=config.lr / step)
    return {"val_loss": config.lr / 2, "accuracy": 0.5}


def run(url: str, logger: Any, caplog: Any) -> GridSearch:
    search = GridSearch({}, SPACE, storage=url, study_name="s", random_state=0)
    search.run(train, verbose=False, callbacks=[logger])
    # An exception in a callback would be logged and pass unseen.
    assert "failed; the search goes on" not in caplog.text
    return search


def test_tensorboard_has_curves_and_hyperparameters(tmp_path: Path, url: str, caplog: Any) -> None:
    reason = "tensorboard is not installed (frameworm[integrations])"
    pytest.importorskip("tensorboard", reason=reason)
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams import plugin_data_pb2

    from frameworm.integrations.tensorboard import TensorBoardLogger

    search = run(url, TensorBoardLogger(tmp_path / "runs"), caplog)
    folders = sorted((tmp_path / "runs" / "s").iterdir())
    assert [folder.name for folder in folders] == [f"trial-{i:05d}" for i in range(LOGGED)]
    for folder, item in zip(folders, search.results, strict=True):
        events = EventAccumulator(str(folder)).Reload()
        hparams = events.summary_metadata["_hparams_/session_start_info"].plugin_data.content
        found = plugin_data_pb2.HParamsPluginData.FromString(hparams).session_start_info.hparams
        assert found["lr"].number_value == item["params"]["lr"]
        assert found["layers"].string_value == str(item["params"]["layers"])
        assert found["state"].string_value == item["state"]
        if item["state"] == "COMPLETE":
            curve = [(event.step, event.value) for event in events.Scalars("reported")]
            assert curve == [(i, pytest.approx(item["params"]["lr"] / i)) for i in (1, 2)]
            assert events.Scalars("val_loss")[0].value == pytest.approx(item["score"])


def test_mlflow_has_runs_and_knows_the_best(tmp_path: Path, url: str, caplog: Any) -> None:
    pytest.importorskip("mlflow", reason="mlflow is not installed (frameworm[integrations])")
    from mlflow import MlflowClient

    from frameworm.integrations.mlflow import MLflowLogger

    place = f"sqlite:///{tmp_path}/mlflow.db"
    run(url, MLflowLogger(tracking_uri=place), caplog)
    client = MlflowClient(place)
    experiment = client.get_experiment_by_name("s")
    runs = client.search_runs([experiment.experiment_id], order_by=["attributes.start_time"])
    assert [one.data.tags["frameworm.trial"] for one in runs] == [str(i) for i in range(LOGGED)]
    assert sorted(one.info.status for one in runs) == ["FAILED"] * 2 + ["FINISHED"] * 4
    failed = next(one for one in runs if one.info.status == "FAILED")
    assert failed.data.tags["frameworm.error"] == "ArithmeticError: diverged"
    best = next(one for one in runs if "frameworm.best" in one.data.tags)
    assert best.data.params["lr"] == "0.1"
    assert best.data.metrics == {"val_loss": 0.05, "accuracy": 0.5, "reported": 0.05}
    history = client.get_metric_history(best.info.run_id, "reported")
    assert [(point.step, point.value) for point in history] == [(1, 0.1), (2, 0.05)]

    better = GridSearch(
        {}, {**SPACE, "lr": [0.05, *SPACE["lr"]]}, storage=url, study_name="s", extend=True
    )
    better.run(train, verbose=False, callbacks=[MLflowLogger(tracking_uri=place)])
    runs = client.search_runs([experiment.experiment_id])
    best_rates = {one.data.params["lr"] for one in runs if "frameworm.best" in one.data.tags}
    assert (len(runs), best_rates) == (LOGGED + 2, {"0.05"})


def test_wandb_keeps_runs_offline(tmp_path: Path, url: str, caplog: Any, monkeypatch: Any) -> None:
    pytest.importorskip("wandb", reason="wandb is not installed (frameworm[integrations])")
    from frameworm.integrations.wandb import WandbLogger

    monkeypatch.setenv("WANDB_SILENT", "true")
    monkeypatch.chdir(tmp_path)
    run(url, WandbLogger("digits", mode="offline", folder=str(tmp_path)), caplog)
    assert len([*tmp_path.glob("wandb/offline-run-*/run-*.wandb")]) == LOGGED


@pytest.mark.parametrize(
    ("package", "module", "logger"),
    [
        ("mlflow", "mlflow", "MLflowLogger()"),
        ("wandb", "wandb", "WandbLogger('p')"),
        ("tensorboard", "tensorboard", "TensorBoardLogger()"),
        ("lightning", "lightning", ""),
        ("transformers", "transformers", ""),
    ],
)
def test_a_missing_package_is_named(package: str, module: str, logger: str) -> None:
    script = f"""
import sys
sys.modules[{module!r}] = None
from frameworm.errors import MissingPackageError
try:
    from frameworm.integrations.{module} import *
    {logger}
except MissingPackageError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert f"pip install {package}" in done.stdout.replace("'", ""), done.stderr
