"""Whatever a train function does to its process, the next trial in it is unharmed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from frameworm import GridSearch

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these faults are of Unix")

SCRIPT = """
import os, signal, sys
from pathlib import Path
from frameworm import GridSearch

def chdir(): os.mkdir("gone"); os.chdir("gone"); os.rmdir("../gone")
def handlers():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
def close():
    for number in (0, 1, 2): os.close(number)
def close_files(): sys.stdout.close(); sys.stderr.close()
def leave(): sys.exit(3)
def limit():
    import resource
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**24, used + 2**24))
    bytearray(2**30)
def soft():
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (2**31, resource.RLIM_INFINITY))

harm = globals()[sys.argv[3]]

def state():
    return [os.getcwd(), str(signal.getsignal(signal.SIGINT)),
            type(signal.getsignal(signal.SIGTERM)).__name__]

def train(config):
    if config.x == 1:
        harm()
    print("trial", config.x, flush=True)
    bytearray(2**28)
    return {"loss": config.x, "state": state()}

search = GridSearch({"x": 0}, {"x": [0, 1, 2]}, metric="loss", mode="min", storage=sys.argv[1])
search.run(train, n_jobs=int(sys.argv[2]), trial_timeout=60, verbose=False)
study = search.study
first, last = (trial.user_attrs["state"] for trial in study.trials if trial.params["x"] != 1)
assert first == last, (first, last)
for trial in study.trials:
    print(trial.params["x"], trial.state.name, trial.user_attrs.get("frameworm:error"))
"""
FINE = {0: "COMPLETE", 1: "COMPLETE", 2: "COMPLETE"}
FAILS = {**FINE, 1: "FAIL"}


@pytest.mark.parametrize(
    ("harm", "states"),
    [
        ("chdir", None),
        ("handlers", FINE),
        ("close", None),
        ("close_files", None),
        ("leave", FAILS),
        ("limit", FAILS),
        ("soft", None),
    ],
)
def test_the_next_trial_is_unharmed(tmp_path: Path, harm: str, states) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), f"sqlite:///{tmp_path}/s.db", "1", harm]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    found = {int(line.split()[0]): line.split()[1] for line in lines if line[0].isdigit()}
    assert found[0] == found[2] == "COMPLETE", done.stdout
    if states is not None:
        assert found == states, done.stdout
    assert "trial 0" in lines
    assert "trial 2" in lines


def test_in_this_process_too(url: str, tmp_path: Path) -> None:
    folder, handler = Path.cwd(), signal.getsignal(signal.SIGTERM)

    def train(config):
        os.chdir(tmp_path)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        return config.x

    GridSearch({"x": 0}, {"x": [1]}, storage=url).run(train, verbose=False)
    assert Path.cwd() == folder
    assert signal.getsignal(signal.SIGTERM) is handler
