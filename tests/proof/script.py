"""The user's script that the crash points are in: a search of six trials."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from frameworm.search import BayesianSearch, GridSearch, RandomSearch, current_trial
from frameworm.search.space import Integer, Real

__all__ = ["KINDS", "LOG", "N_TRIALS", "search"]

LOG = "PROOF_LOG"
"""The environment variable that names the side log: what ``train_fn`` returned, one line each."""
N_TRIALS = 6
KINDS = ("grid", "random", "bayesian")

_BASE = {"training": {"lr": 0.1, "size": 1}}
_GRID = {"training.lr": [0.01, 0.02, 0.03], "training.size": [1, 2]}
_SPACE = {"training.lr": Real(1e-5, 1e-1, log=True), "training.size": Integer(1, 100)}


def train(config: Any) -> dict[str, float]:
    """Return a score, and a token by which this very run is known again."""
    trial = current_trial()
    token = float(random.SystemRandom().randrange(2**40))
    with Path(os.environ[LOG]).open("a") as log:
        log.write(json.dumps({"number": trial.number, "token": token}) + "\n")
    return {"val_loss": config.training.lr * config.training.size, "token": token}


def search(kind: str, jobs: str, url: str, name: str) -> Callable[[], Any]:
    """Return what runs the search.

    Args:
        kind: One of ``KINDS``.
        jobs: ``"1"``, ``"2"`` for worker processes, ``"threads"`` for two threads.
        url: The storage.
        name: The study's name.
    """
    settings: dict[str, Any] = {"storage": url, "study_name": name, "random_state": 5}
    made: Any
    if kind == "grid":
        made = GridSearch(_BASE, _GRID, **settings)
    elif kind == "random":
        made = RandomSearch(_BASE, _SPACE, n_trials=N_TRIALS, **settings)
    else:
        # Not a Gaussian process: torch's threads do not survive a fork.
        settings |= {"n_trials": N_TRIALS, "n_initial_points": 3, "sampler": "tpe"}
        made = BayesianSearch(_BASE, _SPACE, **settings)

    def run() -> Any:
        if jobs == "threads":
            with ThreadPoolExecutor(2) as executor:
                return made.run(train, n_jobs=2, executor=executor, verbose=False)
        return made.run(train, n_jobs=int(jobs), verbose=False)

    return run
