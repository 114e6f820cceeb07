"""A user's script with a loop of its own over ``torch.distributed``.

Usage: loops.py FOLDER PROCESSES; without PROCESSES torchrun has started it.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import optuna

from frameworm import GridSearch
from frameworm.search import current_trial, report

FOLDER = Path(sys.argv[1])
KINDS = ["quiet", "pruned", "fails", *(["kills 0", "stops"] if len(sys.argv) > 2 else [])]
STEPS = 6


def first(name: str) -> bool:
    flag = FOLDER / name
    try:
        flag.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def say(*what) -> None:
    # In one piece: both ranks write to one pipe.
    os.write(1, (" ".join(map(str, what)) + "\n").encode())


def train(config):
    import torch
    from torch import distributed

    trial = current_trial()
    rank = distributed.get_rank()
    assert (rank, 2) == (trial.rank, distributed.get_world_size())
    saved = trial.load_checkpoint()
    begin = saved["step"] + 1 if saved else 1
    waits = config.kind == "stops" and saved is None
    for step in range(begin, 10**6 if waits else STEPS + 1):
        total = torch.tensor([float(rank + 1)])
        distributed.all_reduce(total)
        loss = float(total) * step * (100 if config.kind == "pruned" and step == 3 else 1)
        trial.save_checkpoint(step=step)
        if config.kind == "fails" and rank == 1 and step == 2:
            raise ValueError("rank one's own")
        if config.kind == "kills 0" and rank == 0 and step == 4 and first("killed"):
            os.kill(os.getpid(), signal.SIGKILL)
        say(config.kind, "rank", rank, "step", step)
        report(step, loss=loss if rank == 0 else -1.0)
        if trial.should_stop:
            say(config.kind, "rank", rank, "told at", step)
            return None
        if waits:
            if step == 3:
                say("ready")
            time.sleep(0.002)
    return {"loss": loss} if rank == 0 else None


if __name__ == "__main__":
    search = GridSearch(
        {"kind": ""},
        {"kind": KINDS},
        metric="loss",
        storage=f"sqlite:///{FOLDER}/s.db",
        study_name="s",
        random_state=1,
        pruner=optuna.pruners.ThresholdPruner(upper=500.0),
    )
    processes = {"processes_per_trial": int(sys.argv[2])} if len(sys.argv) > 2 else {}
    search.run(train, verbose=False, stop_grace=120, **processes)
    say("best", search.best_score, len(search.results), search.checkpoint_root)
