"""GPUs dealt out to trials: what each process is told; and on GPUs, where there are some."""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from frameworm import GridSearch
from frameworm.errors import SearchArgumentError
from frameworm.search.execution.devices import Devices, found_gpus
from frameworm.search.execution.local import Local
from frameworm.search.execution.runners import Place, make_runner

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU, there is none")
needs_two = pytest.mark.skipif(torch.cuda.device_count() < 2, reason="needs two GPUs")


def test_the_processes_of_a_trial_see_its_gpus_and_know_their_own() -> None:
    environments = Devices((0, 1, 2, 3), 2).environments(3)
    visible = [[each["CUDA_VISIBLE_DEVICES"] for each in trial] for trial in environments]
    assert visible == [["0,1"] * 2, ["2,3"] * 2, ["0,1"] * 2]
    ranks = [[(each["RANK"], each["LOCAL_RANK"]) for each in trial] for trial in environments]
    assert ranks == [[("0", "0"), ("1", "1")]] * 3
    assert {each["WORLD_SIZE"] for trial in environments for each in trial} == {"2"}
    alone = Devices(("MIG-a", "GPU-b")).environments(2)
    assert [trial[0]["CUDA_VISIBLE_DEVICES"] for trial in alone] == ["MIG-a", "GPU-b"]
    assert "RANK" not in alone[0][0]


def test_auto_takes_what_this_process_may_use(monkeypatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3, GPU-1,5")
    assert found_gpus(1) == (3, "GPU-1", 5)
    assert found_gpus(2) == (3, "GPU-1")
    assert found_gpus(4) == (3, "GPU-1", 5)  # too few, which Devices refuses
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert found_gpus(2) == ()


@pytest.mark.parametrize(
    ("place", "size"),
    [
        (Place(gpus=[0, 1], trials_per_gpu=2), 4),
        (Place(n_jobs=3, gpus=[0, 1], trials_per_gpu=2), 3),
        (Place(n_jobs=-1, gpus=[0, 1]), 2),
        (Place(n_jobs=5, gpus=[0, 1]), 5),
        (Place(n_jobs=-1, gpus=[0, 1, 2, 3], processes=2), 2),
        (Place(n_jobs=1, processes=2), 1),
    ],
)
def test_how_many_trials_run_at_once(place: Place, size: int) -> None:
    runner = make_runner(len, place)  # type: ignore[arg-type]
    assert isinstance(runner, Local)
    assert runner.size == size


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"processes_per_trial": 0}, "processes_per_trial is a whole number from 1, got 0"),
        ({"processes_per_trial": 2, "gpus": [0, 1, 2]}, "dealt out in groups of 2, which these"),
        ({"processes_per_trial": 2, "gpus": ["MIG-a", "MIG-b"]}, "CUDA shows a process one MIG"),
        ({"trials_per_gpu": 2}, "trials_per_gpu needs gpus="),
        ({"trials_per_gpu": 0, "gpus": [0]}, "trials_per_gpu is a whole number from 1"),
        ({"trials_per_gpu": 2, "gpus": [0], "n_jobs": 3}, "n_jobs=3 is more than the 2 trials"),
        (
            {"trials_per_gpu": 2, "gpus": [0], "executor": ThreadPoolExecutor(1)},
            "trials_per_gpu does not go with executor=",
        ),
    ],
)
def test_what_cannot_be_dealt_out_is_refused_before_anything_is_stored(
    tmp_path: Path, options: dict[str, object], message: str
) -> None:
    search = GridSearch({"x": 1}, {"x": [1]}, storage=f"sqlite:///{tmp_path}/s.db")
    with pytest.raises(SearchArgumentError, match=message):
        search.run(len, verbose=False, **options)
    assert not (tmp_path / "s.db").exists()


def test_an_executors_processes_share_the_gpus_of_their_machine(tmp_path: Path) -> None:
    def slow(config):
        time.sleep(0.5)
        return {"val_loss": 1.0, "gpu": os.environ["CUDA_VISIBLE_DEVICES"], "p": os.getpid()}

    with ProcessPoolExecutor(2) as executor:
        search = GridSearch({"x": 1}, {"x": [1, 2, 3, 4]}, storage=f"sqlite:///{tmp_path}/s.db")
        search.run(slow, n_jobs=2, executor=executor, gpus=[4, 7], verbose=False)
    attributes = [trial.user_attrs for trial in search.study.trials]
    assert {each["gpu"] for each in attributes} == {"4", "7"}
    by_process = {each["p"]: each["gpu"] for each in attributes}
    assert len(by_process) == 2, "a process had two GPUs, or each trial a process"


def test_an_executors_trial_is_killed_for_its_time(tmp_path: Path) -> None:
    def hangs(config):
        while config.x == 2:
            time.sleep(0.1)
        return 1.0

    with ThreadPoolExecutor(1) as executor:
        search = GridSearch({"x": 1}, {"x": [1, 2, 3]}, storage=f"sqlite:///{tmp_path}/s.db")
        search.run(hangs, executor=executor, trial_timeout=1.0, verbose=False)
    assert [trial.state.name for trial in search.study.trials].count("FAIL") == 1
    [error] = [record.error for record in search.results.records if record.error]
    assert "longer than trial_timeout=1 s and was killed" in error


@needs_gpu
def test_each_trial_has_a_gpu_as_cuda_0(tmp_path: Path) -> None:
    def train(config):
        return {
            "val_loss": float(torch.ones(2, device="cuda:0").sum()),
            "n": torch.cuda.device_count(),
        }

    search = GridSearch({"x": 1}, {"x": [1, 2]}, storage=f"sqlite:///{tmp_path}/s.db")
    search.run(train, n_jobs=-1, gpus="auto", trials_per_gpu=2, verbose=False)
    assert {trial.user_attrs["n"] for trial in search.study.trials} == {1.0}


@needs_two
def test_two_gpus_train_one_model(tmp_path: Path) -> None:
    def train(config):
        from torch import distributed

        total = torch.ones(1, device="cuda")
        distributed.all_reduce(total)
        backend = str(distributed.get_backend(distributed.group.WORLD))
        return {"val_loss": float(total), "device": torch.cuda.current_device(), "b": backend}

    search = GridSearch({"x": 1}, {"x": [1, 2]}, storage=f"sqlite:///{tmp_path}/s.db")
    search.run(train, gpus=[0, 1], processes_per_trial=2, verbose=False)
    assert search.best_score == 2.0
