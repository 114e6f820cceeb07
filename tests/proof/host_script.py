"""A driver on a host of its own, for the tests that cut hosts off, double and pause them.

Usage: host_script.py URL LOG [N_TRIALS] [SECONDS] [GRACE]
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from pathlib import Path

from frameworm.search import RandomSearch, current_trial
from frameworm.search.space import Real


def main() -> None:
    url, log = sys.argv[1:3]
    n_trials, seconds, grace = (float(text) for text in [*sys.argv[3:], "30", "0.2", "120"][:3])

    def train(config):
        time.sleep(seconds)
        trial = current_trial()
        token = time.time()
        line = {"number": trial.number, "token": token, "host": socket.gethostname()}
        with Path(log).open("a") as book:
            book.write(json.dumps(line) + "\n")
        return {"val_loss": config["x"], "token": token}

    search = RandomSearch(
        {"x": 0.5},
        {"x": Real(0, 1)},
        n_trials=int(n_trials),
        storage=url,
        study_name="s",
        random_state=5,
    )
    print("READY", os.getpid(), flush=True)
    search.run(train, grace_period=grace, verbose=False)
    print(search.stop_reason, len(search.results), flush=True)


if __name__ == "__main__":
    main()
