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
from concurrent.futures import ThreadPoolExecutor
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
how = {
    "worker": {"trial_timeout": 300},
    "here": {},
    "thread": {"executor": ThreadPoolExecutor(1)},
}[sys.argv[2]]
search.run(train, **how, verbose=False)
trial = search.study.trials[0]
print(search.best_score, trial.user_attrs["kind"], trial.user_attrs["nested.a"], flush=True)
print(trial.system_attrs["frameworm:claim"]["attempt"], search.best_checkpoint.name)
"""


TRAINING = """
import sys, time
from pathlib import Path
import torch
from frameworm import GridSearch
sys.path.insert(0, sys.argv[3])
from loops import train_by
search = GridSearch({"lr": 0.1}, {"lr": [0.1]}, storage=sys.argv[1], study_name="s")
search.run(train_by(sys.argv[2], Path(sys.argv[4])), verbose=False)
print(search.results[0]["state"], search.study.trials[0].system_attrs["frameworm:claim"]["attempt"])
"""


def start(tmp_path: Path, where: str, kind: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SCRIPT, f"sqlite:///{tmp_path}/s.db", where, kind]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        ("worker", "listens"),
        ("worker", "deaf"),
        ("here", "listens"),
        ("here", "deaf"),
        ("thread", "listens"),
    ],
)
def test_a_trial_of_ones_own_loop(tmp_path: Path, where: str, kind: str) -> None:
    driver = start(tmp_path, where, kind)
    assert driver.stdout is not None
    assert driver.stdout.readline() == "ready\n"
    time.sleep(0.2)
    begun = time.monotonic()
    driver.send_signal(signal.SIGTERM)
    assert driver.wait(30) == 128 + signal.SIGTERM
    assert time.monotonic() - begun < 8, "it waited for a trial that would not listen"
    driver.stdout.close()
    if kind == "listens":
        out, _ = start(tmp_path, where, kind).communicate(timeout=60)
        assert out == "resumed 7 mine\n1.0 resumed 2.0\n0 checkpoint.pt\n"


@pytest.mark.parametrize("loop", ["trainer", pytest.param("lightning", marks=pytest.mark.slow)])
def test_a_trial_of_a_trainer(tmp_path: Path, loop: str) -> None:
    if loop == "lightning":
        pytest.importorskip("lightning", reason="lightning is not installed (frameworm[lightning])")
    log = tmp_path / "log"
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", TRAINING, f"sqlite:///{tmp_path}/s.db", loop, here, str(log)]
    driver = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    while not log.exists() or log.read_text().count("epoch") < 3:
        assert driver.poll() is None
        time.sleep(0.02)
    driver.send_signal(signal.SIGTERM)
    assert driver.wait(30) == 128 + signal.SIGTERM
    out, _ = subprocess.Popen(command, stdout=subprocess.PIPE, text=True).communicate(timeout=120)
    assert out == "COMPLETE 0\n"
    epochs = log.read_text().split("\n")[:-1]
    # The third epoch was broken off and began anew; the two that were saved did not.
    assert epochs == [f"epoch {each}" for each in (1, 2, 3, 3, 4)]
