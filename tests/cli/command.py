"""A user's files, and the `frameworm` command run beside them as the user runs it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

__all__ = ["COMMAND", "FILES", "RANDOM", "RUN", "frameworm", "on_terminal", "run"]

COMMAND = [sys.executable, "-m", "frameworm"]
FILES = {
    "base.yaml": """\
training:
  lr: 0.1
  size: 4
""",
    "space.yaml": """\
training.lr: {type: real, low: 1e-4, high: 1e-1, log: true}
training.size: [1, 2, 4]
""",
    "mytrain.py": """\
def train_fn(config):
    return {'val_loss': config.training.lr * config.training.size}
""",
}
RUN = (
    *("search", "run", "--config", "base.yaml", "--space", "space.yaml"),
    *("--train", "mytrain:train_fn"),
)
RANDOM = ("--method", "random", "--trials", "6", "--study", "mine", "--seed", "1")


def frameworm(
    folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **environment},
    )


def on_terminal(folder: Path, columns: int, *arguments: str) -> list[str]:
    """Return what the command shows on a terminal that is so wide, without colours."""
    unset = {key: value for key, value in os.environ.items() if key != "FORCE_COLOR"}
    done = subprocess.run(
        ["script", "-qec", shlex.join([*COMMAND, *arguments]), "/dev/null"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**unset, "TERM": "xterm-256color", "NO_COLOR": "1", "COLUMNS": str(columns)},
    )
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", done.stdout).splitlines()


def run(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return frameworm(folder, *RUN, *more)
