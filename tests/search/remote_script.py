"""A search whose checkpoints lie elsewhere, run as a process of its own.

Usage: remote_script.py STORAGE PLACE N_JOBS

``KILL_AT=N`` kills the first process that comes to its write N to S3, in the midst of it; ``LOGS``
is a folder for the flag of it and for the steps of all trials.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from frameworm.search import RandomSearch, Real, current_trial
from tests.checkpoints.killed import kill_once

STEPS = 5


def train(config):
    trial = current_trial()
    logs = Path(os.environ["LOGS"])
    if "KILL_AT" in os.environ:
        kill_once(int(os.environ["KILL_AT"]), logs / "killed")
    saved = trial.load_checkpoint()
    total = saved["total"] if saved else 0.0
    for step in range(saved["step"] + 1 if saved else 0, STEPS):
        total += config["x"]
        trial.save_checkpoint(step=step, total=total, weights=[step] * 1000)
        trial.upload_checkpoint(wait=True)
        with (logs / "steps.txt").open("a") as book:
            book.write(f"{trial.number} {step} {os.getpid()}\n")
        time.sleep(0.01)
    return {"val_loss": total}


def search(storage: str, place: str | None, **options) -> RandomSearch:
    settings = {"n_trials": 4, "random_state": 3, "study_name": "s", **options}
    return RandomSearch(
        {"x": 0.5}, {"x": Real(0, 1)}, storage=storage, checkpoints=place, **settings
    )


if __name__ == "__main__":
    search(sys.argv[1], sys.argv[2]).run(train, n_jobs=int(sys.argv[3]), verbose=False)
