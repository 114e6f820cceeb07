"""Trials that go on where they were, and checkpoints that are kept or removed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import optuna
import pytest
import torch

from frameworm.core import register_model
from frameworm.errors import NoResultError, SearchArgumentError, TrainingError
from frameworm.search import RandomSearch, Real, current_trial
from tests.search import trainer_script
from tests.search.trainer_script import Line, search, train

SCRIPT = Path(trainer_script.__file__)


@pytest.fixture(autouse=True)
def _logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGS", str(tmp_path))


def run_script(url: str, n_jobs: int, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), url, str(n_jobs)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SCRIPT.parents[2]), **environment},
        timeout=120,
        check=False,
    )


def curves(url: str) -> list[tuple[dict, list, dict]]:
    trials = optuna.load_study(storage=url, study_name="s").trials
    return [(trial.params, trial.values, trial.intermediate_values) for trial in trials]


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_killed_trial_continues_and_ends_as_if_undisturbed(
    url: str, tmp_path: Path, n_jobs: int
) -> None:
    undisturbed = f"sqlite:///{tmp_path}/undisturbed.db"
    assert run_script(undisturbed, 1).returncode == 0
    (tmp_path / "epochs.txt").unlink()
    first = run_script(url, n_jobs, KILL_AT="4")
    if n_jobs == 1:
        # The driver itself was killed: the same script again goes on.
        assert first.returncode == -9
        first = run_script(url, n_jobs)
    assert first.returncode == 0, first.stderr[-2000:]
    trained = Counter((tmp_path / "epochs.txt").read_text().splitlines())
    assert (tmp_path / "killed").exists()
    # No epoch of any trial was trained twice.
    assert trained == Counter(f"{trial} {epoch}" for trial in range(4) for epoch in range(1, 7))
    assert curves(url) == curves(undisturbed)


def test_the_guides_train_function_gets_learning_curves_and_a_checkpoint(url: str) -> None:
    found = search(url)
    found.run(train, verbose=False)
    for record in found.results.records:
        assert list(record.intermediate) == [1, 2, 3, 4, 5, 6]
        assert record.intermediate[6] == record.score
    content = torch.load(found.best_checkpoint, weights_only=True)
    assert content["state"]["current_epoch"] == 6


@pytest.mark.parametrize(("keep", "left"), [("best", 1), (2, 2), ("all", 4), (None, 0)])
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_checkpoints_of_the_best_stay_and_others_go(url: str, keep, left: int, n_jobs: int) -> None:
    found = search(url, keep_checkpoints=keep)
    found.run(train, n_jobs=n_jobs, verbose=False)
    root = found.checkpoint_root
    folders = sorted(root.iterdir()) if root.exists() else []
    assert len(folders) == left
    if left:
        assert found.best_checkpoint.parent in folders
    else:
        with pytest.raises(NoResultError, match="keep_checkpoints"):
            _ = found.best_checkpoint


def test_a_later_run_of_the_study_sweeps_what_it_beats(url: str) -> None:
    search(url, n_trials=2).run(train, verbose=False)
    found = search(url, n_trials=6)
    found.run(train, verbose=False)
    assert [path.name for path in found.checkpoint_root.iterdir()] == [
        f"trial-{found.results.best.number:05d}"
    ]


def test_the_best_model_is_loaded(url: str) -> None:
    found = search(url)
    found.run(train, verbose=False)
    with pytest.raises(TrainingError, match="factory="):
        found.load_best_model()
    model = found.load_best_model(Line)
    (inputs, targets), *_ = list(trainer_script.loader(1))
    with torch.no_grad():
        whole = [model.compute_loss(batch)["loss"].item() for batch in trainer_script.loader(1)]
    assert sum(whole) / len(whole) == pytest.approx(found.best_score, rel=1e-5)
    assert not model.training
    assert inputs.shape[0] == targets.shape[0]


def test_a_registered_model_needs_no_factory(url: str) -> None:
    register_model("test-line", Line, override=True)
    found = search(url, n_trials=1)
    found.run(train, verbose=False)
    assert isinstance(found.load_best_model(), Line)


def test_folders_left_by_another_study_of_the_name_are_not_taken_up(url: str) -> None:
    found = search(url, n_trials=1, keep_checkpoints="all")
    found.run(train, verbose=False)
    scores = found.best_score
    Path(url.removeprefix("sqlite:///")).unlink()
    (found.checkpoint_root / "trial-00000" / "note").touch()
    again = search(url, n_trials=1, keep_checkpoints="all")
    again.run(train, verbose=False)
    assert again.best_score == scores
    assert [p.name for p in (again.checkpoint_root / "trial-00000").iterdir()] == ["last.pt"]


def test_a_train_function_may_use_the_folder_itself(url: str) -> None:
    def save(config) -> float:
        (current_trial().checkpoint_dir / "mine.txt").write_text("x")
        return config["x"]

    found = RandomSearch({"x": 0.5}, {"x": Real(0, 1)}, n_trials=3, storage=url, study_name="a/b")
    found.run(save, verbose=False)
    (folder,) = found.checkpoint_root.iterdir()
    assert [p.name for p in folder.iterdir()] == ["mine.txt"]
    assert folder.parent.parent == Path(url.removeprefix("sqlite:///")).with_name("s_checkpoints")


@pytest.mark.parametrize("keep", ["bset", 0, True, 1.5])
def test_what_to_keep_is_checked_at_once(url: str, keep) -> None:
    with pytest.raises(SearchArgumentError, match="keep_checkpoints"):
        search(url, keep_checkpoints=keep)
