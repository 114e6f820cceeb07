"""The folder that one run of a trial saves its checkpoints in."""

from __future__ import annotations

import logging
import shutil
import time
from pathlib import Path
from typing import Protocol

from frameworm.checkpoints.local_copies import copies_of
from frameworm.checkpoints.places import is_remote
from frameworm.errors import CheckpointError

__all__ = ["TrialFolder", "trial_folder"]

_logger = logging.getLogger("frameworm")
_PAUSES = (0.0, 1.0, 5.0)


class TrialFolder(Protocol):
    """A folder on this machine, and what is done so that another machine finds what is in it."""

    def begin(self) -> None:
        """Make of the folder what a run of the trial begins with, if there is anything.

        That is what the run before has saved, or nothing.
        """
        ...

    def open(self) -> Path:
        """Return the folder, which is there then."""
        ...

    def upload(self, wait: bool = False) -> None:
        """Save elsewhere what is in the folder, if it is to lie elsewhere.

        Args:
            wait: Until that is done.

        Raises:
            CheckpointError: If it was waited for and cannot be done.
        """
        ...

    def close(self, keep: bool) -> None:
        """End the run of the trial.

        Args:
            keep: Whether what it saved is still needed.
        """
        ...


def trial_folder(
    place: str, starts: int, *, takes_up: bool, has_begun: bool = False, writes: bool = True
) -> TrialFolder:
    """Return the folder of a run of a trial.

    Args:
        place: Where its checkpoints lie.
        starts: How often the trial was started before.
        takes_up: Whether what is there is this trial's own, to go on from.
        has_begun: Whether another process of the trial has begun for all.
        writes: Whether this process is the one that saves.
    """
    kind = _Elsewhere if is_remote(place) else _Here
    return kind(place, starts, takes_up, has_begun, writes)


class _Here:
    """A folder that is the place itself."""

    def __init__(
        self, place: str, starts: int, takes_up: bool, has_begun: bool, writes: bool
    ) -> None:
        del starts, writes
        self._path = Path(place)
        self._takes_up = takes_up
        self._has_begun = has_begun

    def begin(self) -> None:
        self._has_begun = True
        if not self._takes_up:
            # Left behind by another study of that name.
            shutil.rmtree(self._path, ignore_errors=True)

    def open(self) -> Path:
        if not self._has_begun:
            self.begin()
        self._path.mkdir(parents=True, exist_ok=True)
        return self._path

    def upload(self, wait: bool = False) -> None:
        del wait

    def close(self, keep: bool) -> None:
        del keep


class _Elsewhere:
    """A copy of a folder elsewhere, of this run of the trial alone."""

    def __init__(
        self, place: str, starts: int, takes_up: bool, has_begun: bool, writes: bool
    ) -> None:
        # Loaded only where they are needed.
        from frameworm.checkpoints.remote import RemoteFolder
        from frameworm.checkpoints.uploads import Publisher, Uploads

        self._folder = RemoteFolder(place)
        self._uploads = Uploads(Publisher(self._folder, starts), self._folder.shown)
        self._copies = copies_of(place)
        self._path = self._copies / f"start-{starts}"
        self._takes_up = takes_up
        self._has_begun = has_begun
        self._writes = writes
        self._is_used = False

    def begin(self) -> None:
        self._has_begun = True
        # Left behind by a process that was killed.
        shutil.rmtree(self._copies, ignore_errors=True)
        self._bring()

    def open(self) -> Path:
        if not self._has_begun:
            self.begin()
        if not self._path.is_dir():
            # Begun on another machine.
            self._bring()
        self._is_used = True
        return self._path

    def _bring(self) -> None:
        from frameworm.checkpoints.manifest import fetch

        self._copies.mkdir(parents=True, exist_ok=True)
        if not self._takes_up or not fetch(self._folder, self._path):
            self._path.mkdir(exist_ok=True)

    def upload(self, wait: bool = False) -> None:
        if not self._writes or not self._is_used:
            return
        from frameworm.checkpoints.uploads import FileChangedError, Snapshot

        # Files that are written over in place, and were so while they were copied, are not copied
        # beside the training again.
        is_in_place = isinstance(self._uploads.error, FileChangedError)
        self._uploads.give(Snapshot.take(self._path, self._copies))
        if wait or is_in_place:
            self._uploads.wait()
        if wait and self._uploads.error is not None:
            raise self._uploads.error

    def close(self, keep: bool) -> None:
        if not self._writes:
            return
        if keep:
            self._finish()
        else:
            self._uploads.abandon()
            shutil.rmtree(self._copies, ignore_errors=True)

    def _finish(self) -> None:
        for pause in _PAUSES:
            time.sleep(pause)
            try:
                self.upload(wait=True)
            except CheckpointError as error:
                failure = error
            else:
                shutil.rmtree(self._copies, ignore_errors=True)
                return
        _logger.warning("%s A copy of it is in %s.", failure, self._path)
