"""Each trial in two processes: data spread over both, one model, hopeless trials stopped.

Run it with ``python distributed_training_example.py``. It uses two GPUs for each trial where there
are some, else the CPU. Or let torchrun start the processes:

    torchrun --nproc-per-node 2 distributed_training_example.py
"""

from __future__ import annotations

import os
from pathlib import Path

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

from frameworm import RandomSearch, Real, SearchAnalyzer, Trainer
from frameworm.search import current_trial

BASE = {"model": {"width": 64}, "training": {"lr": 0.01, "batch_size": 32, "epochs": 6}}
SPACE = {
    "training.lr": Real(1e-4, 1.0, log=True),
    "model.width": [32, 64, 128],
}


def train_fn(config):
    """Train one classifier; every process of the trial runs this."""
    torch.manual_seed(current_trial().seed)
    digits = load_digits()
    images = torch.tensor(digits.data, dtype=torch.float32) / 16
    samples = TensorDataset(images, torch.tensor(digits.target))
    train, val = random_split(samples, [0.8, 0.2], torch.Generator().manual_seed(0))

    model = nn.Sequential(
        nn.Linear(64, config.model.width), nn.ReLU(), nn.Linear(config.model.width, 10)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=config.training.lr)
    trainer = Trainer(model, optimizer, nn.CrossEntropyLoss())
    state = trainer.train(
        # A batch of 32 in each of two processes is a step on 64 samples.
        DataLoader(train, batch_size=config.training.batch_size, shuffle=True),
        DataLoader(val, batch_size=128),
        epochs=config.training.epochs,
    )
    return {"val_loss": state.val_metrics["loss"][-1]}


def main() -> None:
    Path("search_output").mkdir(exist_ok=True)
    search = RandomSearch(
        BASE,
        SPACE,
        n_trials=6,
        random_state=0,
        pruner="median",
        storage="sqlite:///search_output/distributed.db",
        study_name="digits",
    )
    launched = "TORCHELASTIC_RUN_ID" in os.environ
    # With torchrun the processes are there already.
    options = {} if launched else {"processes_per_trial": 2, "gpus": "auto"}
    search.run(train_fn, verbose=False, **options)
    if os.environ.get("RANK", "0") == "0":
        SearchAnalyzer(search.results).print_summary()
        print("optuna-dashboard sqlite:///search_output/distributed.db")


if __name__ == "__main__":
    main()
