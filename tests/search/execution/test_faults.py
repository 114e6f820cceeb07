"""The fault matrix: real drivers and workers are killed, and nothing is lost or repeated."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import time
from pathlib import Path

import psutil
import pytest

from tests.search.faults import (
    check_complete,
    finish,
    finished,
    gone,
    start,
    trials,
    wait_until_ready,
    workers_of,
)

pytestmark = pytest.mark.faults

# tests/proof tries every statement; here real drivers die at times of their own.
MANY = 20 if os.environ.get("FRAMEWORM_PROOF") == "all" else 5
SEEDS = [pytest.param(seed, marks=[pytest.mark.slow] if seed >= 2 else []) for seed in range(MANY)]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[int, dict]]:
    """Parameters by trial number of runs nobody disturbed."""
    found = {}
    for kind in ("grid", "40"):
        url = f"sqlite:///{tmp_path_factory.mktemp('calm')}/s.db"
        finish(start(url, 1, kind, TRIAL_SECONDS="0"))
        found[kind] = {number: trial.params for number, trial in trials(url).items()}
    return found


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/s.db"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("n_jobs", [1, 4])
def test_a_killed_driver_loses_nothing(url: str, expected, n_jobs: int, seed: int) -> None:
    chance = random.Random(f"{n_jobs}:{seed}")
    kind = chance.choice(["grid", "40"])
    driver = start(url, n_jobs, kind)
    wait_until_ready(driver)
    time.sleep(chance.uniform(0.0, 1.0))
    workers = workers_of(driver)
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    before = finished(url)
    assert gone(workers, 5), "a worker outlived its driver"
    out = finish(start(url, n_jobs, kind))
    assert out.endswith("finished 40\n")
    check_complete(url, expected[kind])
    after = finished(url)
    assert {number: after[number] for number in before} == before


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_workers_lose_nothing(url: str, expected, seed: int) -> None:
    chance = random.Random(seed)
    driver = start(url, 2, "grid", TRIAL_SECONDS="0.15")
    wait_until_ready(driver)
    kills = 0
    deadline = time.monotonic() + 60
    while kills < 2 and driver.poll() is None and time.monotonic() < deadline:
        time.sleep(chance.uniform(0.05, 0.3))
        if len(finished(url)) <= kills * 8:
            continue
        workers = workers_of(driver)
        if workers:
            with contextlib.suppress(psutil.NoSuchProcess):  # it ended by itself just now
                chance.choice(workers).kill()
                kills += 1
    finish(driver)
    check_complete(url, expected["grid"])
    attempts = sum(
        trial.system_attrs["frameworm:claim"]["attempt"] for trial in trials(url).values()
    )
    assert kills > 0
    assert attempts <= kills


@pytest.mark.parametrize("poison", ["exit:7", "segfault:11"])
def test_a_trial_that_kills_its_worker_fails_alone(url: str, poison: str) -> None:
    finish(start(url, 2, "grid", TRIAL_SECONDS="0", POISON=poison))
    number = int(poison.split(":")[1])
    found = trials(url)
    failed = {n for n, trial in found.items() if trial.state.name == "FAIL"}
    assert failed == {number}
    assert sum(trial.state.name == "COMPLETE" for trial in found.values()) == 39
    reason = found[number].user_attrs["frameworm:error"]
    assert "died 3 times" in reason
    assert ("7" if poison.startswith("exit") else "SIGSEGV") in reason


def test_a_trial_that_kills_the_driver_itself_fails_in_the_end(url: str) -> None:
    for _ in range(3):
        driver = start(url, 1, "grid", TRIAL_SECONDS="0", POISON="exit:3")
        driver.communicate(timeout=60)
        assert driver.returncode == 7
    finish(start(url, 1, "grid", TRIAL_SECONDS="0", POISON="exit:3"))
    found = trials(url)
    assert {n for n, trial in found.items() if trial.state.name == "FAIL"} == {3}
    assert "died 3 times" in found[3].user_attrs["frameworm:error"]


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_ctrl_c_ends_soon_and_can_be_resumed(url: str, expected, n_jobs: int) -> None:
    driver = start(url, n_jobs, "grid", TRIAL_SECONDS="0.2")
    wait_until_ready(driver)
    deadline = time.monotonic() + 30
    while len(finished(url)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    workers = workers_of(driver)
    interrupted = time.monotonic()
    os.killpg(driver.pid, signal.SIGINT)
    _, err = driver.communicate(timeout=20)
    assert time.monotonic() - interrupted < 5
    assert "KeyboardInterrupt" in err
    assert gone(workers, 2)
    states = {trial.state.name for trial in trials(url).values()}
    assert states == {"COMPLETE", "WAITING"}
    before = finished(url)
    finish(start(url, n_jobs, "grid", TRIAL_SECONDS="0"))
    check_complete(url, expected["grid"])
    after = finished(url)
    assert {number: after[number] for number in before} == before


def planned(url: str) -> int:
    """Count the trials without waiting for, or holding up, who is writing them."""
    file = url.removeprefix("sqlite:///")
    try:
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT COUNT(*) FROM trials").fetchone()[0])
    except sqlite3.OperationalError:
        return 0  # there is no table yet


@pytest.mark.parametrize(
    "most", [500, 2000, *(pytest.param(most, marks=pytest.mark.slow) for most in (1000, 1500))]
)
def test_a_driver_killed_while_planning_plans_nothing_twice(url: str, most: int) -> None:
    kind = "6000"
    driver = start(url, 1, kind, TRIAL_SECONDS="0")
    wait_until_ready(driver)
    while planned(url) < most:
        time.sleep(0.002)
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    assert most <= planned(url) < 6000, "it died in the midst of its plan"
    again = start(url, 1, kind, TRIAL_SECONDS="0")
    wait_until_ready(again)
    deadline = time.monotonic() + 60
    while planned(url) < 6000 and time.monotonic() < deadline:
        time.sleep(0.1)
    again.send_signal(signal.SIGKILL)
    again.wait()
    found = trials(url)
    assert sorted(found) == list(range(6000))
    assert len({str(sorted(trial.params.items())) for trial in found.values()}) == 6000


def test_eight_drivers_on_one_new_database(url: str) -> None:
    drivers = [start(url, 1, "200", TRIAL_SECONDS="0.005") for _ in range(8)]
    outs = [finish(driver) for driver in drivers]
    assert all(out.endswith("finished 200\n") for out in outs)
    found = trials(url)
    assert sorted(found) == list(range(200))
    assert {trial.state.name for trial in found.values()} == {"COMPLETE"}
    drivers_used = {trial.system_attrs["frameworm:claim"]["driver"] for trial in found.values()}
    assert len(drivers_used) > 1
