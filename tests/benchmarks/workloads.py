"""The same searches with Frameworm and with plain Optuna."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import optuna

from frameworm.search import BayesianSearch, Categorical, GridSearch, Integer, RandomSearch, Real

optuna.logging.set_verbosity(optuna.logging.WARNING)
warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)

BASE = {
    "model": {f"setting_{i}": i for i in range(9)} | {"width": 64},
    "training": {f"option_{i}": 0.5 * i for i in range(7)}
    | {"lr": 1e-3, "momentum": 0.9, "optimizer": "adam"},
    "data": {f"field_{i}": f"value {i}" for i in range(10)},
}
SPACE = {
    "training.lr": Real(1e-5, 1e-1, log=True),
    "training.momentum": Real(0.0, 0.99),
    "model.width": Integer(8, 512),
    "training.optimizer": Categorical(["sgd", "adam", "rmsprop"]),
}
WIDE = {
    **SPACE,
    "model.setting_0": Integer(0, 9),
    "model.setting_1": Integer(0, 9),
    "training.option_1": Real(0, 1),
    "training.option_2": Real(0, 1),
}
AXES = {
    "training.lr": [1e-4, 1e-3, 1e-2, 1e-1, 1.0],
    "training.momentum": [0.0, 0.25, 0.5, 0.75, 0.9],
    "model.width": [8, 16, 32, 64],
    "training.optimizer": ["sgd", "adam"],
}


def train(config: Any) -> dict[str, float]:
    lr = config.training.lr
    return {"val_loss": (lr - 0.01) ** 2 + config.training.momentum, "train_loss": lr}


def axes_of(points: int) -> dict[str, list[Any]]:
    """Axes with that many points: 200 for every five learning rates."""
    count = max(1, points // 40)
    return {**AXES, "training.lr": [10 ** (-5 + 4 * i / count) for i in range(count)]}


def ours(folder: Path, strategy: str, n_trials: int, name: str = "ours", **options: Any) -> Any:
    """Make a search over a new SQLite file."""
    options = {"storage": f"sqlite:///{folder}/{name}.db", "random_state": 1, **options}
    run = {"experiment_root": options.pop("experiment_root", None)}
    if strategy == "grid":
        search: Any = GridSearch(BASE, axes_of(n_trials), **options)
    else:
        kind = {"random": RandomSearch, "bayesian": BayesianSearch}[strategy]
        if strategy == "bayesian":
            options = {"sampler": "tpe", **options}
        search = kind(BASE, options.pop("space", SPACE), n_trials=n_trials, **options)
    return lambda: search.run(train, verbose=False, **run) and search


def plain(folder: Path, strategy: str, n_trials: int, space: dict[str, Any] | None = None) -> Any:
    """The same in plain Optuna, as its documentation shows it."""
    axes = axes_of(n_trials)

    def objective(trial: optuna.Trial) -> float:
        if strategy == "grid":
            lr = trial.suggest_categorical("training.lr", axes["training.lr"])
            momentum = trial.suggest_categorical("training.momentum", axes["training.momentum"])
            trial.suggest_categorical("model.width", axes["model.width"])
            trial.suggest_categorical("training.optimizer", axes["training.optimizer"])
        else:
            lr = trial.suggest_float("training.lr", 1e-5, 1e-1, log=True)
            momentum = trial.suggest_float("training.momentum", 0.0, 0.99)
            trial.suggest_int("model.width", 8, 512)
            trial.suggest_categorical("training.optimizer", ["sgd", "adam", "rmsprop"])
        trial.set_user_attr("train_loss", lr)
        return (lr - 0.01) ** 2 + momentum

    def run() -> optuna.Study:
        sampler = {
            "grid": lambda: optuna.samplers.GridSampler(axes, seed=1),
            "random": lambda: optuna.samplers.RandomSampler(seed=1),
            "bayesian": lambda: optuna.samplers.TPESampler(seed=1),
        }[strategy]()
        study = optuna.create_study(storage=f"sqlite:///{folder}/plain.db", sampler=sampler)
        study.optimize(objective, n_trials=None if strategy == "grid" else n_trials)
        return study

    return run
