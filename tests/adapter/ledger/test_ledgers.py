"""Every ledger keeps the same promises, on every kind of storage."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path

import optuna
import pytest
from optuna.storages import BaseStorage, InMemoryStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend

from frameworm.search.space import Categorical, Integer, Real
from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Random
from frameworm.trial.goals import Goals
from frameworm.trial.outcome import Outcome
from frameworm.trial.state import TrialState
from frameworm_optuna import OptunaBackend
from frameworm_optuna.database.journal import JournalFile
from frameworm_optuna.database.storage import PlanStorage
from frameworm_optuna.ledger.driver_record import DriverRecord
from frameworm_optuna.ledger.make import make_ledger
from frameworm_optuna.ledger.protocol import PlanChunk, Point
from frameworm_optuna.translate.distributions import to_distribution
from tests.servers import new_database

SPACE = {"x": Real(0, 1), "n": Integer(1, 9), "c": Categorical(["a", "b"])}
DISTRIBUTIONS = {name: to_distribution(dimension) for name, dimension in SPACE.items()}
POINT = {"x": 0.5, "n": 3.0, "c": 1.0}


KINDS = ["file", "memory", "plain", "journal", "journal_url", "dict", "postgresql", "mariadb"]


@pytest.fixture(params=KINDS)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BaseStorage]:
    if request.param in ("postgresql", "mariadb"):
        with new_database(request.param) as url:
            storage = PlanStorage(url)
            yield storage
            storage.close()
        return
    made = {
        "file": lambda: PlanStorage(f"sqlite:///{tmp_path}/s.db"),
        "memory": lambda: PlanStorage("sqlite:///:memory:"),
        "plain": lambda: RDBStorage(f"sqlite:///{tmp_path}/plain.db"),
        "journal": lambda: JournalStorage(JournalFileBackend(str(tmp_path / "journal.log"))),
        "journal_url": lambda: JournalFile(f"journal:///{tmp_path}/ours.log"),
        "dict": InMemoryStorage,
    }[request.param]()
    yield made


@pytest.fixture
def study_id(storage: BaseStorage) -> int:
    settings = StudySettings(SPACE, Random(4, seed=1), Goals.of("loss", "min"), {})
    OptunaBackend().open(storage, "s", settings).close()
    return storage.get_study_id_from_name("s")


@pytest.fixture
def ledger(storage: BaseStorage, study_id: int):
    ledger = make_ledger(storage, study_id, "driver-one")
    yield ledger
    ledger.close()


def trials(storage: BaseStorage, study_id: int) -> list[optuna.trial.FrozenTrial]:
    return storage.get_all_trials(study_id)


def test_created_trials_run_at_once_under_this_drivers_claim(storage, study_id, ledger) -> None:
    created = ledger.create(DISTRIBUTIONS, [Point(POINT, {"note": "hi"})] * 3, total=2)
    assert [claim.number for claim, _ in created] == [0, 1]
    claim, values = created[0]
    assert values == POINT
    assert not claim.is_restarted
    for trial in trials(storage, study_id):
        assert trial.state.name == "RUNNING"
        assert trial.params == {"x": 0.5, "n": 3, "c": "b"}
        assert trial.system_attrs["note"] == "hi"
        assert trial.datetime_start is not None
    assert ledger.running() == [claim for claim, _ in created]
    assert [claim.driver for claim in ledger.running()] == ["driver-one"] * 2
    assert ledger.create(DISTRIBUTIONS, [Point(POINT)], total=2) == []


def test_points_that_trials_unknown_to_the_proposer_are_at_are_not_added(ledger) -> None:
    ledger.create(DISTRIBUTIONS, [Point(POINT)], total=9)
    odd = {**POINT, "x": 0.1 + 0.2}
    ledger.create(DISTRIBUTIONS, [Point(odd)], total=9)
    new, newer = {**POINT, "x": 0.25}, {**POINT, "x": 0.75}
    points = [Point(new), Point(odd), Point(newer)]
    assert [values for _, values in ledger.create(DISTRIBUTIONS, points, 9, known=1)] == [new]
    # Those it knew it proposes again with open eyes.
    assert len(ledger.create(DISTRIBUTIONS, [Point(odd)], 9, known=3)) == 1


def test_an_enqueued_trial_is_claimed_before_the_plan_whatever_the_bound(
    storage, study_id, ledger
) -> None:
    for _ in range(2):
        ledger.plan(
            DISTRIBUTIONS, lambda count, planned: None if planned else _chunk([POINT, POINT])
        )
    assert ledger.enqueue({"n": 7.0}, {"n": DISTRIBUTIONS["n"]})
    assert not ledger.enqueue({"n": 7.0}, {"n": DISTRIBUTIONS["n"]})
    assert not ledger.enqueue({"n": 3.0}, {"n": DISTRIBUTIONS["n"]}), "the plan has it"
    claimed, _ = ledger.exchange([], 2, below=2)
    assert [claim.number for claim, _ in claimed] == [2, 0]
    assert trials(storage, study_id)[2].system_attrs["fixed_params"] == {"n": 7}
    counts = ledger.counts(below=2)
    assert (counts[TrialState.RUNNING], counts[TrialState.WAITING]) == (2, 1)


def _chunk(points):
    return PlanChunk([Point(point) for point in points], len(points))


def test_a_trial_enqueued_by_plain_optuna_meanwhile_is_found(storage, study_id, ledger) -> None:
    assert ledger.exchange([], 1, below=0)[0] == []
    optuna.load_study(study_name="s", storage=storage).enqueue_trial({"x": 0.25})
    claimed, _ = ledger.exchange([], 1, below=0)
    assert [claim.number for claim, _ in claimed] == [0]


def test_a_finished_trial_is_added_whole(storage, study_id, ledger) -> None:
    outcome = Outcome(TrialState.COMPLETE, (0.25,), {"loss": 0.25, "time": 3.0})
    assert ledger.add_finished(DISTRIBUTIONS, Point(POINT), outcome)
    assert not ledger.add_finished(DISTRIBUTIONS, Point(POINT), outcome)
    (trial,) = trials(storage, study_id)
    assert (trial.state.name, trial.value) == ("COMPLETE", 0.25)
    assert trial.user_attrs == {"loss": 0.25, "time": 3.0}
    assert trial.datetime_complete >= trial.datetime_start


def test_reports_are_written_while_the_claim_holds(storage, study_id, ledger) -> None:
    ((mine, _),) = ledger.create(DISTRIBUTIONS, [Point(POINT)], total=9)
    assert ledger.report(mine, 1, 0.5)
    assert ledger.report(mine, 2, float("inf"))
    stranger = dataclasses.replace(mine, driver="driver-two")
    assert not ledger.report(stranger, 3, 0.1)
    assert trials(storage, study_id)[0].intermediate_values == {1: 0.5, 2: float("inf")}
    outcome = Outcome(TrialState.COMPLETE, (0.1,), {}, intermediate={1: 9.0, 3: 0.1})
    ledger.exchange([(mine, outcome)], 0, None)
    found = trials(storage, study_id)[0].intermediate_values
    assert found.keys() == {1, 2, 3}
    assert not ledger.report(mine, 4, 0.0)


def test_a_requeued_trial_keeps_its_number_and_is_restarted(storage, study_id, ledger) -> None:
    ((mine, _),) = ledger.create(DISTRIBUTIONS, [Point(POINT)], total=9)
    assert ledger.requeue(mine, charge=True)
    assert not ledger.requeue(mine, charge=True)
    (((again, values),), _) = ledger.exchange([], 1, None)
    assert (again.number, again.attempt, again.starts) == (0, 1, 1)
    assert values == POINT
    assert ledger.requeue(again, charge=False)
    (((third, _),), _) = ledger.exchange([], 1, None)
    assert (third.attempt, third.starts) == (1, 2)


@pytest.mark.parametrize("storage", ["file", "postgresql", "mariadb"], indirect=True)
def test_what_a_requeued_trial_had_reported_goes(storage, study_id, ledger) -> None:
    ((mine, _),) = ledger.create(DISTRIBUTIONS, [Point(POINT)], total=9)
    ledger.report(mine, 1, 0.5)
    storage.set_trial_system_attr(mine.trial_id, "completed_rung_0", 0.5)
    ledger.requeue(mine, charge=False)
    (found,) = trials(storage, study_id)
    assert found.intermediate_values == {}
    assert "completed_rung_0" not in found.system_attrs


def complete(value: float) -> Outcome:
    return Outcome(TrialState.COMPLETE, (value,), {"loss": value})


def test_an_outcome_counts_once_and_only_for_its_claim(storage, study_id, ledger) -> None:
    ((mine, _),) = ledger.create(DISTRIBUTIONS, [Point(POINT)], total=9)
    ledger.requeue(mine, charge=False)
    (((again, _),), _) = ledger.exchange([], 1, None)
    assert ledger.exchange([(mine, complete(2.0))], 0, None) == ([], [mine])
    assert ledger.exchange([(again, complete(1.0))], 0, None) == ([], [])
    # The answer to that commit may be lost; told once more, it is as it was.
    assert ledger.exchange([(again, complete(1.0))], 0, None) == ([], [])
    assert trials(storage, study_id)[0].value == 1.0
    assert not ledger.requeue(again, charge=False)


def test_a_claim_that_was_given_up_is_worth_nothing(storage, study_id, ledger) -> None:
    ((mine, _),) = ledger.create(DISTRIBUTIONS, [Point(POINT)], total=9)
    gone = Outcome(TrialState.FAIL, error="its process died")
    assert ledger.give_up(mine, gone)
    assert not ledger.give_up(mine, gone)
    assert ledger.exchange([(mine, complete(1.0))], 0, None) == ([], [mine])
    (trial,) = trials(storage, study_id)
    assert (trial.state.name, trial.user_attrs["frameworm:error"]) == ("FAIL", "its process died")


def test_trials_that_are_still_busy_are_left_to_others(storage, study_id, ledger) -> None:
    claims = [claim for claim, _ in ledger.create(DISTRIBUTIONS, [Point(POINT)] * 2, total=9)]
    for claim in claims:
        ledger.requeue(claim, charge=False)
    held, _ = ledger.exchange([], 2, None, busy={claims[0].trial_id})
    assert [claim.number for claim, _ in held] == [1]
    held, _ = ledger.exchange([], 2, None)
    assert [claim.number for claim, _ in held] == [0]


def test_progress_is_what_no_earlier_run_had_reported(storage, study_id, ledger) -> None:
    before = time.time()
    ((claim, _),) = ledger.create(DISTRIBUTIONS, [Point(POINT)], total=9)
    started, is_new = ledger.progress(claim)
    assert (before - 1 < started < time.time() + 1, is_new) == (True, False)
    ledger.report(claim, 3, 0.5)
    assert ledger.progress(claim)[1]
    ledger.requeue(claim, charge=False)
    (((claim, _),), _) = ledger.exchange([], 1, None)
    ledger.report(claim, 3, 0.5)
    assert not ledger.progress(claim)[1]
    ledger.report(claim, 4, 0.5)
    assert ledger.progress(claim)[1]


def test_drivers_come_and_go(ledger) -> None:
    driver = DriverRecord.current(runs_trials=True, interval=2.5)
    ledger.beat(driver, 0)
    ledger.beat(driver, 5)
    assert ledger.drivers() == {driver.id: (driver, 5)}
    ledger.leave(driver)
    assert ledger.drivers() == {}


def test_records_and_optunas_own_reading_agree(storage, study_id, ledger) -> None:
    study = OptunaBackend().load(storage, "s")
    ledger.create(DISTRIBUTIONS, [Point(POINT)], total=9)
    outcome = Outcome(TrialState.FAIL, error="no luck", traceback="long", metrics={"a": 1.5})
    ledger.add_finished(DISTRIBUTIONS, Point({**POINT, "c": 0.0}), outcome)
    for record, trial in zip(study.records(), trials(storage, study_id), strict=True):
        assert record.number == trial.number
        assert record.state.value == trial.state.name
        assert record.params == trial.params
        assert record.finished_at == trial.datetime_complete
        assert record.error == trial.user_attrs.get("frameworm:error")
