"""A step on a journal file is one append, whole for all that read and write it."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import optuna
import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from frameworm.errors import StorageError
from frameworm.search import RandomSearch
from frameworm.search.space import Real
from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Random
from frameworm.trial.goals import Goals
from frameworm_optuna import OptunaBackend
from frameworm_optuna.database import journal
from frameworm_optuna.database.journal import JournalFile
from frameworm_optuna.ledger.exclusive import exclusive
from tests.search import faults

MAXIMIZE = [optuna.study.StudyDirection.MAXIMIZE]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "study.log"


@pytest.fixture
def url(path: Path) -> str:
    return f"journal:///{path}"


@pytest.fixture
def storage(url: str) -> JournalFile:
    return JournalFile(url)


def plain(path: Path) -> JournalStorage:
    return JournalStorage(JournalFileBackend(str(path)))


def states(storage: JournalStorage, study_id: int) -> list[str]:
    return [trial.state.name for trial in storage.get_all_trials(study_id)]


def count_fsyncs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    calls: list[int] = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (calls.append(fd), fsync(fd))[1])
    return calls


def test_a_step_reads_what_it_wrote_and_others_see_it_whole(storage, path, monkeypatch) -> None:
    study_id = storage.create_new_study(MAXIMIZE, "s")
    reader = plain(path)
    calls = count_fsyncs(monkeypatch)
    with storage.transaction():
        trial_id = storage.create_new_trial(study_id)
        storage.set_trial_user_attr(trial_id, "a", 1)
        with storage.transaction():
            storage.set_trial_state_values(trial_id, TrialState.COMPLETE, [float("inf")])
        (trial,) = storage.get_all_trials(study_id)
        assert (trial.state, trial.user_attrs, trial.value) == (
            TrialState.COMPLETE,
            {"a": 1},
            float("inf"),
        )
        assert states(reader, study_id) == []
    assert len(calls) == 1
    assert states(reader, study_id) == states(storage, study_id) == ["COMPLETE"]
    with storage.transaction():
        storage.get_all_trials(study_id)
    assert len(calls) == 1, "a step that writes nothing costs nothing"


def test_after_an_exception_nothing_is_written_nor_remembered(storage, path) -> None:
    study_id = storage.create_new_study(MAXIMIZE, "s")
    first = storage.create_new_trial(study_id)
    before = path.read_bytes()

    def fail() -> None:
        with storage.transaction():
            storage.create_new_trial(study_id)
            storage.set_trial_state_values(first, TrialState.COMPLETE, [1.0])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_bytes() == before
    assert states(storage, study_id) == ["RUNNING"]
    assert storage.create_new_trial(study_id) == first + 1
    assert states(plain(path), study_id) == ["RUNNING"] * 2


def test_a_refused_operation_does_not_end_the_step_nor_the_replay_after_it(storage, path) -> None:
    study_id = storage.create_new_study(MAXIMIZE, "s")
    trial_id = storage.create_new_trial(study_id)
    storage.set_trial_state_values(trial_id, TrialState.COMPLETE, [1.0])
    with storage.transaction():
        with pytest.raises(optuna.exceptions.UpdateFinishedTrialError):
            storage.set_trial_user_attr(trial_id, "late", 1)
        storage.create_new_trial(study_id)
    # Here the journal is read from its start, the refused line too.
    with pytest.raises(ZeroDivisionError), storage.transaction():
        raise ZeroDivisionError
    assert states(storage, study_id) == states(plain(path), study_id) == ["COMPLETE", "RUNNING"]


@pytest.mark.parametrize("fails", [False, True])
def test_what_other_threads_write_during_a_step_is_kept(storage, path, fails) -> None:
    study_id = storage.create_new_study(MAXIMIZE, "s")
    trial_id = storage.create_new_trial(study_id)
    stop = threading.Event()
    beats = []

    def beat() -> None:
        while not stop.is_set():
            beats.append(len(beats))
            storage.set_study_system_attr(study_id, "beat", beats[-1])
            storage.set_trial_intermediate_value(trial_id, beats[-1], 0.5)
            assert storage.get_trial(trial_id).intermediate_values.keys() == set(beats)

    thread = threading.Thread(target=beat)
    thread.start()
    for step in range(30):
        try:
            with storage.transaction():
                storage.set_study_user_attr(study_id, "step", step)
                seen = len(beats)
                while len(beats) < seen + 2 and thread.is_alive():
                    time.sleep(0.001)
                if fails and step % 2:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass
    was_alive = thread.is_alive()
    stop.set()
    thread.join()
    assert was_alive, "the other thread failed"
    for reader in (storage, plain(path)):
        assert reader.get_study_system_attrs(study_id)["beat"] == beats[-1]
        assert reader.get_study_user_attrs(study_id)["step"] == (28 if fails else 29)
        assert reader.get_trial(trial_id).intermediate_values.keys() == set(beats)


def test_a_step_waits_for_a_driver_on_optunas_own_storage(storage, path) -> None:
    steps = []

    def step() -> None:
        with exclusive(storage), exclusive(storage):
            steps.append("by URL")

    with exclusive(plain(path)):
        thread = threading.Thread(target=step)
        thread.start()
        thread.join(0.3)
        steps.append("by object")
    thread.join()
    assert steps == ["by object", "by URL"]


PLAIN_OPTUNA = """
import optuna, sys
optuna.logging.set_verbosity(optuna.logging.ERROR)
backend = optuna.storages.journal.JournalFileBackend(sys.argv[1])
study = optuna.load_study(study_name="s", storage=optuna.storages.JournalStorage(backend))
for _ in range(40):
    attrs = study.user_attrs
    assert attrs["a"] == attrs["b"], attrs
    trial = study.ask()
    trial.set_user_attr("plain", 1)
    study.tell(trial, 1.0)
