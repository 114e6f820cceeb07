"""A train function as the guide writes it, run as a process of its own by the checkpoint tests.

Usage: trainer_script.py URL N_JOBS [KILL_AT_EPOCH]
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import torch
from torch.utils.data import DataLoader, TensorDataset

from frameworm.core import Config
from frameworm.models import BaseModel
from frameworm.search import RandomSearch, Real, current_trial
from frameworm.training import Callback, Trainer

BASE = {"model": {"width": 4}, "training": {"lr": 0.1, "epochs": 6}}


class Line(BaseModel):
    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.layer = torch.nn.Linear(2, 1)

    def compute_loss(self, batch):
        inputs, targets = batch
        return {"loss": ((self.layer(inputs) - targets) ** 2).mean()}


class Kill(Callback):
    """Ends this process in mid-training, once, as a lost machine would."""

    def __init__(self, flag: Path, epoch: int) -> None:
        self.flag, self.epoch = flag, epoch

    def on_epoch_begin(self, trainer: Trainer, epoch: int) -> None:
        if epoch == self.epoch and not self.flag.exists():
            self.flag.touch()
            os.kill(os.getpid(), signal.SIGKILL)


class Epochs(Callback):
    """Notes every epoch that is really trained."""

    def __init__(self, log: Path) -> None:
        self.log = log

    def on_epoch_end(self, trainer: Trainer, epoch: int, metrics) -> None:
        with self.log.open("a") as file:
            file.write(f"{current_trial().number} {epoch}\n")


def loader(seed: int) -> DataLoader:
    random = torch.Generator().manual_seed(seed)
    inputs = torch.randn(32, 2, generator=random)
    targets = inputs @ torch.tensor([[1.0], [2.0]])
    return DataLoader(TensorDataset(inputs, targets), batch_size=8, shuffle=seed == 0)


def train(config: Config):
    trial = current_trial()
    torch.manual_seed(trial.seed)
    model = Line(config)
    folder = Path(os.environ.get("LOGS", "."))
    callbacks = [Epochs(folder / "epochs.txt")]
    if os.environ.get("KILL_AT") and trial.number == 1:
        callbacks.append(Kill(folder / "killed", int(os.environ["KILL_AT"])))
    optimizer = torch.optim.Adam(model.parameters(), lr=config.training.lr)
    trainer = Trainer(model, optimizer, callbacks=callbacks)
    trainer.train(loader(0), loader(1), epochs=config.training.epochs)
    return {"val_loss": trainer.state.val_metrics["loss"][-1]}


def search(url: str, **options) -> RandomSearch:
    settings = {"n_trials": 4, "random_state": 3, "storage": url, "study_name": "s", **options}
    return RandomSearch(BASE, {"training.lr": Real(1e-3, 1e-1, log=True)}, **settings)


if __name__ == "__main__":
    search(sys.argv[1]).run(train, n_jobs=int(sys.argv[2]), verbose=False)
