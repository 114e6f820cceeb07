"""Who is alive: decided by processes and moving heartbeats, never by comparing clocks."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from frameworm.search.space import Real
from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Random
from frameworm.trial.goals import Goals
from frameworm.trial.outcome import Outcome
from frameworm.trial.state import TrialState
from frameworm_optuna import OptunaBackend
from frameworm_optuna.ledger.driver_record import DriverRecord

SETTINGS = StudySettings({"x": Real(0, 1)}, Random(4, seed=1), Goals.of("loss", "min"), {})


def open_study(url: str):
    return OptunaBackend().open(url, "s", SETTINGS)


def states(study) -> list[str]:
    return [record.state.value for record in study.records()]


@pytest.fixture
def holder(url: str):
    """A driver that holds one trial."""
    study = open_study(url)
    study.plan()
    study.join(runs_trials=True, interval=0.0)
    study.exchange([], 1)
    return study


def pretend(study, **changes) -> None:
    """Rewrite the driver's record as another host, process or boot would have left it."""
    study._driver = dataclasses.replace(study._driver, **changes)
    study.beat()


def test_a_living_process_keeps_its_trial(url: str, holder) -> None:
    other = open_study(url)
    assert other.recover((), grace=0.0, max_retries=2).held == 1
    assert states(other) == ["RUNNING", "WAITING", "WAITING", "WAITING"]


def test_a_dead_process_on_this_host_loses_it_at_once(url: str, holder) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    pretend(holder, pid=ended.pid)
    other = open_study(url)
    assert other.recover((), grace=1e9, max_retries=2).held == 0
    assert states(other) == ["WAITING"] * 4
    assert other.exchange([], 1).specs[0].attempt == 1


def test_a_reused_process_id_is_no_mistake(url: str, holder) -> None:
    # This very process lives, but it started at another time than the driver did.
    pretend(holder, pid=os.getpid(), started="1")
    other = open_study(url)
    assert other.recover((), grace=1e9, max_retries=2).held == 0
    assert states(other)[0] == "WAITING"


def test_a_driver_without_a_record_is_gone(url: str, holder) -> None:
    holder.leave()
    other = open_study(url)
    other.recover((), grace=1e9, max_retries=2)
    assert states(other)[0] == "WAITING"


def test_another_host_is_given_up_when_its_heartbeat_stands_still(url: str, holder) -> None:
    pretend(holder, host="elsewhere")
    other = open_study(url)
    assert other.recover((), grace=0.3, max_retries=2).held == 1
    time.sleep(0.2)
    holder.beat()
    assert other.recover((), grace=0.3, max_retries=2).held == 1
    time.sleep(0.2)
    assert other.recover((), grace=0.3, max_retries=2).held == 1, "its heartbeat moved"
    time.sleep(0.4)
    assert other.recover((), grace=0.3, max_retries=2).held == 0
    assert states(other)[0] == "WAITING"


def test_a_clock_that_was_set_steals_nothing_and_leaves_nothing(
    url: str, holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(holder, host="elsewhere")
    other = open_study(url)
    real = time.time
    for shift in (-1e6, 1e6):
        monkeypatch.setattr(time, "time", lambda shift=shift: real() + shift)
        assert other.recover((), grace=60, max_retries=2).held == 1
    monkeypatch.undo()
    assert other.recover((), grace=-1, max_retries=2).held == 0


def die(study) -> None:
    """Make a driver one whose process has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    pretend(study, pid=ended.pid)


@pytest.mark.parametrize("runs_trials", [True, False])
def test_a_trial_pays_only_for_a_process_it_ran_in(url: str, runs_trials: bool) -> None:
    for attempt in range(4):
        driver = open_study(url)
        driver.plan()
        driver.recover((), grace=0, max_retries=2)
        driver.join(runs_trials, interval=0.0)
        if attempt < 3 or not runs_trials:
            (spec,) = driver.exchange([], 1).specs
            assert (spec.number, spec.attempt) == (0, attempt if runs_trials else 0)
        die(driver)
    record = open_study(url).records()[0]
    assert record.state is (TrialState.FAIL if runs_trials else TrialState.RUNNING)
    assert "died 3 times" in (record.error or "died 3 times")


def test_a_trial_that_got_further_pays_nothing(url: str, tmp_path: Path) -> None:
    """It reported or saved what it had not before, so it is not what kills its process."""
    for turn in range(4):
        driver = open_study(url)
        driver.plan()
        driver.recover((), grace=0, max_retries=2)
        driver.join(runs_trials=True, interval=0.0)
        (spec,) = driver.exchange([], 1).specs
        assert (spec.number, spec.attempt, spec.claim.starts) == (0, 0, turn)
        if turn % 2:
            driver._ledger.report(spec.claim, turn, 0.5)
        else:
            Path(spec.checkpoint_dir).mkdir(parents=True, exist_ok=True)
            time.sleep(0.02)
            Path(spec.checkpoint_dir, "last.pt").write_bytes(b"saved")
        die(driver)


def test_an_outcome_of_a_lost_claim_is_dropped(url: str, caplog) -> None:
    one, other = open_study(url), open_study(url)
    one.plan()
    one.join(runs_trials=False, interval=0.0)
    (spec,) = one.exchange([], 1).specs
    die(one)
    other.join(runs_trials=False, interval=0.0)
    assert other.recover((), grace=0, max_retries=2).held == 0
    (again,) = other.exchange([], 1).specs
    assert one.recover([spec.claim], grace=0, max_retries=2).lost == (spec.claim,)
    lost = one.exchange([(spec, Outcome(TrialState.COMPLETE, (1.0,), {"loss": 1.0}))], 0)
    assert lost.late == [spec.claim]
    assert "dropped" in caplog.text
    assert other.exchange([(again, Outcome(TrialState.COMPLETE, (2.0,), {}))], 0).late == []
    assert one.records()[0].values == (2.0,)


def test_driver_record_round_trip() -> None:
    driver = DriverRecord.current()
    assert DriverRecord.from_json(driver.to_json(3)) == (driver, 3)
    assert driver.is_alive() is True
    assert dataclasses.replace(driver, host="elsewhere").is_alive() is None
    assert dataclasses.replace(driver, started="0").is_alive() is False


def test_the_record_of_an_older_frameworm_is_read() -> None:
    stored = {"id": "a", "host": "h", "pid": 1, "started": "2", "beat": 7}
    driver, beat = DriverRecord.from_json(stored)
    assert (driver.runs_trials, beat) == (False, 7)
