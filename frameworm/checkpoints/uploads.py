"""Copy a trial's folder elsewhere while the trial goes on, whole or not at all."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from frameworm.checkpoints.manifest import Manifest, Saved, last_serial
from frameworm.checkpoints.remote import RemoteFolder
from frameworm.errors import CheckpointError

__all__ = ["FileChangedError", "Publisher", "Snapshot", "Uploads"]

_logger = logging.getLogger("frameworm")


class FileChangedError(CheckpointError):
    """A file was written to while it was copied."""


class _Stamp(NamedTuple):
    """What tells that a file was not written to."""

    size: int
    time: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> _Stamp:
        found = path.stat()
        return cls(found.st_size, found.st_mtime_ns, found.st_ino)


@dataclass(frozen=True)
class Snapshot:
    """A folder's files as they were at one moment.

    A file that is replaced meanwhile, as all that Frameworm writes are, stays here as it was: the
    files are links to the same content.
    """

    folder: Path
    files: dict[str, Path]

    @classmethod
    def take(cls, folder: Path, beside: Path) -> Snapshot:
        """Return one of a folder.

        Args:
            folder: The folder; hidden files in it are drafts and do not count.
            beside: Where it shall lie, on the same disk.
        """
        into = beside / f"snapshot-{uuid.uuid4().hex[:8]}"
        into.mkdir(parents=True)
        files: dict[str, Path] = {}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if any(part.startswith(".") for part in name.split("/")) or not path.is_file():
                continue
            taken = into / str(len(files))
            with contextlib.suppress(FileNotFoundError):  # removed this very moment
                _link(path.resolve(), taken)
                files[name] = taken
        return cls(into, files)

    def drop(self) -> None:
        """Remove it."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _link(path: Path, taken: Path) -> None:
    try:
        os.link(path, taken)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without links
        shutil.copy2(path, taken)


class Publisher:
    """Makes a snapshot what the trial has saved; called in one thread at a time.

    Args:
        folder: The trial's folder elsewhere.
        start: How often the trial was started before.
    """

    def __init__(self, folder: RemoteFolder, start: int) -> None:
        self._folder = folder
        self._last = Manifest(start, 0)
        self._stamps: dict[str, _Stamp] = {}
        self._there: set[str] | None = None

    def __call__(self, snapshot: Snapshot) -> None:
        """Upload what is new, then say in a manifest that it counts, then remove what is old.

        Raises:
            CheckpointError: If that is not possible, or a file is being written to; what was saved
                before then still counts.
        """
        if self._there is None:
            # Of this run, no other; a later run of the trial may be at work already.
            start = self._last.start
            names = self._folder.files()
            self._there = {name for name in names if int(name.partition("-")[0]) <= start}
            # An executor may have begun this run anew by itself.
            self._last = Manifest(start, last_serial(self._there, start))
        stamps = {path: _Stamp.of(file) for path, file in snapshot.files.items()}
        if not stamps or stamps == self._stamps:
            return
        manifest = Manifest(self._last.start, self._last.serial + 1)
        # One that breaks off leaves files, whose names must not be used again.
        self._last = Manifest(manifest.start, manifest.serial, self._last.files)
        for index, (path, file) in enumerate(snapshot.files.items()):
            if self._stamps.get(path) == stamps[path]:
                manifest.files[path] = self._last.files[path]
                continue
            saved = Saved(manifest.key(index, path), stamps[path].size, stamps[path].time)
            self._there.add(saved.key)
            self._folder.put(file, saved.key)
            if _Stamp.of(file) != stamps[path]:
                raise FileChangedError(f"The checkpoint {path} was written to while it was copied.")
            manifest.files[path] = saved
        self._there.add(manifest.name)
        self._folder.write(manifest.name, manifest.to_json())
        self._last, self._stamps = manifest, stamps
        self._remove_old({manifest.name, *(saved.key for saved in manifest.files.values())})

    def _remove_old(self, kept: set[str]) -> None:
        assert self._there is not None
        for name in sorted(self._there - kept):
            with contextlib.suppress(CheckpointError):  # the next one tries again
                self._folder.remove(name)
                self._there.discard(name)


class Uploads:
    """A thread that publishes snapshots; the newest takes the place of one that still waits.

    Args:
        publish: Publishes one, or raises ``CheckpointError``.
        shown: Where to, for warnings.

    Attributes:
        error: Why the last one is not published; ``None`` if it is.
    """

    def __init__(self, publish: Callable[[Snapshot], None], shown: str) -> None:
        self._publish = publish
        self._shown = shown
        self._changed = threading.Condition()
        self._waiting: Snapshot | None = None
        self._is_running = False
        self.error: CheckpointError | None = None

    def give(self, snapshot: Snapshot) -> None:
        """Publish a snapshot soon."""
        with self._changed:
            if self._waiting is not None:
                self._waiting.drop()
            self._waiting = snapshot
            if not self._is_running:
                # A daemon: a process that must end at once does not wait for it.
                self._is_running = True
                threading.Thread(target=self._run, name="frameworm-uploads", daemon=True).start()

    def wait(self) -> None:
        """Wait until nothing is left to publish; ``error`` says what became of the last one."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_running)

    def abandon(self) -> None:
        """Publish no more; wait for the one that is being published."""
        with self._changed:
            if self._waiting is not None:
                self._waiting.drop()
                self._waiting = None
        self.wait()

    def _run(self) -> None:
        while True:
            with self._changed:
                snapshot, self._waiting = self._waiting, None
                if snapshot is None:
                    self._is_running = False
                    self._changed.notify_all()
                    return
            self.error = None
            try:
                self._publish(snapshot)
            except CheckpointError as error:
                self.error = error
            except Exception as error:  # a full disk; the thread must not die of it
                self.error = CheckpointError(f"{type(error).__name__}: {error}")
            finally:
                snapshot.drop()
            if self.error is not None:
                _logger.warning(
                    "A checkpoint is not at %s yet; its trial goes on. %s", self._shown, self.error
                )
