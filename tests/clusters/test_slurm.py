"""The Slurm recipe in a Slurm of its own: an array, a signal to stop, a cancelled job."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import optuna
import pytest

from tests.clusters.slurm import Slurm, slurm

__all__ = ["slurm"]

pytestmark = [pytest.mark.slow, pytest.mark.faults]

RECIPES = Path(__file__).parents[2] / "examples" / "clusters"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's folder with the recipe; ``python`` is the one that runs the tests."""
    made = tmp_path / "work"
    made.mkdir()
    for name in ("search.py", "slurm.sbatch"):
        (made / name).write_text((RECIPES / name).read_text())
    (made / "bin").mkdir()
    (made / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (made / "bin" / "python").chmod(0o755)
    return made


def submit(slurm: Slurm, folder: Path, n_trials: int, epochs: int) -> str:
    return slurm(
        *("sbatch", "--parsable", "--array=0-1", "slurm.sbatch"),
        folder=folder,
        PATH=f"{folder}/bin:{os.environ['PATH']}",
        N_TRIALS=str(n_trials),
        EPOCHS=str(epochs),
    )


def trials_of(folder: Path) -> list[optuna.trial.FrozenTrial]:
    backend = optuna.storages.journal.JournalFileBackend(f"{folder}/study.log")
    storage = optuna.storages.JournalStorage(backend)
    return optuna.load_study(storage=storage, study_name="clusters").trials


def wait_for_trials(folder: Path, count: int) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        if (folder / "study.log").exists():
            text = (folder / "study.log").read_text()
            if text.count('"state": 1') + text.count('"state":1') >= count:
                return
        time.sleep(0.3)
    raise AssertionError([path.read_text() for path in folder.glob("*.log")])


def test_a_task_that_is_told_to_stop_saves_and_comes_again(slurm: Slurm, folder: Path) -> None:
    job = submit(slurm, folder, n_trials=10, epochs=40)
    wait_for_trials(folder, 2)
    # What --signal=B:TERM@60 does a minute before the time is up.
    slurm("scancel", "--batch", "--signal=TERM", f"{job}_1")
    slurm.wait_until_idle(150)
    trials = trials_of(folder)
    assert [trial.state.name for trial in trials] == ["COMPLETE"] * 10
    claims = [trial.system_attrs["frameworm:claim"] for trial in trials]
    assert all(claim["attempt"] == 0 for claim in claims), "a stop charges nothing"
    logs = [(folder / f"clusters-{task}.log").read_text() for task in range(2)]
    assert "10 trials, the best" in logs[0]
    assert "10 trials, the best" in logs[1], "it was requeued"


def test_a_cancelled_job_does_not_come_again(slurm: Slurm, folder: Path) -> None:
    job = submit(slurm, folder, n_trials=500, epochs=40)
    wait_for_trials(folder, 1)
    slurm("scancel", job)
    slurm.wait_until_idle(40)
    time.sleep(1)
    assert slurm.states() == []
    states = {trial.state.name for trial in trials_of(folder)}
    assert "RUNNING" not in states, "what ran is waiting again"
