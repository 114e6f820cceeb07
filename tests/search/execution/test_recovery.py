"""Who is alive: decided by processes and moving heartbeats, never by comparing clocks."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time

import pytest

from frameworm.search.space import Real
from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Random
from frameworm.trial.goals import Goals
from frameworm.trial.outcome import Outcome
from frameworm.trial.state import TrialState
from frameworm_optuna import OptunaBackend
from frameworm_optuna.ledger.driver_record import Owner

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
    study.beat()
    study.exchange([], 1)
    return study


def pretend(study, **changes) -> None:
    """Rewrite the owner record as another host, process or boot would have left it."""
    study._owner = dataclasses.replace(study._owner, **changes)
    study.beat()


def test_a_living_process_keeps_its_trial(url: str, holder) -> None:
    other = open_study(url)
    assert other.recover((), grace=0.0, max_retries=2) == 1
    assert states(other) == ["RUNNING", "WAITING", "WAITING", "WAITING"]


def test_a_dead_process_on_this_host_loses_it_at_once(url: str, holder) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    pretend(holder, pid=ended.pid)
    other = open_study(url)
    assert other.recover((), grace=1e9, max_retries=2) == 0
    assert states(other) == ["WAITING"] * 4
    assert other.exchange([], 1)[0].attempt == 1


def test_a_reused_process_id_is_no_mistake(url: str, holder) -> None:
    # This very process lives, but it started at another time than the owner did.
    pretend(holder, pid=os.getpid(), started="1")
    other = open_study(url)
    assert other.recover((), grace=1e9, max_retries=2) == 0
    assert states(other)[0] == "WAITING"


def test_a_driver_without_a_record_is_gone(url: str, holder) -> None:
    holder.leave()
    other = open_study(url)
    other.recover((), grace=1e9, max_retries=2)
    assert states(other)[0] == "WAITING"


def test_another_host_is_given_up_when_its_heartbeat_stands_still(url: str, holder) -> None:
    pretend(holder, host="elsewhere")
    other = open_study(url)
    assert other.recover((), grace=0.3, max_retries=2) == 1
    time.sleep(0.2)
    holder.beat()
    assert other.recover((), grace=0.3, max_retries=2) == 1
    time.sleep(0.2)
    assert other.recover((), grace=0.3, max_retries=2) == 1, "its heartbeat moved"
    time.sleep(0.4)
    assert other.recover((), grace=0.3, max_retries=2) == 0
    assert states(other)[0] == "WAITING"


def test_a_clock_that_was_set_steals_nothing_and_leaves_nothing(
    url: str, holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(holder, host="elsewhere")
    other = open_study(url)
    real = time.time
    for shift in (-1e6, 1e6):
        monkeypatch.setattr(time, "time", lambda shift=shift: real() + shift)
        assert other.recover((), grace=60, max_retries=2) == 1
    monkeypatch.undo()
    assert other.recover((), grace=-1, max_retries=2) == 0


def test_too_many_attempts_fail_the_trial_with_the_reason(url: str, holder) -> None:
    for attempt in range(3):
        holder.leave()
        other = open_study(url)
        other.recover((), grace=0, max_retries=2)
        if attempt < 2:
            other.plan()
            other.beat()
            assert other.exchange([], 1)[0].attempt == attempt + 1
        holder = other
    record = holder.records()[0]
    assert record.state is TrialState.FAIL
    assert "died 3 times" in record.error


def test_the_first_of_two_outcomes_stands(url: str, holder, caplog) -> None:
    spec = dataclasses.replace(open_study(url).exchange([], 1)[0])
    first, second = open_study(url), open_study(url)
    first.exchange([(spec, Outcome(TrialState.COMPLETE, (1.0,), {"loss": 1.0}))], 0)
    second.exchange([(spec, Outcome(TrialState.COMPLETE, (2.0,), {"loss": 2.0}))], 0)
    assert first.records()[1].values == (1.0,)
    assert "dropped" in caplog.text


def test_owner_round_trip() -> None:
    owner = Owner.current()
    assert Owner.from_json(owner.to_json(3)) == (owner, 3)
    assert owner.is_alive() is True
    assert dataclasses.replace(owner, host="elsewhere").is_alive() is None
    assert dataclasses.replace(owner, started="0").is_alive() is False
