"""What one run of a trial saves, the next one finds, on whatever machine; whole or not at all."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from frameworm.checkpoints.remote import RemoteFolder
from frameworm.checkpoints.study_folder import fetched, remove_trial, saved_since, trials_in
from frameworm.checkpoints.trial_folder import TrialFolder, trial_folder
from frameworm.errors import CheckpointError
from tests.checkpoints.killed import kill_at_write

pytest.importorskip("fsspec")


def folder_of(place: str, starts: int, **options: bool) -> TrialFolder:
    """A folder as a run of a trial in the default place has it: later runs take it up."""
    return trial_folder(place, starts, **{"takes_up": starts > 0, **options})


def save(folder: Path, version: int, size: int = 100) -> None:
    """Write two files that belong together, each whole, as save_checkpoint does."""
    for name in ("model.pt", "deep/optimizer.pt"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.with_name(".draft").write_text(f"{version}" * size)
        path.with_name(".draft").replace(path)


def saved_in(folder: Path | None) -> int | None:
    """The version a folder holds; it must be one alone, and nothing else."""
    files = [] if folder is None else [path for path in folder.rglob("*") if path.is_file()]
    if not files:
        return None
    assert sorted(path.name for path in files) == ["model.pt", "optimizer.pt"]
    texts = {path.read_text() for path in files}
    assert len(texts) == 1, texts
    return int(texts.pop()[0])


def on_another_machine(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    monkeypatch.setattr("tempfile.tempdir", str(folder))


def test_the_next_run_finds_it_on_another_machine(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = f"{place}/trial-00003"
    first = folder_of(trial, 0)
    assert saved_in(first.open()) is None
    for version in (1, 2):
        save(first.open(), version)
        first.upload(wait=True)
    stamp = (first.open() / "model.pt").stat().st_mtime_ns
    # Its process is lost; it says goodbye to nobody.
    on_another_machine(monkeypatch, tmp_path / "b")
    second = folder_of(trial, 1)
    assert saved_in(second.open()) == 2
    assert (second.open() / "model.pt").stat().st_mtime_ns == stamp
    assert not saved_since(trial, 1, 0.0)
    save(second.open(), 3)
    second.close(keep=True)
    assert saved_since(trial, 1, 0.0)
    assert list((tmp_path / "b").rglob("*.pt")) == [], "its copies are gone"
    assert saved_in(fetched(place, 3)) == 3
    # What is old is gone: the list and two files are left.
    assert len(RemoteFolder(trial).files()) == 3
    assert trials_in(place) == [3]
    remove_trial(trial)
    assert trials_in(place) == []
    assert fetched(place, 3) is None


def test_a_run_that_an_executor_begins_anew_goes_on(place: str) -> None:
    trial = f"{place}/trial-00000"
    first = folder_of(trial, 0, takes_up=True)
    for version in (1, 2):
        save(first.open(), version)
        first.upload(wait=True)
    again = folder_of(trial, 0, takes_up=True)
    assert saved_in(again.open()) == 2
    save(again.open(), 3)
    again.close(keep=True)
    assert saved_in(fetched(place, 0)) == 3
    assert len(RemoteFolder(trial).files()) == 3


def test_a_first_run_takes_up_nothing(place: str) -> None:
    other = folder_of(f"{place}/trial-00000", 2)
    save(other.open(), 1)
    other.close(keep=True)
    assert saved_in(folder_of(f"{place}/trial-00000", 0).open()) is None


def test_what_has_not_changed_is_not_uploaded_again(place: str) -> None:
    folder = folder_of(f"{place}/trial-00000", 0)
    save(folder.open(), 1)
    folder.upload(wait=True)
    before = RemoteFolder(f"{place}/trial-00000").files()
    folder.upload(wait=True)
    assert RemoteFolder(f"{place}/trial-00000").files() == before
    (folder.open() / "note.txt").write_text("x")
    folder.upload(wait=True)
    names = RemoteFolder(f"{place}/trial-00000").files()
    assert set(before) & set(names) == {name for name in before if name.endswith(".pt")}


def test_what_is_not_kept_is_not_waited_for(place: str) -> None:
    folder = folder_of(f"{place}/trial-00000", 0)
    save(folder.open(), 1)
    folder.close(keep=False)
    assert fetched(place, 0) is None


def test_of_several_processes_one_fetches_and_one_saves(place: str) -> None:
    trial = f"{place}/trial-00000"
    first = folder_of(trial, 0)
    save(first.open(), 1)
    first.close(keep=True)
    folder_of(trial, 1).begin()
    ranks = [folder_of(trial, 1, has_begun=True, writes=rank == 0) for rank in range(2)]
    assert [saved_in(rank.open()) for rank in ranks] == [1, 1]
    assert ranks[0].open() == ranks[1].open()
    save(ranks[0].open(), 2)
    ranks[1].close(keep=True)
    assert saved_in(fetched(place, 0)) == 1
    ranks[0].close(keep=True)
    assert saved_in(fetched(place, 0)) == 2


def test_a_run_that_was_given_up_takes_nothing_from_the_next(place: str, tmp_path: Path) -> None:
    trial = f"{place}/trial-00000"
    stale = folder_of(trial, 0)
    save(stale.open(), 1)
    stale.upload(wait=True)
    held = stale.open().rename(tmp_path / "held")  # the next run clears this machine's copies
    following = folder_of(trial, 1)
    save(following.open(), 2)
    following.upload(wait=True)
    held.rename(stale.open())
    save(stale.open(), 3)
    stale.upload(wait=True)
    assert saved_in(fetched(place, 0)) == 2


def test_training_goes_on_while_a_checkpoint_is_uploaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsspec = pytest.importorskip("fsspec")
    goes_on = threading.Event()

    class Slow(fsspec.get_filesystem_class("memory")):
        def put_file(self, lpath, rpath, **options):
            assert goes_on.wait(20)
            super().put_file(lpath, rpath, **options)

    fsspec.register_implementation("slow", Slow, clobber=True)
    folder = folder_of("slow://runs/trial-00000", 0)
    began = time.monotonic()
    for version in range(1, 6):
        save(folder.open(), version)
        folder.upload()
    assert time.monotonic() - began < 10
    assert fetched("slow://runs", 0) is None
    goes_on.set()
    folder.close(keep=True)
    assert saved_in(fetched("slow://runs", 0)) == 5
    # The first was on its way, and the last; those between were passed over.
    assert RemoteFolder("slow://runs/trial-00000").files()[-1] == "0000-000002.json"


def test_a_place_that_fails_for_a_while_costs_nothing(
    place: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsspec = pytest.importorskip("fsspec")
    is_down = True

    class Failing(fsspec.get_filesystem_class("memory")):
        def put_file(self, lpath, rpath, **options):
            if is_down:
                raise OSError("503 slow down")
            super().put_file(lpath, rpath, **options)

    fsspec.register_implementation("failing", Failing, clobber=True)
    folder = folder_of("failing://runs/trial-00000", 0)
    save(folder.open(), 1)
    with caplog.at_level(logging.WARNING, "frameworm"):
        folder.upload()
        with pytest.raises(CheckpointError, match="503 slow down"):
            folder.upload(wait=True)
    assert "its trial goes on" in caplog.text
    is_down = False
    folder.close(keep=True)
    assert saved_in(fetched("failing://runs", 0)) == 1
    remove_trial("failing://runs/trial-00000")


def test_a_file_that_is_written_to_while_it_is_copied_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fsspec = pytest.importorskip("fsspec")
    written: list[Path] = []

    class Racing(fsspec.get_filesystem_class("memory")):
        def put_file(self, lpath, rpath, **options):
            super().put_file(lpath, rpath, **options)
            if written:
                # In place, as a train function that writes files its own way may do.
                written.pop().write_text("2" * 200)

    fsspec.register_implementation("racing", Racing, clobber=True)
    folder = folder_of("racing://runs/trial-00000", 0)
    path = folder.open() / "model.pt"
    path.write_text("1" * 100)
    written.append(path)
    with pytest.raises(CheckpointError, match="written to while it was copied"):
        folder.upload(wait=True)
    assert fetched("racing://runs", 0) is None
    folder.upload()
    found = fetched("racing://runs", 0)
    assert found is not None, "the next one is waited for"
    assert (found / "model.pt").read_text() == "2" * 200


def crash(trial: str, at: int) -> tuple[int, list[int]]:
    """Save versions in a process that dies at a write; return its exit code and what it told."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            kill_at_write(at)
            folder = folder_of(trial, 0)
            for version in range(1, 4):
                save(folder.open(), version)
                folder.upload(wait=True)
                os.write(write, bytes([version]))
        finally:
            os._exit(3)
    os.close(write)
    with os.fdopen(read, "rb") as told:
        versions = list(told.read())
    return os.waitpid(child, 0)[1], versions


@pytest.mark.faults
def test_a_process_killed_at_any_write_leaves_a_whole_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = []
    for at in range(40):
        place = f"local://{tmp_path}/crash-{at}"
        status, told = crash(f"{place}/trial-00000", at)
        ends.append(status)
        on_another_machine(monkeypatch, tmp_path / f"machine-{at}")
        following = folder_of(f"{place}/trial-00000", 1)
        found = saved_in(following.open())
        assert (found or 0) >= max(told, default=0), "what was told as saved is saved"
        save(following.open(), 9)
        following.close(keep=True)
        assert saved_in(fetched(place, 0)) == 9
        assert len(RemoteFolder(f"{place}/trial-00000").files()) == 3, "nothing is left behind"
        if status != signal.SIGKILL:
            break
    assert len(ends) > 10
    assert ends[-1] == 3 << 8, "the last one was not killed"
