"""Lightning's trainer reports, is pruned, and goes on where its process was killed."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("lightning", reason="lightning is not installed (frameworm[lightning])")

import lightning.pytorch as lightning
import torch
from torch.utils.data import DataLoader, TensorDataset

from frameworm import GridSearch
from frameworm.integrations.lightning import TrialCallback, last_checkpoint
from frameworm.search import current_trial

EPOCHS = 5


class Line(lightning.LightningModule):
    """Fits a line; logs each epoch in a file, and may be killed in one."""

    def __init__(self, lr: float, log: str, killed_in: int | None = None) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)
        self.lr, self.log_file, self.killed_in = lr, Path(log), killed_in

    def training_step(self, batch: Any, index: int) -> Any:
        x, y = batch
        return torch.nn.functional.mse_loss(self.layer(x), y)

    def validation_step(self, batch: Any, index: int) -> None:
        x, y = batch
        self.log("val_loss", torch.nn.functional.mse_loss(self.layer(x), y))

    def on_train_epoch_start(self) -> None:
        trial = current_trial()
        if not trial:
            return
        with self.log_file.open("a") as log:
            log.write(f"{self.lr} {self.current_epoch}\n")
        if self.current_epoch == self.killed_in and trial.attempt == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def configure_optimizers(self) -> Any:
        return torch.optim.Adam(self.parameters(), lr=self.lr)


def fit(config: Any, log: str, killed_in: int | None = None) -> dict[str, float]:
    torch.manual_seed(0)
    x = torch.linspace(-1, 1, 32).unsqueeze(1)
    loader = DataLoader(TensorDataset(x, 3 * x + 1), batch_size=8)
    trainer = lightning.Trainer(
        max_epochs=EPOCHS,
        devices=1,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        callbacks=[TrialCallback()],
    )
    module = Line(config.lr, log, killed_in)
    trainer.fit(module, loader, loader, ckpt_path=last_checkpoint())
    return {"val_loss": float(trainer.callback_metrics["val_loss"])}


def search(url: str, lrs: list[float], **settings: Any) -> GridSearch:
    return GridSearch({"lr": 0.1}, {"lr": lrs}, storage=url, random_state=0, **settings)


def test_each_epoch_is_reported(tmp_path: Path, url: str) -> None:
    found = search(url, [0.1, 0.2])
    found.run(lambda config: fit(config, str(tmp_path / "log")), verbose=False)
    for record in found.results.records:
        assert list(record.intermediate) == list(range(1, EPOCHS + 1))
        assert record.intermediate[EPOCHS] == record.score


def test_hopeless_trials_are_pruned(tmp_path: Path, url: str) -> None:
    lrs = [round(0.1 + i / 100, 2) for i in range(6)] + [1e-4, 2e-4, 3e-4]
    found = search(url, lrs, pruner="median")
    found.run(lambda config: fit(config, str(tmp_path / "log")), verbose=False)
    states = Counter(item["state"] for item in found.results)
    assert states["PRUNED"] >= 2
    assert states["FAIL"] == 0
    assert found.best_params["lr"] >= 0.1
    epochs = len((tmp_path / "log").read_text().splitlines())
    assert epochs < EPOCHS * len(lrs)


@pytest.mark.slow
@pytest.mark.faults
def test_a_killed_trial_goes_on_from_its_last_epoch(tmp_path: Path, url: str) -> None:
    undisturbed = search(url, [0.1], study_name="undisturbed")
    undisturbed.run(lambda config: fit(config, str(tmp_path / "other")), verbose=False)
    log = str(tmp_path / "log")
    killed = search(url, [0.1], study_name="killed", pruner="median")
    killed.run(lambda config: fit(config, log, killed_in=3), n_jobs=2, verbose=False)
    assert killed.results.best_score == pytest.approx(undisturbed.best_score, rel=1e-6)
    (one,), (other,) = killed.results.records, undisturbed.results.records
    assert one.intermediate == pytest.approx(other.intermediate)
    assert one.attempts == 1
    # Four epochs were begun, the last one anew, and the fifth: none of the first three twice.
    counts = Counter((tmp_path / "log").read_text().split("\n")[:-1])
    assert sorted(counts.values()) == [1] * 4 + [2]
    kept = killed.best_checkpoint
    assert kept.name == "last.ckpt"
    assert torch.load(kept, weights_only=False)["epoch"] == EPOCHS - 1


def test_outside_a_search_nothing_happens(tmp_path: Path, monkeypatch: Any) -> None:
    from frameworm import Config

    monkeypatch.chdir(tmp_path)
    assert fit(Config.from_dict({"lr": 0.1}), "log")["val_loss"] < 10
    assert list(tmp_path.iterdir()) == []
