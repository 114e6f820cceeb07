"""What a trial has saved elsewhere: a list of files, written last, that makes them count.

A file system need not write a file in one step, nor rename one. So nothing is ever written over:
files have new names each time, and the list of them, JSON, has a higher number than the one
before. A list that breaks off is no JSON and does not count, and then the one before does.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from frameworm.checkpoints.remote import RemoteFolder
from frameworm.errors import CheckpointError

__all__ = ["Manifest", "Saved", "fetch", "last_manifest", "last_serial"]

_NAME = re.compile(r"(\d+)-(\d+)\.json")
_TRIES = 5


@dataclass(frozen=True)
class Saved:
    """A file as it was saved.

    Attributes:
        key: Its name there.
        size: Its bytes.
        time: When it was last written here, in nanoseconds of POSIX time.
    """

    key: str
    size: int
    time: int


@dataclass(frozen=True)
class Manifest:
    """The files that a trial has saved.

    Attributes:
        start: How often the trial had been started before the run that saved them.
        serial: Tells the manifests of one run apart, and orders them.
        files: What was saved, by path in the trial's folder.
    """

    start: int
    serial: int
    files: dict[str, Saved] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """What the names of the manifest and its new files begin with."""
        return f"{self.start:04d}-{self.serial:06d}"

    @property
    def name(self) -> str:
        """Its own name there."""
        return f"{self.prefix}.json"

    def key(self, index: int, path: str) -> str:
        """Return a name for a file of this manifest.

        Args:
            index: Its number among them.
            path: Its path, whose last part the name shows.
        """
        return f"{self.prefix}-{index}-{quote(path.rpartition('/')[2], safe='')[-100:]}"

    def to_json(self) -> bytes:
        """Return what is written."""
        files = {path: [saved.key, saved.size, saved.time] for path, saved in self.files.items()}
        return json.dumps({"files": files}, indent=1).encode()


def last_manifest(folder: RemoteFolder) -> Manifest | None:
    """Return the last one that is whole; ``None`` where nothing was saved.

    Args:
        folder: The trial's folder.
    """
    found = [match for name in folder.files() if (match := _NAME.fullmatch(name))]
    for match in sorted(found, key=lambda match: (int(match[1]), int(match[2])), reverse=True):
        try:
            files = json.loads(folder.read(match[0]) or b"")["files"]
        except ValueError:
            continue
        saved = {path: Saved(*each) for path, each in files.items()}
        return Manifest(int(match[1]), int(match[2]), saved)
    return None


def last_serial(names: Iterable[str], start: int) -> int:
    """Return the highest serial of a run's files, 0 if it has none.

    Args:
        names: The files of a trial's folder.
        start: How often the trial had been started before that run.
    """
    parts = [name.split("-") for name in names]
    return max((int(part[1][:6]) for part in parts if int(part[0]) == start), default=0)


def fetch(folder: RemoteFolder, here: Path) -> bool:
    """Make a folder here that holds what a trial has saved last; return whether it has.

    Args:
        folder: The trial's folder.
        here: The folder to make, in one step; what is there already stays.

    Raises:
        CheckpointError: If what was saved cannot be read.
    """
    for _ in range(_TRIES):
        manifest = last_manifest(folder)
        if manifest is None:
            return False
        draft = here.with_name(f"{here.name}.{uuid.uuid4().hex[:8]}.tmp")
        try:
            if all(_fetch(folder, saved, draft / path) for path, saved in manifest.files.items()):
                _put_in_place(draft, here)
                return True
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        # Something newer has taken its place meanwhile.
    raise CheckpointError(f"What was saved at {folder.shown} is not whole, or changes too fast.")


def _put_in_place(draft: Path, here: Path) -> None:
    try:
        draft.rename(here)
    except OSError:
        if not here.is_dir():  # which another process has made
            raise


def _fetch(folder: RemoteFolder, saved: Saved, path: Path) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not folder.get(saved.key, path) or path.stat().st_size != saved.size:
        return False
    os.utime(path, ns=(saved.time, saved.time))
    return True
