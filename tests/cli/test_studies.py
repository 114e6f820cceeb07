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

from frameworm.cli.app import app
from frameworm.errors import CommandError, FramewormError
from frameworm.search.study.entry_point import find_backend
from tests.cli.command import COMMAND, RANDOM, RUN, frameworm, run
from tests.servers import new_database

FLAKY = """\
from pathlib import Path
from frameworm.search import current_trial

def train_fn(config):
    if current_trial().number == 2 and not Path('mended').exists():
        raise ValueError('the disk was full')
    return {'val_loss': config.training.lr}
"""
GATED = """\
import time
from pathlib import Path

def train_fn(config):
    while not Path('seen').exists():
        time.sleep(0.05)
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
    for number, said in (("1", "Trial 1 of mine is complete"), ("9", "no trial 9")):
        refused = frameworm(folder, "search", "retry", "mine", "--trial", number)
        assert refused.returncode == 2
        assert said in refused.stderr
    one = frameworm(folder, "search", "retry", "mine", "--trial", "2")
    assert "1 failed trial is planned again" in one.stdout
    assert run(folder, *RANDOM).returncode == 0
    assert states(folder) == ["COMPLETE"] * 6
    assert "no failed trials" in frameworm(folder, "search", "retry", "mine").stdout


def test_all_failed_trials_are_planned_again(folder: Path) -> None:
    (folder / "mytrain.py").write_text(FLAKY)
    assert run(folder, *RANDOM).returncode == 0
    planned = frameworm(folder, "search", "retry", "mine", "--json")
    assert json.loads(planned.stdout) == {"study": "mine", "planned_again": 1}
    assert states(folder)[2] == "WAITING"


def test_watch_in_a_pipe_prints_a_line_for_each_change_until_all_is_done(folder: Path) -> None:
    (folder / "mytrain.py").write_text(GATED)
    running = subprocess.Popen([*COMMAND, *RUN, *RANDOM, "-q"], cwd=folder)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(FramewormError):  # the study is being made
                if (folder / "frameworm.db").exists() and "RUNNING" in states(folder):
                    break
            time.sleep(0.05)
        watching = subprocess.Popen(
            [*COMMAND, "search", "watch", "mine", "--every", "0.1"],
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert watching.stdout is not None
        first = watching.stdout.readline()
        (folder / "seen").touch()
        lines = [first.rstrip(), *watching.communicate(timeout=60)[0].splitlines()]
    finally:
        (folder / "seen").touch()
        assert running.wait(60) == 0
    assert watching.returncode == 0
    assert 2 <= len(lines) == len({line[9:] for line in lines})
    assert "1 running" in lines[0]
    assert "mine: 6/6 done (6 complete" in lines[-1]
    once = frameworm(folder, "search", "watch", "mine", "--once")
    assert once.stdout.splitlines() == [lines[-1][9:]]


@pytest.mark.parametrize(
    ("number", "jobs"),
    [(signal.SIGINT, "1"), (signal.SIGINT, "2"), (signal.SIGTERM, "2"), (signal.SIGHUP, "1")],
)
def test_after_a_signal_the_same_line_goes_on(
    folder: Path, number: signal.Signals, jobs: str
) -> None:
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
    os.killpg(running.pid, number)
    said = running.communicate(timeout=20)[1]
    assert running.returncode == 128 + number
    assert "The same command goes on." in said
    assert "Traceback" not in said
    assert set(states(folder)) == {"COMPLETE", "WAITING"}
    assert run(folder, *options).returncode == 0
    assert states(folder) == ["COMPLETE"] * 16


def test_trials_of_a_killed_run_are_shown_as_abandoned(folder: Path) -> None:
    (folder / "mytrain.py").write_text(SLOW.replace("0.3", "30 if config.training.lr else 0"))
    running = subprocess.Popen([*COMMAND, *RUN, *RANDOM, "-q"], cwd=folder)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(FramewormError):  # the study is being made
                if (folder / "frameworm.db").exists() and "RUNNING" in states(folder):
                    break
            time.sleep(0.05)
        (listed,) = json.loads(frameworm(folder, "search", "list", "--json").stdout)
        assert (listed["counts"]["running"], listed["counts"]["abandoned"]) == (1, 0)
    finally:
        running.kill()
        running.wait()
    (listed,) = json.loads(frameworm(folder, "search", "list", "--json").stdout)
    assert (listed["counts"]["running"], listed["counts"]["abandoned"]) == (0, 1)
    shown = frameworm(folder, "search", "show").stdout
    assert "0 running, 5 waiting, 0 pruned, 0 failed, 1 abandoned" in shown
    assert "no run works on it now" in shown
    assert "abandoned" in frameworm(folder, "search", "show", "0").stdout
    watched = frameworm(folder, "search", "watch", "--once").stdout
    assert "1 abandoned" in watched
    assert "no run works on it now" in watched


def test_one_trial_is_shown_whole(folder: Path) -> None:
    (folder / "mytrain.py").write_text(FLAKY)
    assert run(folder, *RANDOM).returncode == 0
    shown = frameworm(folder, "search", "show", "mine", "2").stdout
    assert "raise ValueError('the disk was full')" in shown
    assert str(folder / "mytrain.py") in shown
    assert "best (trial " in shown
    found = json.loads(frameworm(folder, "search", "show", "2", "--json").stdout)
    assert (found["study"], found["trial"], found["state"]) == ("mine", 2, "failed")
    assert found["config"]["training"]["lr"] == found["params"]["training.lr"]
    assert "Traceback" in found["traceback"]
    none = frameworm(folder, "search", "show", "mine", "6")
    assert none.returncode == 2
    assert "its trials are 0 to 5" in none.stderr


def test_a_server_url_with_options_is_taken_and_shown_without_its_password(folder: Path) -> None:
    with new_database("postgresql") as url:
        environment = {"FRAMEWORM_STORAGE": f"{url}?application_name=cli&sslpassword=hunter2"}
        done = frameworm(folder, *RUN, *RANDOM, "--json", **environment)
        assert done.returncode == 0, done.stderr
        shown = frameworm(folder, "search", "show", "mine", **environment)
        assert "6 complete" in shown.stdout
        for text in (done.stdout, shown.stdout):
            assert "application_name=cli" in text
            assert "hunter2" not in text


def test_a_journal_file_is_a_storage_too(folder: Path) -> None:
    environment = {"FRAMEWORM_STORAGE": "journal:///mine.log"}
    done = frameworm(folder, *RUN, *RANDOM, "-q", **environment)
    assert (done.returncode, done.stderr) == (0, "")
    shown = frameworm(folder, "search", "show", **environment)
    assert "6 complete" in shown.stdout


@pytest.mark.parametrize(
    "command", ["list", "show", "best", "export", "report", "narrow", "retry", "watch", "delete"]
)
@pytest.mark.parametrize(
    "storage", ["typo.db", "sqlite:///typo.db", "sqlite+pysqlite:///typo.db?", "journal:///typo.db"]
)
def test_commands_that_read_make_no_database(
    folder: Path, command: str, storage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    # In this process: what it is about costs nothing, starting a process a second.
    with pytest.raises(CommandError, match=r"no database typo\.db"):
        app(
            ["search", command, *(["x"] if command == "delete" else []), "--storage", storage],
            standalone_mode=False,
        )
    assert not (folder / "typo.db").exists()


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
