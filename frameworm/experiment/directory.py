"""The directory of one experiment."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from frameworm.errors import ExperimentError
from frameworm.experiment.entry import Entry
from frameworm.experiment.names import artifact_name, new_id
from frameworm.experiment.values import to_json, to_yaml
from frameworm.version import __version__

__all__ = ["copy_artifact", "make", "update_metadata"]

_FOLDERS = ("checkpoints", "logs", "artifacts")


def make(root: Path, entry: Entry, metrics: Mapping[str, float]) -> Entry:
    """Make the directory of an experiment with the files every one has.

    Args:
        root: The root directory.
        entry: The experiment, without id.
        metrics: Its final metrics, if it is already over.

    Returns:
        The entry with its id.

    Raises:
        ExperimentError: If it cannot be made.
    """
    try:
        claimed = _claim(root, entry)
        directory = root / claimed.id
        for folder in _FOLDERS:
            (directory / folder).mkdir()
        _write(directory / "config.yaml", to_yaml(entry.config))
        _write(directory / "metadata.json", _metadata(claimed, metrics))
    except OSError as exc:
        raise ExperimentError(
            f"An experiment needs a directory of its own, but: {exc}. "
            "Choose another root directory, or correct its permissions."
        ) from exc
    return claimed


def update_metadata(root: Path, entry: Entry, metrics: Mapping[str, float]) -> None:
    """Replace ``metadata.json``, so that no reader ever sees half of it.

    Args:
        root: The root directory.
        entry: The experiment.
        metrics: Its final metrics.

    Raises:
        ExperimentError: If the file cannot be written.
    """
    path = root / entry.id / "metadata.json"
    draft = path.with_name(f".metadata-{os.getpid()}.json")
    try:
        _write(draft, _metadata(entry, metrics))
        draft.replace(path)
    except OSError as exc:
        raise ExperimentError(
            f"The directory of experiment {entry.id} must stay writable while it runs, but: "
            f"{exc}. Its rows in the database are up to date."
        ) from exc


def copy_artifact(folder: Path, path: str | os.PathLike[str], name: str | None) -> Path:
    """Copy a file or a directory into the artifact directory.

    Args:
        folder: The artifact directory.
        path: What to copy.
        name: What to call it there; None for the name it has.

    Returns:
        Where the copy is.

    Raises:
        ExperimentNameError: If the name leads out of the directory.
        ExperimentError: If it cannot be read or copied.
    """
    source = Path(path)
    target = folder / artifact_name(source.name if name is None else name)
    if source.is_dir() and folder.resolve().is_relative_to(source.resolve()):
        raise ExperimentError(
            f"A directory cannot be copied into itself, but {folder} is in {path}. "
            "Log the files in it one by one."
        )
    # A link in the artifact directory could lead the copy anywhere.
    if not target.resolve().is_relative_to(folder.resolve()):
        raise ExperimentError(
            f"An artifact must stay in {folder}, but {str(target)!r} leads out of it through a "
            "link. Choose another name."
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy2(source, target)
    except shutil.SameFileError:
        return target
    except (OSError, shutil.Error) as exc:
        raise ExperimentError(
            f"log_artifact copies a file or directory that can be read, but: {exc}. "
            "Write the file before logging it."
        ) from exc
    return target


def _claim(root: Path, entry: Entry) -> Entry:
    while True:
        claimed = replace(entry, id=new_id(entry.name))
        # mkdir is atomic: of two processes that draw the same id, one draws again.
        with contextlib.suppress(FileExistsError):
            (root / claimed.id).mkdir()
            return claimed


def _metadata(entry: Entry, metrics: Mapping[str, float]) -> str:
    content = {
        "id": entry.id,
        "name": entry.name,
        "description": entry.description,
        "tags": list(entry.tags),
        "status": entry.status,
        "study": entry.study,
        "trial": entry.trial,
        "created_at": _iso_time(entry.created_at),
        "started_at": _iso_time(entry.started_at),
        "finished_at": _iso_time(entry.finished_at),
        "duration": entry.duration,
        "error": entry.error,
        "metrics": dict(metrics),
        "git_commit": entry.git.commit,
        "git_dirty": entry.git.is_dirty,
        "frameworm_version": __version__,
        "python_version": platform.python_version(),
        "host": platform.node(),
        "pid": os.getpid(),
    }
    return to_json(content, indent=2) + "\n"


def _iso_time(seconds: float | None) -> str | None:
    """Return a time as ISO 8601 in UTC.

    Example:
        >>> _iso_time(0.0)
        '1970-01-01T00:00:00+00:00'
    """
    return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc).isoformat()


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
