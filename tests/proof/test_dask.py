"""A Dask cluster that loses workers, gets new ones, and loses its scheduler."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from frameworm.search import RandomSearch, current_trial
from frameworm.search.space import Real
from tests.proof.hosts import check_once, wait_for_runs
from tests.servers import free_port

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.faults

N_TRIALS = 16


class Cluster:
    """A scheduler and workers, each a process without a nanny."""

    def __init__(self) -> None:
        self.port = free_port()
        self._scheduler: subprocess.Popen[bytes]
        self.workers: list[subprocess.Popen[bytes]] = []
        self.start_scheduler()

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def start_scheduler(self) -> None:
        address = ("--host", "127.0.0.1", "--port", str(self.port))
        self._scheduler = _dask("scheduler", *address, "--no-dashboard")

    def kill_scheduler(self) -> None:
        self._scheduler.kill()
        self._scheduler.wait()

    def add_worker(self) -> None:
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "60")
        self.workers.append(_dask("worker", self.address, *options))

    def kill_worker(self, index: int) -> None:
        worker = self.workers.pop(index)
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    def close(self) -> None:
        for process in [*self.workers, self._scheduler]:
            process.kill()
            process.wait()


def _dask(*words: str) -> subprocess.Popen[bytes]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "-m", "dask", *words], **quiet)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    made = Cluster()
    made.add_worker()
    made.add_worker()
    yield made
    made.close()


def _run(cluster: Cluster, folder: Path, meanwhile: Callable[[Path], None]) -> Any:
    """Run a search on the cluster while something happens to it."""
    log = folder / "log"

    def train(config):
        time.sleep(0.3)
        trial = current_trial()
        token = time.time()
        with log.open("a") as book:
            book.write(json.dumps({"number": trial.number, "token": token}) + "\n")
        return {"val_loss": config["x"], "token": token}

    search = RandomSearch(
        {"x": 0.5},
        {"x": Real(0, 1)},
        n_trials=N_TRIALS,
        storage=f"sqlite:///{folder}/s.db",
        study_name="s",
        random_state=5,
    )
    with (
        distributed.Client(cluster.address, timeout=30) as client,
        ThreadPoolExecutor(1) as threads,
    ):
        client.wait_for_workers(2)
        ran = threads.submit(
            search.run, train, n_jobs=2, executor=client.get_executor(), verbose=False
        )
        meanwhile(log)
        ran.result(timeout=120)
    return search


@pytest.mark.slow
def test_a_killed_worker_costs_one_run(cluster: Cluster, tmp_path: Path) -> None:
    def meanwhile(log: Path) -> None:
        wait_for_runs(log, 4)
        cluster.add_worker()
        cluster.kill_worker(0)

    assert _run(cluster, tmp_path, meanwhile).stop_reason == "finished"
    check_once(f"sqlite:///{tmp_path}/s.db", tmp_path / "log", N_TRIALS, repeated=1)


def test_a_trial_whose_worker_is_killed_goes_on_from_its_checkpoint(
    cluster: Cluster, tmp_path: Path
) -> None:
    log, killed = tmp_path / "log", tmp_path / "killed"

    def train(config):
        trial = current_trial()
        saved = trial.load_checkpoint()
        for step in range(saved["step"] + 1 if saved else 0, 3):
            trial.save_checkpoint(step=step)
            with log.open("a") as book:
                book.write(f"{trial.number} {step}\n")
            if trial.number == 1 and step == 1 and not killed.exists():
                killed.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return {"val_loss": config["x"]}

    search = RandomSearch(
        {"x": 0.5},
        {"x": Real(0, 1)},
        n_trials=4,
        storage=f"sqlite:///{tmp_path}/s.db",
        study_name="s",
        checkpoints=tmp_path / "shared",
    )
    with distributed.Client(cluster.address, timeout=30) as client:
        client.wait_for_workers(2)
        search.run(train, n_jobs=2, executor=client.get_executor(), verbose=False)
    assert killed.exists()
    assert sorted(log.read_text().splitlines()) == [f"{n} {s}" for n in range(4) for s in range(3)]


def test_when_all_workers_are_killed_new_ones_go_on(cluster: Cluster, tmp_path: Path) -> None:
    def meanwhile(log: Path) -> None:
        wait_for_runs(log, 4)
        cluster.kill_worker(0)
        cluster.kill_worker(0)
        time.sleep(0.5)
        cluster.add_worker()
        cluster.add_worker()

    assert _run(cluster, tmp_path, meanwhile).stop_reason == "finished"
    check_once(f"sqlite:///{tmp_path}/s.db", tmp_path / "log", N_TRIALS, repeated=2)


def test_a_scheduler_that_comes_again_costs_no_trial(cluster: Cluster, tmp_path: Path) -> None:
    def meanwhile(log: Path) -> None:
        wait_for_runs(log, 4)
        cluster.kill_scheduler()
        time.sleep(1.0)
        cluster.start_scheduler()
        # Workers end with their scheduler.
        cluster.add_worker()
        cluster.add_worker()

    assert _run(cluster, tmp_path, meanwhile).stop_reason == "finished"
    check_once(f"sqlite:///{tmp_path}/s.db", tmp_path / "log", N_TRIALS, repeated=4)
