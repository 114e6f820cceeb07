"""Loops of one's own in two processes, of the search or of torchrun: told alike, none left."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import optuna
import psutil
import pytest

SCRIPT = Path(__file__).with_name("loops.py")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are of Unix"),
    pytest.mark.timeout(600),
]


def trials(folder: Path) -> dict[str, Any]:
    study = optuna.load_study(storage=f"sqlite:///{folder}/s.db", study_name="s")
    return {trial.params["kind"]: trial for trial in study.trials}


def steps(out: str, kind: str, rank: int) -> list[int]:
    return [
        int(step) for step in re.findall(rf"^{kind} rank {rank} step (\d+)$", out, re.MULTILINE)
    ]


def check_outcomes(folder: Path, out: str) -> None:
    found = trials(folder)
    assert (found["quiet"].state.name, found["quiet"].value) == ("COMPLETE", 18.0)
    # Rank 0's reports count.
    assert found["quiet"].intermediate_values == {step: 3.0 * step for step in range(1, 7)}
    assert found["pruned"].state.name == "PRUNED"
    assert steps(out, "pruned", 0) == steps(out, "pruned", 1) == [1, 2, 3]
    assert found["fails"].state.name == "FAIL"
    assert found["fails"].user_attrs["frameworm:error"] == "rank 1: ValueError: rank one's own"


def test_a_search_is_stopped_and_goes_on_and_a_killed_rank_is_replaced(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), str(tmp_path), "2"]
    driver = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert driver.stdout is not None
    before = ""
    while (line := driver.stdout.readline()) != "ready\n":
        assert line, before
        before += line
    started = psutil.Process(driver.pid).children(recursive=True)
    driver.send_signal(signal.SIGINT)
    rest = driver.communicate(timeout=200)[0]
    told = re.findall(r"^stops rank (\d) told at (\d+)$", rest, re.MULTILINE)
    assert sorted(rank for rank, _ in told) == ["0", "1"]
    assert len({step for _, step in told}) == 1, "the ranks left at different steps"
    _, alive = psutil.wait_procs(started, timeout=60)
    assert alive == []
    assert trials(tmp_path)["stops"].state.name == "WAITING"

    done = subprocess.run(command, capture_output=True, text=True, timeout=250, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    out = before + rest + done.stdout
    check_outcomes(tmp_path, out)
    found = trials(tmp_path)
    assert found["stops"].system_attrs["frameworm:claim"]["attempt"] == 0
    # It was saved at the step at which it was told, far behind the last one: nothing was left.
    assert found["kills 0"].system_attrs["frameworm:claim"]["attempt"] == 1
    assert (found["kills 0"].state.name, found["kills 0"].value) == ("COMPLETE", 18.0)
    assert steps(out, "kills 0", 1)[-2:] == steps(out, "kills 0", 0)[-2:] == [5, 6]


def test_a_script_that_torchrun_has_started(tmp_path: Path) -> None:
    launcher = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    launcher += ["--rdzv-backend", "c10d", "--rdzv-endpoint", "localhost:0"]
    done = subprocess.run(
        [*launcher, str(SCRIPT), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=250,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    check_outcomes(tmp_path, done.stdout)
    # Every rank has the results; one has driven the search.
    assert done.stdout.count(f"best 18.0 3 {tmp_path}") == 2
    drivers = {
        trial.system_attrs["frameworm:claim"]["driver"] for trial in trials(tmp_path).values()
    }
    assert len(drivers) == 1
