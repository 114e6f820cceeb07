"""Number i always gets the same parameters and the same seed, however the work is shared out."""

from __future__ import annotations

import random
import signal
import time
from typing import Any

import pytest

from tests.search.faults import finish, start, trials, wait_until_ready


def points(url: str) -> dict[int, tuple[str, Any]]:
    """Parameters to the last digit, and the seed the train function saw, by trial number."""
    return {
        number: (repr(sorted(trial.params.items())), trial.user_attrs["seed"])
        for number, trial in trials(url).items()
        if trial.state.name == "COMPLETE"
    }


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[int, tuple[str, Any]]]:
    """The points of runs by one driver in one process."""
    found = {}
    for kind in ("grid", "40"):
        url = f"sqlite:///{tmp_path_factory.mktemp('calm')}/s.db"
        finish(start(url, 1, kind, TRIAL_SECONDS="0"))
        found[kind] = points(url)
        assert len(found[kind]) == 40
    return found


@pytest.mark.parametrize("kind", ["grid", "40"])
@pytest.mark.parametrize("n_jobs", [(1, 1), (1, 2)])
def test_two_drivers_at_once(url: str, calm, kind: str, n_jobs: tuple[int, int]) -> None:
    drivers = [start(url, jobs, kind, TRIAL_SECONDS="0.05") for jobs in n_jobs]
    for driver in drivers:
        assert finish(driver).startswith("READY\nfinished")
    assert points(url) == calm[kind]
    owners = {trial.system_attrs["frameworm:claim"]["driver"] for trial in trials(url).values()}
    assert len(owners) == 2


@pytest.mark.parametrize("kind", ["grid", "40"])
def test_two_drivers_of_which_one_is_killed_and_a_third_goes_on(url: str, calm, kind: str) -> None:
    chance = random.Random(kind)
    doomed, other = (start(url, 2, kind, TRIAL_SECONDS="0.1") for _ in range(2))
    for driver in (doomed, other):
        wait_until_ready(driver)
    time.sleep(chance.uniform(0.5, 1.5))
    for driver in (doomed, other):
        driver.send_signal(signal.SIGKILL)
        driver.wait()
    finish(start(url, 1, kind, TRIAL_SECONDS="0"))
    assert points(url) == calm[kind]
