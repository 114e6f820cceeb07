"""What trials print in workers arrives whole, line by line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from frameworm.search.execution.workers.worker_output import _split, as_shown

SCRIPT = """
import os, sys
from frameworm import GridSearch
def train(config):
    for line in range(2000):
        print(f"{config.x} line {line} " + "-" * 200)
    os.write(1, b"raw\\n")
    for part in range(5):
        print(f"\\r{part}/5", end="", file=sys.stderr)
    print("unended", end="")
    return config.x
search = GridSearch({"x": 0}, {"x": [1, 2, 3, 4]}, storage=sys.argv[1])
search.run(train, n_jobs=2, verbose=False)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows workers write past their driver")
def test_nothing_is_lost_or_glued(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, f"sqlite:///{tmp_path}/s.db"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    expected = [f"{x} line {line} {'-' * 200}" for x in (1, 2, 3, 4) for line in range(2000)]
    lines = done.stdout.splitlines()
    assert sorted(lines) == sorted(expected + 4 * ["raw", "unended"])
    assert done.stderr.splitlines() == 4 * ["4/5"]


@pytest.mark.parametrize(
    ("read", "lines", "rest"),
    [
        (b"a\nb", [b"a"], b"b"),
        (b"a\n\0", [b"a"], b""),
        (b"a\0b\0c", [b"a", b"b"], b"c"),
        (b"\0\0", [], b""),
        (b"1%\r2%\r", [], b"2%\r"),
        (b"1%\r2%\r3%\nnext", [b"1%\r2%\r3%"], b"next"),
    ],
)
def test_lines_of_what_was_read(read: bytes, lines: list[bytes], rest: bytes) -> None:
    assert _split(read) == (lines, rest)


def test_a_line_as_a_terminal_shows_it() -> None:
    assert as_shown("1%\r2%\r") == "2%"
    assert as_shown("\x1b[A\x1b[31mred\x1b[0m") == "\x1b[31mred\x1b[0m"
