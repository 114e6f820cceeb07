"""The search that every recipe in this folder runs, on one machine or a hundred.

Start it once or many times: each process takes trials of the same study, and a trial whose machine
is lost goes on from its checkpoint elsewhere. The environment says where the study and the
checkpoints lie::

    STORAGE=postgresql+psycopg://ann@db/studies CHECKPOINTS=s3://bucket/runs python search.py
"""

import os
from pathlib import Path

import torch

from frameworm import Integer, RandomSearch, Real, current_trial, report

BASE = {"lr": 0.01, "width": 16, "epochs": int(os.environ.get("EPOCHS", "5"))}
SPACE = {"lr": Real(1e-3, 1e-1, log=True), "width": Integer(4, 64, log=True)}


def train_fn(config):
    trial = current_trial()
    torch.manual_seed(trial.seed)
    inputs = torch.linspace(-3, 3, 256).unsqueeze(1)
    targets = torch.sin(2 * inputs)
    model = torch.nn.Sequential(
        torch.nn.Linear(1, config.width), torch.nn.Tanh(), torch.nn.Linear(config.width, 1)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=config.lr)
    saved = trial.load_checkpoint(model, optimizer)
    val_loss = saved["loss"] if saved else float("inf")
    for epoch in range(saved["step"] + 1 if saved else 1, config.epochs + 1):
        for _ in range(20):
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(model(inputs), targets)
            loss.backward()
            optimizer.step()
        val_loss = loss.item()
        trial.save_checkpoint(model, optimizer, step=epoch, loss=val_loss)
        report(epoch, val_loss=val_loss)
        if trial.should_stop:
            break
    return {"val_loss": val_loss}


def main(n_jobs=1, executor=None):
    """Take trials until none is left; a signal lets running ones save first."""
    Path("search_output").mkdir(exist_ok=True)
    search = RandomSearch(
        BASE,
        SPACE,
        n_trials=int(os.environ.get("N_TRIALS", "12")),
        random_state=0,
        storage=os.environ.get("STORAGE", "sqlite:///search_output/clusters.db"),
        study_name="clusters",
        checkpoints=os.environ.get("CHECKPOINTS"),
    )
    search.run(train_fn, n_jobs=n_jobs, executor=executor, stop_grace=45)
    print(f"{len(search.results)} trials, the best {search.best_score:.4f}: {search.best_params}")


if __name__ == "__main__":
    main()
