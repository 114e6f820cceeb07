"""Searches whose checkpoints lie elsewhere: in a dictionary, in an S3 server, on a shared disk."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections import Counter
from pathlib import Path

import optuna
import pytest
import torch

from frameworm.checkpoints.remote import RemoteFolder
from frameworm.checkpoints.study_folder import trials_in
from frameworm.errors import CheckpointError, NoResultError
from frameworm.search import GridSearch, RandomSearch
from frameworm.search.analysis.dashboard import study_page
from frameworm.search.study.entry_point import find_backend
from tests.search import remote_script
from tests.search.remote_script import STEPS, search, train

pytest.importorskip("fsspec")
SCRIPT = Path(remote_script.__file__)


@pytest.fixture(autouse=True)
def _machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("LOGS", str(tmp_path))


@pytest.fixture
def place(bucket: str) -> str:
    return f"{bucket}/{uuid.uuid4().hex[:8]}"


def run_script(
    url: str, place: str, n_jobs: int, machine: Path, logs: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    machine.mkdir(exist_ok=True)
    root = SCRIPT.parents[2]
    paths = os.pathsep.join([str(root), str(root / "adapters")])
    return subprocess.run(
        [sys.executable, str(SCRIPT), url, place, str(n_jobs)],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": paths,
            "TMPDIR": str(machine),
            "LOGS": str(logs),
            **environment,
        },
        timeout=120,
        check=False,
    )


def root_of(url: str) -> str:
    study = find_backend().load(url, "s")
    study.close()
    return study.checkpoint_root


@pytest.mark.faults
@pytest.mark.parametrize(("n_jobs", "kill_at"), [(1, 12), (2, 5)])
def test_a_process_killed_in_mid_upload_costs_the_steps_it_was_not_told_of(
    url: str, place: str, tmp_path: Path, n_jobs: int, kill_at: int
) -> None:
    first = run_script(url, place, n_jobs, tmp_path / "a", tmp_path, KILL_AT=str(kill_at))
    if n_jobs == 1:
        # The driver itself: another machine goes on.
        assert first.returncode == -9, first.stderr[-2000:]
        first = run_script(url, place, n_jobs, tmp_path / "b", tmp_path)
    assert first.returncode == 0, first.stderr[-2000:]
    assert (tmp_path / "killed").exists()
    lines = [line.split() for line in (tmp_path / "steps.txt").read_text().splitlines()]
    steps = Counter((trial, step) for trial, step, _ in lines)
    assert set(steps.values()) == {1}, "no step that was told as saved is made twice"
    # One may have been saved whose process was not told any more.
    assert 4 * STEPS - len(steps) in (0, 1)
    trials = optuna.load_study(storage=url, study_name="s").trials
    for trial in trials:
        assert trial.value == pytest.approx(STEPS * trial.params["x"])
    best = min(trials, key=lambda trial: trial.value)
    assert trials_in(root_of(url)) == [best.number], "others are swept"
    assert list((tmp_path / "a").rglob("*.pt")) == [] or n_jobs == 1
    files = RemoteFolder(f"{root_of(url)}/trial-{best.number:05d}").files()
    assert len(files) == 2, "no halves are left"


def test_the_best_checkpoint_is_fetched_on_a_machine_that_only_reads(
    url: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = search(url, place)
    found.run(train, verbose=False)
    assert found.checkpoint_root == root_of(url)
    assert found.checkpoint_root.startswith(f"{place}/s-")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "b"))
    (tmp_path / "b").mkdir()
    reader = RandomSearch.resume("s", url)
    assert reader.checkpoints == place
    path = reader.best_checkpoint
    assert path.parts[-2:] == (f"trial-{found.results.best.number:05d}", "checkpoint.pt")
    assert path.is_relative_to(tmp_path / "b")
    assert torch.load(path)["total"] == found.best_score
    assert reader.best_checkpoint == path
    assert RemoteFolder(found.checkpoint_root).read("study.json") == b'{"study": "s"}'


@pytest.mark.parametrize(("keep", "left"), [("best", 1), (2, 2), ("all", 4), (None, 0)])
def test_checkpoints_elsewhere_are_swept_like_local_ones(url: str, keep, left: int) -> None:
    place = f"memory://{uuid.uuid4().hex[:8]}"
    found = search(url, place, keep_checkpoints=keep)
    found.run(train, verbose=False)
    ranked = sorted(found.results.records, key=lambda record: record.score)
    assert sorted(trials_in(root_of(url))) == sorted(record.number for record in ranked[:left])
    if not left:
        with pytest.raises(NoResultError, match="keep_checkpoints"):
            _ = found.best_checkpoint


@pytest.mark.parametrize("form", ["{}", "file://{}"])
def test_a_shared_folder_is_used_as_it_is(url: str, tmp_path: Path, form: str) -> None:
    shared = tmp_path / "nfs"
    found = search(url, form.format(shared))
    found.run(train, n_jobs=2, verbose=False)
    assert found.best_checkpoint.is_relative_to(shared)
    assert [path.name for path in found.checkpoint_root.iterdir()] == [
        f"trial-{found.results.best.number:05d}"
    ]
    assert found.checkpoint_root.parent == shared


def test_studies_of_one_name_in_two_databases_keep_apart(tmp_path: Path) -> None:
    place = f"memory://{uuid.uuid4().hex[:8]}"
    both = [search(f"sqlite:///{tmp_path}/{each}.db", place) for each in "ab"]
    for each in both:
        each.run(train, verbose=False)
    assert both[0].checkpoint_root != both[1].checkpoint_root
    for each in both:
        assert torch.load(each.best_checkpoint)["total"] == each.best_score


def test_a_study_remembers_its_place_and_tells_of_another(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    place = f"memory://{uuid.uuid4().hex[:8]}"
    search(url, place, n_trials=2).run(train, verbose=False)
    root = root_of(url)
    again = search(url, None, n_trials=3)
    again.run(train, verbose=False)
    assert again.checkpoint_root == root
    assert "kept in" not in caplog.text
    moved = search(url, f"{place}/new", n_trials=4)
    moved.run(train, verbose=False)
    assert f"were kept in {place} and are from here on in {place}/new" in caplog.text
    assert root_of(url) == f"{place}/new/{root.rpartition('/')[2]}"


def test_a_study_without_a_place_takes_one_later(url: str, caplog) -> None:
    search(url, None, n_trials=2).run(train, verbose=False)
    place = f"memory://{uuid.uuid4().hex[:8]}"
    search(url, place, n_trials=3).run(train, verbose=False)
    assert "were kept in a folder beside the database" in caplog.text
    assert root_of(url).startswith(place)


def test_a_place_that_cannot_be_written_to_is_told_before_anything_runs(
    url: str, bucket: str
) -> None:
    def never(config):
        raise AssertionError

    with pytest.raises(CheckpointError, match="no-such-bucket/runs"):
        search(url, "s3://no-such-bucket/runs").run(never, verbose=False)


def test_passwords_are_stored_and_shown_nowhere(tmp_path: Path, url: str) -> None:
    place = "memory://ann:hush-hush@host/runs"
    found = search(url, place)
    found.run(train, verbose=False)
    assert "hush-hush" not in found.checkpoint_root
    assert b"hush-hush" not in (tmp_path / "s.db").read_bytes()
    told = []

    class Tell:
        def on_trial_start(self, trial):
            told.append(repr(trial))

    search(url, place, n_trials=5).run(train, verbose=False, callbacks=[Tell()])
    assert told
    assert "hush-hush" not in told[0]


def test_the_dashboard_gets_copies(url: str, tmp_path: Path) -> None:
    def save_last(config):
        (current := remote_script.current_trial()).checkpoint_dir.joinpath("last.pt").write_text(
            str(current.number)
        )
        return config["x"]

    found = GridSearch(
        {"x": 0.5},
        {"x": [0.1, 0.2]},
        storage=url,
        study_name="s",
        checkpoints=f"memory://{uuid.uuid4().hex[:8]}",
        keep_checkpoints="all",
    )
    found.run(save_last, verbose=False)
    page = study_page(find_backend().load(url, "s"))
    copies = {path.name: path.read_text() for path in page.checkpoints(tmp_path)}
    assert copies == {"trial-00000.pt": "0", "trial-00001.pt": "1"}
