"""Trials as tasks of Ray: an executor as concurrent.futures has them, and lost workers."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError
from pathlib import Path

import optuna
import pytest

ray = pytest.importorskip("ray")

from frameworm.errors import MetricError  # noqa: E402
from frameworm.integrations.ray import RayExecutor  # noqa: E402
from frameworm.search import RandomSearch, Real, current_trial  # noqa: E402

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """Two cores of this machine."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RAY_USAGE_STATS_ENABLED", "0")
        ray.init(
            address="local",
            num_cpus=2,
            include_dashboard=False,
            log_to_driver=False,
            logging_level="ERROR",
            object_store_memory=80 * 2**20,
            _node_ip_address="127.0.0.1",
        )
        yield
        ray.shutdown()


@pytest.fixture
def executor(cluster: None) -> Iterator[RayExecutor]:
    with RayExecutor() as made:
        yield made


def search(folder: Path, n_trials: int) -> RandomSearch:
    return RandomSearch(
        {"x": 0.5},
        {"x": Real(0, 1)},
        n_trials=n_trials,
        storage=f"sqlite:///{folder}/s.db",
        study_name="s",
        random_state=5,
    )


def test_results_and_errors_come_back(executor: RayExecutor) -> None:
    def fail() -> None:
        raise KeyError("mine")

    assert executor.submit(pow, 2, 5, mod=7).result(60) == 4
    assert list(executor.map(abs, [-1, -2])) == [1, 2]
    with pytest.raises(KeyError, match="mine"):
        executor.submit(fail).result(60)


def test_a_task_whose_process_dies_is_run_once(executor: RayExecutor, tmp_path: Path) -> None:
    def die() -> None:
        with (tmp_path / "runs").open("a") as book:
            book.write("x")
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(BrokenExecutor):
        executor.submit(die).result(60)
    time.sleep(0.5)
    assert (tmp_path / "runs").read_text() == "x"


def test_tasks_are_cancelled_whether_they_run_or_wait(executor: RayExecutor) -> None:
    started = time.monotonic()
    futures = [executor.submit(time.sleep, 120) for _ in range(4)]
    time.sleep(1)
    assert all(future.cancel() for future in futures)
    with pytest.raises(CancelledError):
        futures[0].result(1)
    # Both cores are free again.
    assert [each.result(60) for each in [executor.submit(abs, -3) for _ in range(2)]] == [3, 3]
    assert time.monotonic() - started < 60


def test_after_shutdown_nothing_is_taken(cluster: None) -> None:
    made = RayExecutor()
    future = made.submit(time.sleep, 120)
    made.shutdown(wait=True, cancel_futures=True)
    assert future.cancelled()
    with pytest.raises(RuntimeError, match="after shutdown"):
        made.submit(abs, 1)


@pytest.mark.faults
def test_a_killed_worker_costs_one_run(executor: RayExecutor, tmp_path: Path) -> None:
    flag = tmp_path / "killed"

    def train(config):
        trial = current_trial()
        saved = trial.load_checkpoint()
        if saved is None and trial.number == 2 and not flag.exists():
            trial.save_checkpoint(step=1)
            flag.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return {"val_loss": config["x"], "resumed": float(saved is not None)}

    found = search(tmp_path, 6)
    found.run(train, n_jobs=3, executor=executor, verbose=False)
    assert found.stop_reason == "finished"
    trials = optuna.load_study(storage=f"sqlite:///{tmp_path}/s.db", study_name="s").trials
    assert [trial.state.name for trial in trials] == ["COMPLETE"] * 6
    assert [trial.user_attrs["resumed"] for trial in trials] == [0, 0, 1, 0, 0, 0]


def test_a_mistake_in_the_script_is_told_as_elsewhere(executor: RayExecutor, tmp_path) -> None:
    with pytest.raises(MetricError, match="val_loss"):
        search(tmp_path, 2).run(lambda config: {"loss": 1.0}, executor=executor, verbose=False)
