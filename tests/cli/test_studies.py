"""Commands on studies that are there: retry, watch, delete, and what shells and pipes see."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from frameworm.errors import FramewormError
from frameworm.search.study.entry_point import find_backend
from tests.cli.command import COMMAND, RANDOM, RUN, frameworm, run

FLAKY = """\
from pathlib import Path
from frameworm.search import current_trial

def train_fn(config):
    if current_trial().number == 2 and not Path('mended').exists():
        raise ValueError('the disk was full')
    return {'val_loss': config.training.lr}
"""
SLOW = """\
import time

def train_fn(config):
    time.sleep(0.3)
    return {'val_loss': config.training.lr}
"""


def states(folder: Path) -> list[str]:
    study = find_backend().load(f"sqlite:///{folder}/frameworm.db", "mine")
    found = [record.state.value for record in study.records()]
    study.close()
    return found


def test_failed_trials_are_planned_again_and_run(folder: Path) -> None:
    (folder / "mytrain.py").write_text(FLAKY)
    assert run(folder, *RANDOM).returncode == 0
    assert "the disk was full" in frameworm(folder, "search", "show", "mine").stdout
    assert states(folder)[2] == "FAIL"
    (folder / "mended").touch()
    planned = frameworm(folder, "search", "retry", "mine", "--json")
    assert json.loads(planned.stdout) == {"study": "mine", "planned_again": 1}
    assert states(folder)[2] == "WAITING"
    assert run(folder, *RANDOM).returncode == 0
    assert states(folder) == ["COMPLETE"] * 6
    assert "no failed trials" in frameworm(folder, "search", "retry", "mine").stdout


def test_watch_in_a_pipe_prints_a_line_for_each_change_until_all_is_done(folder: Path) -> None:
    (folder / "mytrain.py").write_text(SLOW)
    running = subprocess.Popen([*COMMAND, *RUN, *RANDOM, "-q"], cwd=folder)
    try:
        while not (folder / "frameworm.db").exists():
            time.sleep(0.05)
        time.sleep(0.5)
        watched = frameworm(folder, "search", "watch", "mine", "--every", "0.1")
    finally:
        assert running.wait(60) == 0
    lines = watched.stdout.splitlines()
    assert watched.returncode == 0, watched.stderr
    assert 2 <= len(lines) == len({line[9:] for line in lines})
    assert "mine: 6/6 done (6 complete" in lines[-1]
    once = frameworm(folder, "search", "watch", "mine", "--once")
    assert once.stdout.splitlines() == [lines[-1][9:]]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_says_that_the_same_line_goes_on_and_it_does(folder: Path, jobs: str) -> None:
    (folder / "mytrain.py").write_text(SLOW)
    options = (*RANDOM, "--trials", "16", "--jobs", jobs)
    running = subprocess.Popen(
        [*COMMAND, *RUN, *options],
        cwd=folder,
        text=True,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(FramewormError):  # the study is being made
            if (folder / "frameworm.db").exists() and "COMPLETE" in states(folder):
                break
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)
    said = running.communicate(timeout=20)[1]
    assert running.returncode == 130
    assert "The same command goes on." in said
    assert "Traceback" not in said
    assert set(states(folder)) == {"COMPLETE", "WAITING"}
    assert run(folder, *options).returncode == 0
    assert states(folder) == ["COMPLETE"] * 16


def test_deleting_asks_a_person_and_refuses_a_script(folder: Path) -> None:
    assert run(folder, *RANDOM).returncode == 0
    refused = subprocess.run(
        [*COMMAND, "search", "delete", "mine"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    assert len(states(folder)) == 6


def test_a_study_or_database_that_is_not_there_is_told(folder: Path) -> None:
    missing = frameworm(folder, "search", "show", "mine")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "no database frameworm.db" in missing.stderr
    assert not (folder / "frameworm.db").exists()
    assert run(folder, *RANDOM).returncode == 0
    wrong = frameworm(folder, "search", "best", "yours")
    assert wrong.returncode == 2
    assert "yours" in wrong.stderr
    assert "mine" in wrong.stderr


def test_a_shell_completes_the_names_of_studies(folder: Path) -> None:
    assert run(folder, *RANDOM).returncode == 0
    words = frameworm(
        folder,
        _FRAMEWORM_COMPLETE="complete_bash",
        COMP_WORDS="frameworm search show m",
        COMP_CWORD="3",
    )
    assert words.stdout.split() == ["mine"]
    script = frameworm(folder, "--show-completion", "bash")
    assert script.returncode == 0


def test_colours_are_for_terminals_that_want_them(folder: Path) -> None:
    unset = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
    assert "\x1b[" not in frameworm(folder, "search", "--help", TERM="xterm-256color").stdout
    shown = {}
    for name, more in (("plain", {"NO_COLOR": "1"}), ("coloured", {})):
        on_terminal = subprocess.run(
            ["script", "-qec", " ".join([*COMMAND, "search", "--help"]), "/dev/null"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
            env={**unset, "TERM": "xterm-256color", **more},
        )
        shown[name] = on_terminal.stdout
    assert re.search(r"\x1b\[[0-9;]*3[0-7]", shown["coloured"])
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", shown["plain"])
    assert "Commands" in shown["plain"]
