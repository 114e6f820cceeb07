"""What trials print on a terminal: nothing lost, nothing glued, one bar below."""

from __future__ import annotations

import fcntl
import logging
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from frameworm.search.execution.above_bar import AboveBar

pyte = pytest.importorskip("pyte")

SCRIPT = """
import logging, sys, time, warnings
from tqdm import tqdm
from frameworm import GridSearch
logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
def train(config):
    print("begin", config.x)
    for step in tqdm(range(3), desc=f"bar {config.x}"):
        print("step", config.x, step)
        time.sleep(float(sys.argv[3]))
    logging.getLogger("mine").info("logged %d", config.x)
    warnings.warn(f"warned {config.x}")
    print("[bold]no markup, no end", config.x, end="")
    return config.x
if __name__ == "__main__":
    search = GridSearch({"x": 0}, {"x": [0, 1, 2, 3]}, storage=sys.argv[1], study_name="prints")
    search.run(train, n_jobs=int(sys.argv[2]))
    print("after")
"""
COLUMNS = 200


def screen_of(tmp_path: Path, n_jobs: int, pause: float = 0.01, stop: bool = False) -> list[str]:
    """Return the lines a terminal shows in the end."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 200, COLUMNS, 0, 0))
    process = subprocess.Popen(
        [sys.executable, script, f"sqlite:///{tmp_path}/s.db", str(n_jobs), str(pause)],
        stdout=follower,
        stderr=follower,
        env={**os.environ, "TERM": "xterm-256color"},
    )
    os.close(follower)
    screen = pyte.Screen(COLUMNS, 200)
    stream = pyte.ByteStream(screen)
    written = b""
    try:
        while block := os.read(leader, 65536):
            written += block
            stream.feed(block)
            if stop and b"step 1 0" in written:
                stop = False
                time.sleep(0.3)
                process.send_signal(signal.SIGINT)
    except OSError:  # Linux's end of file on a terminal whose process is gone
        pass
    os.close(leader)
    process.wait(60)
    return [line.rstrip() for line in screen.display if line.strip()]


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_every_line_is_whole_and_the_bar_is_one(tmp_path: Path, n_jobs: int) -> None:
    lines = screen_of(tmp_path, n_jobs)
    for x in range(4):
        expected = [f"begin {x}", *(f"step {x} {step}" for step in range(3))]
        expected.append(f"[bold]no markup, no end {x}")
        assert [line for line in lines if line in expected] == expected
        (bar,) = [line for line in lines if line.startswith(f"bar {x}: 100%|")]
        assert "3/3" in bar
        assert len([line for line in lines if f"UserWarning: warned {x}" in line]) == 1
    if n_jobs == 1:
        # Workers have no logging set up: the script's is under its main guard.
        assert sorted(line for line in lines if line.startswith("mine: logged")) == [
            f"mine: logged {x}" for x in range(4)
        ]
    (place,) = [index for index, line in enumerate(lines) if line.startswith("prints ━")]
    assert "4/4" in lines[place]
    assert lines[place + 1].startswith("  0 running, best 0 (x=0)")
    assert [line for line in lines if "running" in line] == [lines[place + 1]]
    assert lines[-1] == "after"


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_ctrl_c_leaves_one_bar(tmp_path: Path, n_jobs: int) -> None:
    lines = screen_of(tmp_path, n_jobs, pause=0.5, stop=True)
    assert lines[-1] == "KeyboardInterrupt"
    assert len([line for line in lines if line.startswith("prints ━")]) == 1
    assert "frameworm: Stopping at SIGINT; once more ends at once." in lines


def test_lines_that_have_no_end_yet_are_shown_as_they_grow() -> None:
    shown: list[str] = []
    begun: list[list[str]] = []
    log = logging.getLogger("tests.above_bar")
    handler = logging.StreamHandler(sys.stderr)
    log.addHandler(handler)
    before = sys.stdout, sys.stderr
    above = AboveBar(shown.append, begun.append)
    try:
        sys.stderr.write("\r 10%")
        sys.stderr.write("\r 20%")
        assert begun[-1] == [" 20%"]
        log.warning("in between")
        assert shown == ["in between"]
        assert begun[-1] == [" 20%"]
        sys.stdout.write("dots..")
        assert begun[-1] == ["dots..", " 20%"]
        sys.stderr.write("\n")
        assert shown[-1] == " 20%"
        above.end_lines()
        assert shown[-1] == "dots.."
        assert begun[-1] == []
        assert sys.stdout.isatty() == before[0].isatty()
    finally:
        above.close()
        log.removeHandler(handler)
    assert (sys.stdout, sys.stderr) == before
    assert handler.stream is before[1]
