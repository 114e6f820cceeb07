"""Drivers that open one new database at the same moment all find it whole.

FRAMEWORM_PROOF=all in the environment does it many times.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import new_database

pytestmark = pytest.mark.faults

ALL = os.environ.get("FRAMEWORM_PROOF") == "all"
ROUNDS = 60 if ALL else 4
OPENERS = 5


@pytest.fixture(scope="module")
def openers() -> Iterator[list[subprocess.Popen[str]]]:
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.adapter.database.opener"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(OPENERS)
    ]
    assert {opener.stdout.readline() for opener in started} == {"ready\n"}
    yield started
    for opener in started:
        opener.communicate()


def _open(openers: list[subprocess.Popen[str]], url: str, draw: random.Random) -> list[str]:
    """Open it as Frameworm, some tenths of a second apart, and return the answers.

    One of the openers is plain Optuna, which may fail: it is not made for this.
    """
    at = time.time() + 0.02
    optuna = draw.randrange(-1, len(openers))
    for index, opener in enumerate(openers):
        who = "optuna" if index == optuna else "frameworm"
        opener.stdin.write(f"{who} {url} {at + draw.uniform(0, 0.3)}\n")
        opener.stdin.flush()
    answers = [opener.stdout.readline().strip() for opener in openers]
    return [answer for index, answer in enumerate(answers) if index != optuna]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_a_new_database_opened_by_many_at_once(openers, kind: str, tmp_path: Path) -> None:
    draw = random.Random(kind)
    for number in range(ROUNDS):
        if kind == "sqlite":
            answers = _open(openers, f"sqlite:///{tmp_path}/{number}.db", draw)
        else:
            with new_database(kind) as url:
                answers = _open(openers, url, draw)
        assert set(answers) == {"opened"}, f"round {number}: {answers}"
