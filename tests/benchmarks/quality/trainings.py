"""Train real models at random configurations: what the surrogates are fitted to.

``python -m tests.benchmarks.quality.trainings`` writes ``trained/*.csv`` anew, in some ten minutes.
"""

from __future__ import annotations

import csv
import functools
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from frameworm.search.space.spaces import Categorical, Dimension, Integer, Real

__all__ = ["BOOSTING", "FOLDER", "MLP", "SVC"]

FOLDER = Path(__file__).parent / "trained"
ROWS = 500

SVC: dict[str, Dimension] = {
    "C": Real(1e-3, 1e3, log=True),
    "gamma": Real(1e-5, 10.0, log=True),
    "coef0": Real(0.0, 2.0),
    "kernel": Categorical(["rbf", "poly", "sigmoid"]),
}
MLP: dict[str, Dimension] = {
    "learning_rate_init": Real(1e-5, 1e-1, log=True),
    "alpha": Real(1e-7, 1e1, log=True),
    "batch_size": Integer(8, 256, log=True),
    "width": Integer(4, 128, log=True),
    "depth": Integer(1, 3),
    "momentum": Real(0.0, 0.99),
    "activation": Categorical(["relu", "tanh", "logistic"]),
    "solver": Categorical(["adam", "sgd"]),
}
BOOSTING: dict[str, Dimension] = {
    "learning_rate": Real(1e-3, 1.0, log=True),
    "n_estimators": Integer(8, 128, log=True),
    "max_depth": Integer(1, 10),
    "subsample": Real(0.1, 1.0),
    "max_features": Real(0.05, 1.0),
    "min_samples_leaf": Integer(1, 64, log=True),
    "min_samples_split": Real(0.001, 0.5, log=True),
    "criterion": Categorical(["friedman_mse", "squared_error"]),
}


@functools.cache
def _digits() -> tuple[Any, ...]:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, labels = load_digits(return_X_y=True)
    return tuple(train_test_split(images / 16, labels, train_size=0.4, random_state=0))


def svc(params: dict[str, Any]) -> dict[str, float]:
    """Train a support vector classifier on digits."""
    import sklearn.svm

    images, unseen, labels, truth = _digits()
    model = sklearn.svm.SVC(**params, max_iter=20_000).fit(images, labels)
    return {"error": 1 - model.score(unseen, truth)}


def mlp(params: dict[str, Any]) -> dict[str, float]:
    """Train a small network on digits for ten epochs."""
    from sklearn.metrics import log_loss
    from sklearn.neural_network import MLPClassifier

    images, unseen, labels, truth = _digits()
    own = {name: value for name, value in params.items() if name not in ("width", "depth")}
    hidden = (params["width"],) * params["depth"]
    model = MLPClassifier(hidden, max_iter=10, random_state=0, **own).fit(images, labels)
    if not all(np.isfinite(weights).all() for weights in model.coefs_):
        return {"error": 0.9, "log_loss": 20.0}
    loss = log_loss(truth, model.predict_proba(unseen))
    return {"error": 1 - model.score(unseen, truth), "log_loss": float(min(loss, 20.0))}


def boosting(params: dict[str, Any]) -> dict[str, float]:
    """Boost trees on the breast cancer data."""
    from sklearn.datasets import load_breast_cancer
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.metrics import log_loss
    from sklearn.model_selection import train_test_split

    seen, unseen, labels, truth = train_test_split(
        *load_breast_cancer(return_X_y=True), train_size=0.5, random_state=0
    )
    model = GradientBoostingClassifier(**params, random_state=0).fit(seen, labels)
    return {"log_loss": float(min(log_loss(truth, model.predict_proba(unseen)), 20.0))}


TRAININGS: dict[str, tuple[dict[str, Dimension], Callable[[dict[str, Any]], dict[str, float]]]] = {
    "svc": (SVC, svc),
    "mlp": (MLP, mlp),
    "boosting": (BOOSTING, boosting),
}


def main() -> None:
    warnings.simplefilter("ignore")
    FOLDER.mkdir(exist_ok=True)
    for name, (space, train) in TRAININGS.items():
        random = np.random.default_rng(0)
        rows = []
        for _ in range(ROWS):
            params = {key: dimension.sample(random) for key, dimension in space.items()}
            rows.append({**params, **train(params)})
        with (FOLDER / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            for row in rows:
                writer.writerow(
                    {
                        key: f"{value:.5g}" if isinstance(value, float) else value
                        for key, value in row.items()
                    }
                )
        print(f"{name}: {len(rows)} trainings")


if __name__ == "__main__":
    main()
