"""What a search shows while it runs: on a terminal, in a pipe, in a notebook, not at all."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from frameworm import GridSearch
from frameworm.search.execution.progress import Standing

SCRIPT = """
import sys, time
from frameworm import GridSearch, Real
def train(config):
    time.sleep(0.05)
    if config.x == 3:
        raise ValueError("three")
    return config.x
search = GridSearch({"x": 1}, {"x": list(range(1, 25))}, storage=sys.argv[1], study_name="digits")
search.run(train, verbose=sys.argv[2] == "show")
print("best", search.best_score)
"""
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_terminal(url: str, columns: int) -> str:
    """Return what a terminal of that width is sent."""
    pty = pytest.importorskip("pty", reason="terminals are of Unix")
    leader, follower = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "LINES": "20", "TERM": "xterm-256color"}
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, url, "show"],
        stdout=follower,
        stderr=follower,
        env=environment,
    )
    os.close(follower)
    written = b""
    try:
        while block := os.read(leader, 65536):
            written += block
    except OSError:  # Linux's end of file on a terminal whose process is gone
        pass
    os.close(leader)
    assert process.wait(60) == 0, written.decode()
    return written.decode()


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_bar_on_a_terminal(url: str, columns: int) -> None:
    lines = re.split(r"[\r\n]+", CONTROL.sub("", on_terminal(url, columns)))
    bars = [line for line in lines if "━" in line]
    assert bars[-1].startswith("digits ━")
    assert "24/24" in bars[-1]
    assert any(" left" in bar for bar in bars[:-1])
    notes = [line for line in lines if "running" in line]
    assert max(map(len, [*bars, *notes])) <= columns
    assert any("1 running" in note for note in notes)
    assert "0 running, 1 failed, best 1 (x=1)" in notes[-1]
    # One standing takes two lines however narrow the terminal is.
    assert len(notes) == len(bars)


def run(url: str, show: str) -> str:
    command = [sys.executable, "-c", SCRIPT, url, show]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_lines_in_a_pipe(url: str) -> None:
    lines = run(url, "show").splitlines()
    assert re.fullmatch(r"digits: 24/24 trials in [\d.]+ s, 1 failed, best 1 \(x=1\)", lines[-2]), (
        lines
    )
    told = r"Trial \d+ failed \(x=3\): ValueError: three"
    assert sum(re.fullmatch(told, line) is not None for line in lines) == 1
    assert "  ValueError: three" in lines
    assert "\x1b" not in "".join(lines)


def test_silence(url: str) -> None:
    assert run(url, "hide") == "best 1.0\n"


def test_lines_in_a_notebook(url: str, tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat", reason="notebooks are of the extra dev")
    nbclient = pytest.importorskip("nbclient", reason="notebooks are of the extra dev")
    source = SCRIPT.replace("sys.argv[1]", repr(url)).replace("sys.argv[2]", "'show'")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    nbclient.NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": tmp_path}}
    ).execute()
    shown = "".join(output.get("text", "") for output in notebook.cells[0].outputs)
    assert "digits: 24/24 trials" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("standing", "text"),
    [
        (Standing(3), "no score yet"),
        (Standing(3, failed=2, pruned=1), "2 failed, 1 pruned, no score yet"),
        (Standing(5, done=5, failed=2), "2 failed, nothing left to run"),
        (Standing(3, best=0.25, best_params={"lr": 0.1234567}), "best 0.25 (lr=0.1235)"),
        (Standing(3, front=4), "4 on the Pareto front"),
        (Standing(3, best=1.0, best_params={"f": "x" * 99}), f"best 1 (f={'x' * 23}…)"),
    ],
)
def test_a_standing_in_words(standing: Standing, text: str) -> None:
    assert standing.describe() == text


@pytest.mark.parametrize(("target", "reason"), [(1e9, "target"), (None, "finished")])
def test_why_it_ended_is_in_the_log(url: str, caplog, target, reason: str) -> None:
    search = GridSearch({"x": 1}, {"x": [1, 2, 3]}, storage=url, study_name="digits")
    with caplog.at_level(logging.INFO, "frameworm"):
        search.run(lambda config: config.x, target=target, verbose=False)
    assert search.stop_reason == reason
    assert f"digits ended: {reason}." in caplog.text


def test_a_call_that_runs_nothing_again_names_retry_failed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    mended = []

    def train(config):
        if config.x == 2 and not mended:
            raise ValueError("two")
        return config.x

    def search() -> GridSearch:
        url = f"sqlite:///{tmp_path}/s.db"
        return GridSearch({"x": 1}, {"x": [1, 2, 3]}, storage=url, study_name="mended")

    search().run(train)
    assert "1 of 3 trials failed" in caplog.text
    caplog.clear()
    mended.append(True)
    capfd.readouterr()
    search().run(train)
    assert "and 1 of its trials failed" in caplog.text
    assert "retry_failed=True runs them again" in caplog.text
    assert "1 failed, nothing left to run" in capfd.readouterr().out
    caplog.clear()
    search().run(train, retry_failed=True)
    assert "retry_failed" not in caplog.text
