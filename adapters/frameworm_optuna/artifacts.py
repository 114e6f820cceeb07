"""Pictures and checkpoints as artifacts, where optuna-dashboard shows a study's files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from optuna.artifacts import FileSystemArtifactStore, get_all_artifact_meta, upload_artifact
from optuna.storages import BaseStorage
from optuna.study import Study

from frameworm.search.checkpoints import CHECKPOINT
from frameworm.search.results import SearchResults, rank
from frameworm_optuna.storage import PlanStorage

__all__ = ["Draw", "artifact_folder", "upload_checkpoints", "upload_pictures"]

Draw = Callable[[SearchResults, Path], list[Path]]
"""Draws results into files in a folder."""

_MOST_CHECKPOINTS = 10


def artifact_folder(storage: BaseStorage) -> Path:
    """Return the folder of a storage's artifacts: beside a SQLite file, else in the current one."""
    file = storage.file if isinstance(storage, PlanStorage) else None
    if file is None:
        return Path("frameworm_artifacts").absolute()
    return file.with_name(f"{file.stem}_artifacts")


def upload_pictures(study: Study, results: SearchResults, draw: Draw, folder: Path) -> None:
    """Draw a study and put the pictures in the place of those drawn before.

    Args:
        study: The study, which keeps the list of its artifacts.
        results: What it has found.
        draw: Draws it.
        folder: Of all artifacts.
    """
    with tempfile.TemporaryDirectory() as drawn:
        for path in draw(results, Path(drawn)):
            _upload(path, study, folder)


def upload_checkpoints(study: Study, results: SearchResults, root: Path, folder: Path) -> None:
    """Put the last checkpoints of the ten best trials, where they are kept, with the pictures.

    They belong to the study because a finished trial's attributes cannot be changed.

    Args:
        study: The study.
        results: What it has found.
        root: Of the study's checkpoints.
        folder: Of all artifacts.
    """
    front = results.pareto_front.records if results.further else None
    with tempfile.TemporaryDirectory() as named:
        for record in (front or rank(results.records, results.mode))[:_MOST_CHECKPOINTS]:
            name = f"trial-{record.number:05d}"
            path = root / name / CHECKPOINT
            if path.is_file():
                link = Path(named) / f"{name}{path.suffix}"
                link.symlink_to(path)
                _upload(link, study, folder)


def _upload(path: Path, study: Study, folder: Path) -> None:
    store = FileSystemArtifactStore(folder)
    for known in get_all_artifact_meta(study):
        if known.filename == path.name:
            with path.open("rb") as content:
                store.write(known.artifact_id, content)
            return
    upload_artifact(artifact_store=store, file_path=str(path), study_or_trial=study)
