"""The folder with a folder of checkpoints for each trial of a study, here or elsewhere."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path

from frameworm.checkpoints.names import trial_name, trial_number
from frameworm.checkpoints.places import inside, is_remote
from frameworm.errors import CheckpointError

__all__ = ["begin_study", "fetched", "remove_trial", "saved_since", "trials_in"]

_logger = logging.getLogger("frameworm")


def begin_study(root: str, name: str) -> None:
    """Make sure that checkpoints can be written, before the first trial is run.

    Args:
        root: Where they are to lie; of a folder here nothing is asked.
        name: The study's name, which is written there for people who look around.

    Raises:
        CheckpointError: If the place is elsewhere and cannot be written to.
    """
    if is_remote(root):
        from frameworm.checkpoints.remote import RemoteFolder

        RemoteFolder(root).write("study.json", json.dumps({"study": name}).encode())


def trials_in(root: str) -> list[int]:
    """Return the numbers of the trials that have a folder.

    Args:
        root: The study's folder; it need not exist.
    """
    if is_remote(root):
        from frameworm.checkpoints.remote import RemoteFolder

        names = RemoteFolder(root).folders()
    else:
        names = [path.name for path in Path(root).glob("*")]
    return [number for name in names if (number := trial_number(name)) is not None]


def remove_trial(place: str) -> None:
    """Remove a trial's folder, if it exists; where that fails, a later run tries again.

    Args:
        place: The trial's folder.
    """
    if not is_remote(place):
        shutil.rmtree(place, ignore_errors=True)
        return
    from frameworm.checkpoints.remote import RemoteFolder

    try:
        RemoteFolder(place).remove_all()
    except CheckpointError as error:
        _logger.warning("Checkpoints that are not needed any more are still there. %s", error)


def fetched(root: str, number: int) -> Path | None:
    """Return a folder here with what a trial has saved; ``None`` if there is none.

    Args:
        root: The study's folder.
        number: The trial's number.

    Raises:
        CheckpointError: If it lies elsewhere and cannot be read.
    """
    place = inside(root, trial_name(number))
    if not is_remote(place):
        path = Path(place)
        return path if path.is_dir() else None
    from frameworm.checkpoints.local_copies import copies_of
    from frameworm.checkpoints.manifest import fetch, last_manifest
    from frameworm.checkpoints.remote import RemoteFolder

    folder = RemoteFolder(place)
    manifest = last_manifest(folder)
    if manifest is None:
        return None
    # Apart from those of running trials, which end with them.
    copies = copies_of(f"{place}#read")
    here = copies / manifest.prefix / trial_name(number)
    if not here.is_dir():
        shutil.rmtree(copies, ignore_errors=True)
        here.parent.mkdir(parents=True)
        fetch(folder, here)
    return here


def saved_since(place: str, starts: int, time: float) -> bool:
    """Whether a run of a trial has saved anything.

    Args:
        place: The trial's folder.
        starts: How often the trial had been started before that run.
        time: When the run began, in POSIX seconds.
    """
    if not is_remote(place):
        files = (path for path in Path(place).rglob("*") if path.is_file())
        return any(path.stat().st_mtime > time for path in files)
    from frameworm.checkpoints.manifest import last_manifest
    from frameworm.checkpoints.remote import RemoteFolder

    try:
        manifest = last_manifest(RemoteFolder(place))
    except CheckpointError as error:
        # In doubt for the trial: it is charged nothing.
        _logger.warning("Whether a trial has got further is not known. %s", error)
        return True
    return manifest is not None and manifest.start == starts
