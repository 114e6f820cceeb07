"""Loops of one's own: pruned as other libraries say it, models kept and loaded, curves kept."""

from __future__ import annotations

from pathlib import Path

import optuna
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from frameworm import GridSearch, current_trial, report
from frameworm.experiment import ExperimentManager


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/s.db"


def grid(url: str, **options) -> GridSearch:
    space = {"x": [1, 2, 3, 4]}
    return GridSearch({"x": 0}, space, storage=url, study_name="s", random_state=0, **options)


def test_optunas_own_exception_prunes(url: str) -> None:
    def train(config):
        report(1, val_loss=float(config.x))
        if config.x > 2:
            raise optuna.TrialPruned
        return {"val_loss": config.x}

    search = grid(url)
    search.run(train, verbose=False)
    states = {r["params"]["x"]: r["state"] for r in search.results}
    assert states == {1: "COMPLETE", 2: "COMPLETE", 3: "PRUNED", 4: "PRUNED"}


@pytest.mark.parametrize("bare", [True, False])
def test_the_best_model_of_an_own_loop_is_loaded(url: str, bare: bool) -> None:
    def make(config):
        return torch.nn.Linear(1, config.x)

    def train(config):
        model = make(config)
        with torch.no_grad():
            model.weight.fill_(config.x)
        trial = current_trial()
        if bare:
            torch.save(model.state_dict(), trial.checkpoint_dir / "mine.pt")
        else:
            trial.save_checkpoint(model, step=3)
        return {"val_loss": abs(config.x - 3)}

    search = grid(url)
    search.run(train, verbose=False)
    assert search.best_checkpoint.is_file()
    model = search.load_best_model(make)
    assert model.weight.flatten().tolist() == [3.0, 3.0, 3.0]


def test_a_function_runs_unchanged_outside_a_search(tmp_path: Path) -> None:
    def train(config):
        trial = current_trial()
        torch.manual_seed(trial.seed)
        assert trial.load_checkpoint() is None
        for step in range(2):
            if trial.should_stop:
                break
            report(step, val_loss=1.0)
            trial.save_checkpoint(torch.nn.Linear(1, 1), step=step)
        return {"val_loss": 1.0}

    assert not current_trial()
    assert train({"x": 1}) == {"val_loss": 1.0}


def test_an_experiment_holds_the_curve_and_a_broken_record_costs_nothing(
    url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def train(config):
        for step in range(1, 4):
            report(step, val_loss=config.x + 1 / step)
        return {"val_loss": config.x}

    root = tmp_path / "experiments"
    search = grid(url)
    search.run(train, experiment_root=root, verbose=False)
    found = ExperimentManager(root).list_experiments()
    assert len(found) == 4
    (tmp_path / "file").write_bytes(b"no folder")
    again = GridSearch({"x": 0}, {"x": [5, 6]}, storage=url, study_name="broken")
    again.run(train, experiment_root=tmp_path / "file", verbose=False)
    assert [result["state"] for result in again.results] == ["COMPLETE", "COMPLETE"]
    assert "experiment" in caplog.text.lower()


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_loader_with_workers_and_a_pruner(url: str, n_jobs: int) -> None:
    data = TensorDataset(torch.arange(8.0))

    def train(config):
        loader = DataLoader(data, batch_size=4, num_workers=2, persistent_workers=True)
        for epoch in range(2):
            loss = sum(batch.sum().item() for (batch,) in loader) * config.x
            report(epoch, val_loss=loss)
        return {"val_loss": loss}

    search = grid(url, pruner="median")
    search.run(train, n_jobs=n_jobs, verbose=False)
    assert {result["state"] for result in search.results} <= {"COMPLETE", "PRUNED"}
    assert search.best_params == {"x": 1}
    assert search.best_score == 28.0


def test_what_is_no_number_is_kept_and_nested_metrics_have_dotted_names(url: str) -> None:
    def train(config):
        return {"val_loss": config.x, "per_class": {"cat": 0.5}, "note": "fine", "sizes": [1, 2]}

    search = grid(url)
    search.run(train, verbose=False)
    assert search.results[0]["metrics"]["per_class.cat"] == 0.5
    attrs = search.study.trials[0].user_attrs
    assert (attrs["note"], attrs["sizes"]) == ("fine", [1, 2])