"""


def test_plain_optuna_in_another_process_works_between_steps(storage, path) -> None:
    study_id = storage.create_new_study(MAXIMIZE, "s")
    storage.set_study_user_attr(study_id, "a", 0)
    storage.set_study_user_attr(study_id, "b", 0)
    other = subprocess.Popen([sys.executable, "-c", PLAIN_OPTUNA, str(path)])
    mine = 0
    while other.poll() is None or not mine:
        with storage.transaction():
            trials = storage.get_n_trials(study_id)
            trial_id = storage.create_new_trial(study_id)
            assert storage.get_trial_number_from_id(trial_id) == trials, "nobody came between"
            storage.set_study_user_attr(study_id, "a", trials)
            storage.set_study_user_attr(study_id, "b", trials)
            storage.set_trial_state_values(trial_id, TrialState.COMPLETE, [2.0])
        mine += 1
        time.sleep(0.005)
    assert other.returncode == 0
    for reader in (storage, plain(path)):
        found = reader.get_all_trials(study_id)
        assert [trial.number for trial in found] == list(range(mine + 40))
        assert sum("plain" in trial.user_attrs for trial in found) == 40
        assert {trial.state for trial in found} == {TrialState.COMPLETE}


def test_a_line_that_a_killed_process_left_unfinished_is_cut(storage, path) -> None:
    study_id = storage.create_new_study(MAXIMIZE, "s")
    torn = b'{"op_code":4,"worker'
    for write in (
        lambda: storage.create_new_trial(study_id),
        lambda: _in_a_step(storage, study_id),
    ):
        with path.open("ab") as file:
            file.write(torn)
        write()
        assert torn + b"{" not in path.read_bytes()
    assert states(storage, study_id) == states(plain(path), study_id) == ["RUNNING"] * 2


def _in_a_step(storage: JournalFile, study_id: int) -> None:
    with storage.transaction():
        storage.create_new_trial(study_id)


KILLED_IN_A_STEP = """
import os, signal, sys
from frameworm_optuna.database.journal import JournalFile
storage = JournalFile(sys.argv[1])
with storage.transaction():
    storage.create_new_trial(0)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_killed_in_a_step_leaves_nothing_but_its_lock(url, path, monkeypatch) -> None:
    monkeypatch.setattr(journal, "_STALE_SECONDS", 3)
    storage = JournalFile(url)
    study_id = storage.create_new_study(MAXIMIZE, "s")
    before = path.read_bytes()
    subprocess.run([sys.executable, "-c", KILLED_IN_A_STEP, url], check=False)
    assert Path(f"{path}.lock").is_symlink()
    assert path.read_bytes() == before
    _in_a_step(storage, study_id)
    assert states(plain(path), study_id) == ["RUNNING"]
    assert not Path(f"{path}.lock").is_symlink()


