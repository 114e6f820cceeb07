"""The recipes for clusters run here, each with the same search; what cannot run is checked."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import optuna
import pytest
import yaml

from tests.servers import free_port

RECIPES = Path(__file__).parents[2] / "examples" / "clusters"
N_TRIALS = 5
LOCAL_RAY = """\
import runpy, sys, ray
ray.init(address="local", num_cpus=2, include_dashboard=False, object_store_memory=80 * 2**20,
         _node_ip_address="127.0.0.1")
sys.path.insert(0, {folder!r})
runpy.run_path({folder!r} + "/with_ray.py", run_name="__main__")
"""


def run(folder: Path, *words: str, **environment: str) -> str:
    """Run a recipe from an empty folder and return what it prints."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "N_TRIALS": str(N_TRIALS), **environment},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def check(folder: Path) -> list[dict[str, Any]]:
    """Check that each trial was run once; return their user attributes."""
    url = f"sqlite:///{folder}/search_output/clusters.db"
    trials = optuna.load_study(storage=url, study_name="clusters").trials
    assert [trial.state.name for trial in trials] == ["COMPLETE"] * N_TRIALS
    assert all(trial.system_attrs["frameworm:claim"]["attempt"] == 0 for trial in trials)
    assert all(len(trial.intermediate_values) == 5 for trial in trials)
    return [trial.user_attrs for trial in trials]


def test_the_search_runs_alone(tmp_path: Path) -> None:
    assert f"{N_TRIALS} trials, the best" in run(tmp_path, str(RECIPES / "search.py"))
    check(tmp_path)


@pytest.mark.slow
def test_dask_on_this_machine(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    assert "the best" in run(tmp_path, str(RECIPES / "with_dask.py"), CLUSTER="local")
    check(tmp_path)


@pytest.fixture
def scheduler() -> Iterator[str]:
    """A Dask scheduler and two workers that know nothing of the recipes' folder."""
    pytest.importorskip("distributed")
    address = f"tcp://127.0.0.1:{(port := free_port())}"
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard")
    commands = [
        ("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"),
        ("worker", address, *options),
        ("worker", address, *options),
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
    started = [
        subprocess.Popen([sys.executable, "-m", "dask", *words], **quiet) for words in commands
    ]
    yield address
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_dask_elsewhere(tmp_path: Path, scheduler: str) -> None:
    assert "the best" in run(tmp_path, str(RECIPES / "with_dask.py"), scheduler)
    ran = {attributes["frameworm:worker"] for attributes in check(tmp_path)}
    assert f"{os.uname().nodename}:{os.getpid()}" not in ran


@pytest.mark.slow
def test_ray(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    script = LOCAL_RAY.format(folder=str(RECIPES))
    assert "the best" in run(tmp_path, "-c", script, RAY_USAGE_STATS_ENABLED="0")
    check(tmp_path)


@pytest.mark.slow
def test_submitit_on_this_machine(tmp_path: Path) -> None:
    pytest.importorskip("submitit")
    said = run(tmp_path, str(RECIPES / "with_submitit.py"), CLUSTER="local", JOBS="2")
    assert said.startswith("2 jobs have ended")
    check(tmp_path)


def test_the_slurm_script_is_a_script() -> None:
    path = RECIPES / "slurm.sbatch"
    done = subprocess.run(["bash", "-n", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    lines = path.read_text().splitlines()
    directives = [index for index, line in enumerate(lines) if line.startswith("#SBATCH")]
    first_command = next(i for i, line in enumerate(lines) if line and not line.startswith("#"))
    assert max(directives) < first_command, "Slurm reads no further"


def test_the_kubernetes_job_keeps_its_schema() -> None:
    job = yaml.safe_load((RECIPES / "kubernetes.yaml").read_text())
    assert job["spec"]["completionMode"] == "Indexed"
    assert job["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > 45, "stop_grace"
    validator = pytest.importorskip(
        "kubernetes_validate", reason="needs kubernetes-validate for Kubernetes' own schemas"
    )
    validator.validate(job, "1.31", strict=True)
    job["spec"]["completionsMode"] = "Indexed"
    with pytest.raises(validator.ValidationError):
        validator.validate(job, "1.31", strict=True)
