"""A user's script, run as a process of its own by the fault tests, which kill it.

Usage: driver_script.py URL N_JOBS KIND [SECONDS]
"""

from __future__ import annotations

import os
import signal
import sys
import time

from frameworm.search import BayesianSearch, GridSearch, RandomSearch, current_trial
from frameworm.search.space import Integer, Real

BASE = {"training": {"lr": 0.1, "size": 1}}
GRID = {"training.lr": [round(0.01 * i, 2) for i in range(1, 9)], "training.size": [1, 2, 3, 4, 5]}
SPACE = {"training.lr": Real(1e-5, 1e-1, log=True), "training.size": Integer(1, 100)}


def train(config):
    trial = current_trial()
    time.sleep(float(os.environ.get("TRIAL_SECONDS", "0.02")))
    poison = os.environ.get("POISON")
    if poison and trial.number == int(poison.split(":")[1]):
        if poison.startswith("exit"):
            os._exit(7)
        os.kill(os.getpid(), signal.SIGSEGV)
    return {"val_loss": config.training.lr * config.training.size, "seed": trial.seed}


def main() -> None:
    url, n_jobs, kind = sys.argv[1:4]
    settings = {"storage": url, "study_name": "s", "random_state": 5}
    if kind == "grid":
        search = GridSearch(BASE, GRID, **settings)
    elif kind.startswith("bayesian:"):
        _, sampler, n_trials = kind.split(":")
        search = BayesianSearch(BASE, SPACE, sampler=sampler, n_trials=int(n_trials), **settings)
    else:
        search = RandomSearch(BASE, SPACE, n_trials=int(kind), **settings)
    print("READY", flush=True)
    search.run(train, n_jobs=int(n_jobs), verbose=False)
    print(search.stop_reason, len(search.results), flush=True)


if __name__ == "__main__":
    main()
