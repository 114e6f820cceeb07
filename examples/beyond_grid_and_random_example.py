"""Adaptive, early-stopped, conditional, constrained, multi-objective: on real digits.

Each part is a search of its own over a small network on scikit-learn's 1,797 handwritten digits,
all in one database. Takes about half a minute on two cores.
"""

from __future__ import annotations

import time
from pathlib import Path

import torch
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, TensorDataset

from frameworm import BayesianSearch, Categorical, Config, GridSearch, QuasiRandomSearch, Real
from frameworm.models import BaseModel
from frameworm.search import Integer, RandomSearch, current_trial
from frameworm.training import Trainer

OUTPUT = Path("search_output")
STORAGE = f"sqlite:///{OUTPUT}/beyond.db"

BASE_CONFIG = Config.from_dict(
    {
        "model": {"width": 32, "activation": "relu", "dropout": 0.1},
        "training": {
            "optimizer": "adam",
            "lr": 1e-2,
            "momentum": 0.9,
            "batch_size": 128,
            "epochs": 8,
        },
    }
)


class Classifier(BaseModel):
    """A network with one hidden layer."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        activation = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}[config.model.activation]
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(64, config.model.width),
            activation(),
            torch.nn.Dropout(config.model.dropout),
            torch.nn.Linear(config.model.width, 10),
        )

    def compute_loss(self, batch):
        images, labels = batch
        return {"loss": torch.nn.functional.cross_entropy(self.layers(images), labels)}


def load_data() -> tuple[TensorDataset, TensorDataset]:
    digits = load_digits()
    images = torch.tensor(digits.data / 16, dtype=torch.float32)
    data = TensorDataset(images, torch.tensor(digits.target))
    return torch.utils.data.random_split(data, [1400, 397], torch.Generator().manual_seed(0))


def train_fn(config: Config) -> dict[str, float]:
    torch.manual_seed(current_trial().seed)
    train_data, val_data = load_data()
    model = Classifier(config)
    if config.training.optimizer == "adam":
        optimizer = torch.optim.Adam(model.parameters(), lr=config.training.lr)
    else:
        optimizer = torch.optim.SGD(
            model.parameters(), lr=config.training.lr, momentum=config.training.momentum
        )
    # Trainer reports each epoch: that is what pruners judge by, and what a killed trial
    # continues from.
    trainer = Trainer(model, optimizer)
    trainer.train(
        DataLoader(train_data, config.training.batch_size, shuffle=True),
        DataLoader(val_data, 397),
        epochs=config.training.epochs,
    )
    weights = sum(parameter.numel() for parameter in model.parameters())
    return {"val_loss": trainer.state.val_metrics["loss"][-1], "weights": weights}


SPACE = {
    "training.lr": Real(1e-4, 1e-1, log=True),
    "model.width": Integer(8, 64, log=True),
    "model.activation": ["relu", "tanh"],
}


def main() -> None:
    OUTPUT.mkdir(exist_ok=True)
    run = time.strftime("%H%M%S")

    def options(part: str) -> dict:
        return {"storage": STORAGE, "study_name": f"{part}-{run}", "random_state": 7}

    print("Bayesian search, with a point we know to be good first")
    bayesian = BayesianSearch(BASE_CONFIG, SPACE, n_trials=20, **options("bayesian"))
    bayesian.enqueue({"training.lr": 1e-2, "model.width": 32})
    bayesian.run(train_fn)

    print("\nThe same space, hopeless trials stopped early, in two processes")
    pruned = RandomSearch(BASE_CONFIG, SPACE, n_trials=20, pruner="asha", **options("pruned"))
    pruned.run(train_fn, n_jobs=2)
    epochs = sum(len(record.intermediate) for record in pruned.results.records)
    print(f"  {epochs} of {20 * BASE_CONFIG.training.epochs} epochs trained")
    model = pruned.load_best_model(Classifier)
    print(f"  the best model: {type(model).__name__} from {pruned.best_checkpoint.parent.name}")

    print("\nA conditional grid: momentum belongs to SGD alone")
    conditional = GridSearch(
        BASE_CONFIG,
        {
            "training.optimizer": ["adam", "sgd"],
            "training.lr": [1e-3, 1e-2],
            "training.momentum": Categorical([0.5, 0.9], when={"training.optimizer": "sgd"}),
        },
        **options("conditional"),
    )
    print(f"  {len(conditional)} points exist")
    conditional.run(train_fn)

    print("\nQuasi-random points under a constraint, each run with two seeds")
    constrained = QuasiRandomSearch(
        BASE_CONFIG,
        SPACE,
        n_trials=8,
        constraints=[lambda config: config.model.width * config.training.lr <= 1],
        repeats=2,
        **options("constrained"),
    )
    constrained.run(train_fn)
    best = constrained.results.best.metrics
    print(f"  best {best['val_loss']:.4f} ± {best['val_loss_std']:.4f}")

    print("\nTwo objectives: a small loss and few weights")
    pareto = BayesianSearch(
        BASE_CONFIG,
        {"training.lr": Real(1e-3, 1e-1, log=True), "model.width": Integer(4, 64, log=True)},
        metric=["val_loss", "weights"],
        mode=["min", "min"],
        n_trials=16,
        **options("pareto"),
    )
    pareto.run(train_fn)
    columns = ["metrics.val_loss", "metrics.weights", "training.lr", "model.width"]
    print(pareto.pareto_front.df[columns].to_string(index=False))

    print(f"\nSee every trial: optuna-dashboard {STORAGE}")


if __name__ == "__main__":
    main()
