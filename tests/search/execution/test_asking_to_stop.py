"""A stopped run gives its trials the chance to save, and takes up where they stopped."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are of Unix")

SCRIPT = """
import sys, time
from pathlib import Path
from frameworm import GridSearch
from frameworm.search import current_trial
def train(config):
    trial = current_trial()
    saved = trial.load_checkpoint()
    if saved is not None:
        print("resumed", saved["step"], saved["note"], flush=True)
        return {"loss": 1.0, "kind": "resumed", "nested": {"a": 2}}
    print("ready", flush=True)
    while not (sys.argv[3] == "listens" and trial.should_stop):
        time.sleep(0.01)
    trial.save_checkpoint({"weight": 1}, step=7, note="mine")
    return {"loss": 99.0}
search = GridSearch(
    {"x": 0}, {"x": [1]}, metric="loss", mode="min", storage=sys.argv[1], study_name="s"
)
search.run(train, n_jobs=int(sys.argv[2]), trial_timeout=300, verbose=False)
trial = search.study.trials[0]
print(search.best_score, trial.user_attrs["kind"], trial.user_attrs["nested.a"], flush=True)
print(trial.system_attrs["frameworm:claim"]["attempt"], search.best_checkpoint.name)
"""


def start(tmp_path: Path, kind: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SCRIPT, f"sqlite:///{tmp_path}/s.db", "1", kind]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("kind", ["listens", "deaf"])
def test_a_trial_in_a_worker(tmp_path: Path, kind: str) -> None:
    driver = start(tmp_path, kind)
    assert driver.stdout is not None
    assert driver.stdout.readline() == "ready\n"
    time.sleep(0.2)
    begun = time.monotonic()
    driver.send_signal(signal.SIGTERM)
    assert driver.wait(30) == 128 + signal.SIGTERM
    assert time.monotonic() - begun < 8, "it waited for a trial that would not listen"
    driver.stdout.close()
    if kind == "listens":
        out, _ = start(tmp_path, kind).communicate(timeout=60)
        assert out == "resumed 7 mine\n1.0 resumed 2.0\n0 checkpoint.pt\n"
