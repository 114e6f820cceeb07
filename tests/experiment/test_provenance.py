from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from frameworm.experiment import Experiment
from frameworm.experiment.provenance import GitState, _state_of, git_state


@pytest.fixture(autouse=True)
def _fresh() -> None:
    _state_of.cache_clear()


def _git(directory: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    command = ["git", *identity, *arguments]
    done = subprocess.run(command, cwd=directory, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    _git(tmp_path, "init", "-q")
    (tmp_path / "code.py").write_text("1")
    _git(tmp_path, "add", "code.py")
    _git(tmp_path, "commit", "-q", "-m", "first")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_commit_and_dirty_flag(repository: Path) -> None:
    commit = _git(repository, "rev-parse", "HEAD")
    (repository / "untracked").write_text("")
    assert git_state() == GitState(commit, False)
    (repository / "code.py").write_text("2")
    assert git_state() == GitState(commit, False), "asked once per process and directory"
    _state_of.cache_clear()
    assert git_state() == GitState(commit, True)


def test_an_experiment_records_it(repository: Path) -> None:
    experiment = Experiment("x", root_dir="runs")
    assert experiment.git_commit == _git(repository, "rev-parse", "HEAD")
    assert experiment.git_dirty is False
    assert Experiment.load(experiment.id, "runs").git_commit == experiment.git_commit


def test_nothing_outside_a_repository_or_before_a_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert git_state() == GitState(None, None)
    _git(tmp_path, "init", "-q")
    _state_of.cache_clear()
    assert git_state() == GitState(None, None)


def test_nothing_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    assert git_state() == GitState(None, None)


def test_nothing_in_a_deleted_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert git_state() == GitState(None, None)
