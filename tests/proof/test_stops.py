"""A stop is not a crash; nor is a pause, nor a cluster that loses its workers."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from frameworm.search import RandomSearch
from frameworm.search.space import Real
from tests.proof.hosts import SCRIPT, check_once, hosts, wait_for_runs
from tests.search.faults import finish, start, trials, wait_until_ready

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]

ALL = os.environ.get("FRAMEWORM_PROOF") == "all"
STOPS = {"SIGTERM": 6 if ALL else 2, "SIGHUP": 6 if ALL else 1, "SIGINT": 6 if ALL else 1}
PLANNED = 100_000 if ALL else 20_000


# A user's own run tries Ctrl-C alone.
@pytest.mark.parametrize(
    "sent", [s if s == "SIGINT" else pytest.param(s, marks=pytest.mark.slow) for s in STOPS]
)
def test_stops_lose_nothing_and_charge_nobody(sent: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/s.db"
    number = getattr(signal, sent)
    draw = random.Random(sent)
    for _ in range(STOPS[sent]):
        before = trials(url)
        driver = start(url, 2, "400", TRIAL_SECONDS="0.01")
        wait_until_ready(driver)
        path = tmp_path / "s.db"
        wanted = _count(path, "COMPLETE") + draw.randrange(5, 40)
        deadline = time.monotonic() + 60
        while _count(path, "COMPLETE") < wanted and time.monotonic() < deadline:
            time.sleep(0.01)
        driver.send_signal(number)
        _, errors = driver.communicate(timeout=60)
        expected = -signal.SIGINT if number == signal.SIGINT else 128 + number
        assert driver.returncode in (expected, 130), errors[-2000:]
        after = trials(url)
        assert {trial.state.name for trial in after.values()} <= {"COMPLETE", "WAITING"}
        for trial in after.values():
            assert trial.system_attrs.get("frameworm:claim", {}).get("attempt", 0) == 0
        for index, trial in before.items():
            if trial.state.is_finished():
                assert after[index].values == trial.values
                assert after[index].datetime_complete == trial.datetime_complete
    finish(start(url, 2, "400", TRIAL_SECONDS="0"))
    found = trials(url)
    assert sorted(found) == list(range(400))
    assert {trial.state.name for trial in found.values()} == {"COMPLETE"}
    for trial in found.values():
        assert trial.system_attrs["frameworm:claim"]["attempt"] == 0


def _count(path: Path, state: str = "%") -> int:
    """Count trials without the database being made by looking at it."""
    with contextlib.suppress(sqlite3.OperationalError):
        uri = f"file:{path}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
            query = "SELECT COUNT(*) FROM trials WHERE state LIKE ?"
            return int(connection.execute(query, [state]).fetchone()[0])
    return 0


def test_a_driver_paused_for_longer_than_its_grace_period_drops_what_was_taken(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path}/s.db"
    logs = [tmp_path / "a", tmp_path / "b"]
    with hosts("host-a", "host-b") as pair:
        paused = pair[0].start(url, logs[0], 12, 0.4, 1.5)
        wait_for_runs(logs[0], 2)
        # The namespace's first process is the driver; from outside it has another number.
        inside = _driver_of(paused)
        _pause_outside_a_transaction(inside, logs[0])
        other = pair[1].start(url, logs[1], 12, 0.05, 1.5)
        out, errors = other.communicate(timeout=120)
        assert other.returncode == 0, errors[-2000:]
        assert out.endswith("finished 12\n")
        subprocess.run(["kill", "-CONT", str(inside)], check=True)
        assert finish(paused).endswith("finished 12\n")
    log = tmp_path / "log"
    log.write_text("".join(each.read_text() for each in logs))
    check_once(url, log, 12, repeated=1)


def _driver_of(process: subprocess.Popen[str]) -> int:
    for child in psutil.Process(process.pid).children(recursive=True):
        if SCRIPT.name in " ".join(child.cmdline()) and "unshare" not in child.name():
            return child.pid
    raise AssertionError("there is no driver")


def _pause_outside_a_transaction(pid: int, log: Path) -> None:
    """Stop a driver while its trial sleeps: paused with SQLite's lock it would hold up all."""
    wait_for_runs(log, len(log.read_text().splitlines()) + 1)
    time.sleep(0.2)
    subprocess.run(["kill", "-STOP", str(pid)], check=True)


def test_a_large_plan_killed_in_its_midst_is_planned_once(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    url = f"sqlite:///{path}"
    sizes = []
    for seconds in (0.1, 0.3):
        driver = _plan(url)
        _wait_for_plan(path, (sizes[-1] if sizes else 0) + 1)
        time.sleep(seconds)
        driver.kill()
        driver.wait()
        sizes.append(_count(path))
    assert 0 < sizes[0] < sizes[1]
    last = _plan(url)
    _, errors = last.communicate(timeout=240)
    assert last.returncode == 0, errors
    with contextlib.closing(sqlite3.connect(path)) as connection:
        count, least, most, distinct = connection.execute(
            "SELECT COUNT(*), MIN(number), MAX(number), COUNT(DISTINCT number) FROM trials"
        ).fetchone()
        points = dict(
            connection.execute(
                "SELECT number, param_value FROM trials JOIN trial_params USING (trial_id)"
            )
        )
    assert (count, least, most, distinct) == (PLANNED, 0, PLANNED - 1, PLANNED)
    assert len(points) == PLANNED
    undisturbed = _search(url)._open()._planner
    for number in random.Random(0).sample(range(PLANNED), 500):
        assert points[number] == undisturbed.point(number)["x"]


def _search(url: str) -> RandomSearch:
    space = {"x": Real(0, 1)}
    options = {"storage": url, "study_name": "s", "random_state": 5}
    return RandomSearch({"x": 0.5}, space, n_trials=PLANNED, **options)


def _plan(url: str) -> subprocess.Popen[str]:
    source = "from tests.proof import test_stops; test_stops._search({!r})._open().plan()"
    command = [sys.executable, "-c", source.format(url)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def _wait_for_plan(path: Path, least: int) -> None:
    deadline = time.monotonic() + 60
    while _count(path) < least:
        assert time.monotonic() < deadline
        time.sleep(0.02)