@pytest.mark.parametrize("others", ["only read", "write"])
def test_a_process_that_stood_still_and_lost_its_lock(storage, path, others) -> None:
    study_id = storage.create_new_study(MAXIMIZE, "s")
    other = plain(path)

    def stand_still() -> None:
        with storage.transaction():
            storage.create_new_trial(study_id)
            # What Optuna does to the lock of one that did not move in time.
            Path(f"{path}.lock").unlink()
            if others == "write":
                other.set_study_user_attr(study_id, "other", 1)

    if others == "write":
        with pytest.raises(StorageError, match="stood still"):
            stand_still()
    else:
        stand_still()
    expected = [] if others == "write" else ["RUNNING"]
    assert states(storage, study_id) == states(other, study_id) == expected
    assert not Path(f"{path}.lock").is_symlink()


def test_it_travels_to_another_process(storage) -> None:
    study_id = storage.create_new_study(MAXIMIZE, "s")
    travelled = pickle.loads(pickle.dumps(storage))
    with travelled.transaction():
        travelled.create_new_trial(study_id)
    assert states(storage, study_id) == ["RUNNING"]


def test_a_study_is_made_by_one_append(url, monkeypatch) -> None:
    calls = count_fsyncs(monkeypatch)
    settings = StudySettings({"x": Real(0, 1)}, Random(4, seed=1), Goals.of("loss", "min"), {})
    OptunaBackend().open(url, "s", settings)
    assert len(calls) == 1


def test_a_trial_costs_one_fsync(url, monkeypatch) -> None:
    space = {"x": Real(0, 1), "y": Real(0, 1)}
    search = RandomSearch(
        {"x": 0.5, "y": 0.5}, space, n_trials=60, storage=url, metric="loss", random_state=1
    )
    calls = count_fsyncs(monkeypatch)
    search.run(lambda config: {"loss": config.x, "other": config.y}, verbose=False)
    assert len(search.results) == 60
    assert len(calls) < 60 + 25, "the settings, the plan and the driver's record take some"


def test_three_drivers_and_one_is_killed(tmp_path: Path, url: str, path: Path) -> None:
    undisturbed = tmp_path / "undisturbed.log"
    faults.finish(faults.start(f"journal:///{undisturbed}", 1, "40", TRIAL_SECONDS="0"))
    expected = {t.number: t.params for t in _trials(undisturbed)}
    # The first makes the study and is killed, then three go on at once, of which one is killed.
    _kill_when_finished(path, faults.start(url, 1, "40", TRIAL_SECONDS="0.05"), 1)
    drivers = [faults.start(url, 1, "40", TRIAL_SECONDS="0.05") for _ in range(3)]
    for driver in drivers:
        faults.wait_until_ready(driver)
    _kill_when_finished(path, drivers.pop(), 12)
    before = {t.number: (t.values, t.datetime_complete) for t in _finished(path)}
    for driver in drivers:
        faults.finish(driver)
    found = _trials(path)
    assert {trial.state.name for trial in found} == {"COMPLETE"}
    assert {trial.number: trial.params for trial in found} == expected
    after = {t.number: (t.values, t.datetime_complete) for t in found}
    assert before.items() <= after.items(), "what was finished stays as it was"


def _kill_when_finished(path: Path, driver: subprocess.Popen[str], count: int) -> None:
    deadline = time.monotonic() + 60
    while not path.exists() or len(_finished(path)) < count:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(driver.pid, signal.SIGKILL)
    driver.communicate()


def _trials(path: Path) -> list[optuna.trial.FrozenTrial]:
    storage = plain(path)
    studies = storage.get_all_studies()
    return storage.get_all_trials(studies[0]._study_id) if studies else []


def _finished(path: Path) -> list[optuna.trial.FrozenTrial]:
    return [trial for trial in _trials(path) if trial.state.is_finished()]
