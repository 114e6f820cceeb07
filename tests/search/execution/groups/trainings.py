"""A user's script with a Trainer, each trial run by two processes, run by test_team.py.

Usage: trainings.py FOLDER KIND...
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import optuna
import torch
from torch.utils.data import DataLoader, TensorDataset

from frameworm import GridSearch
from frameworm.errors import TrialPruned
from frameworm.search import current_trial
from frameworm.training import Callback, Trainer

FOLDER = Path(sys.argv[1])
QUIET, KILLS_1, KILLS_0, PRUNED, FAILS = range(5)
RATES = [0.1, 0.05, 0.02, 5.0, 0.01]


class Faults(Callback):
    """Notes each epoch that a rank trains; kills a rank once, or raises in one."""

    def on_epoch_begin(self, trainer, epoch) -> None:
        trial = current_trial()
        kind = trial.params["kind"]
        victim = {KILLS_1: (1, 3), KILLS_0: (0, 2)}.get(kind)
        flag = FOLDER / f"killed {kind}"
        if victim == (trial.rank, epoch) and trial.world_size == 2 and not flag.exists():
            flag.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if (kind, trial.rank, epoch) == (FAILS, 1, 2):
            raise ValueError("rank one's own")
        note("epoch", epoch)


def note(*what) -> None:
    trial = current_trial()
    with (FOLDER / f"rank {trial.rank} of {trial.world_size}.jsonl").open("a") as file:
        file.write(json.dumps([trial.params["kind"], *what]) + "\n")


def train(config):
    trial = current_trial()
    torch.manual_seed(trial.seed + trial.rank)
    random = torch.Generator().manual_seed(0)
    inputs = torch.randn(32, 2, generator=random)
    targets = inputs @ torch.tensor([[1.0], [2.0]])
    model = torch.nn.Linear(2, 1)
    with torch.no_grad():
        model.weight.fill_(0.5)
        model.bias.fill_(float(trial.rank))  # rank 0's weights are everybody's
    optimizer = torch.optim.SGD(model.parameters(), lr=RATES[config.kind], momentum=0.5)
    trainer = Trainer(model, optimizer, torch.nn.MSELoss(), device="cpu", callbacks=[Faults()])
    batch = 16 // trial.world_size
    whole = DataLoader(TensorDataset(inputs, targets), batch_size=batch)
    some = DataLoader(TensorDataset(inputs[:13], targets[:13]), batch_size=batch)
    try:
        state = trainer.train(whole, some, epochs=4)
    except TrialPruned:
        note("pruned", trainer.state.current_epoch)
        raise
    note("state", state.train_metrics["loss"], state.val_metrics["loss"], model.weight.tolist())
    note("random", torch.rand(1).item())
    return {"val_loss": state.val_metrics["loss"][-1]} if trial.rank == 0 else None


if __name__ == "__main__":
    for processes in (2, 1):
        search = GridSearch(
            {"kind": 0},
            {"kind": [int(kind) for kind in sys.argv[2:]]},
            storage=f"sqlite:///{FOLDER}/s.db",
            study_name=f"by {processes}",
            random_state=1,
            pruner=optuna.pruners.ThresholdPruner(upper=100.0),
        )
        search.run(train, processes_per_trial=processes, verbose=False)
