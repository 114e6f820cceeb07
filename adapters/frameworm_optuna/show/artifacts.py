"""Pictures and checkpoints as artifacts, where optuna-dashboard shows a study's files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from optuna.artifacts import FileSystemArtifactStore, get_all_artifact_meta, upload_artifact
from optuna.storages import BaseStorage
from optuna.study import Study

from frameworm_optuna.database.storage import PlanStorage

__all__ = ["artifact_folder", "upload_checkpoints", "upload_pictures"]


def artifact_folder(storage: BaseStorage) -> Path:
    """Return the folder of a storage's artifacts: beside a SQLite file, else in the current one."""
    file = storage.file if isinstance(storage, PlanStorage) else None
    if file is None:
        return Path("frameworm_artifacts").absolute()
    return file.with_name(f"{file.stem}_artifacts")


def upload_pictures(study: Study, draw: Callable[[Path], list[Path]], folder: Path) -> None:
    """Draw a study and put the pictures in the place of those drawn before.

    Args:
        study: The study, which keeps the list of its artifacts.
        draw: Draws it into a folder.
        folder: Of all artifacts.
    """
    with tempfile.TemporaryDirectory() as drawn:
        for path in draw(Path(drawn)):
            _upload(path, path.name, study, folder)


def upload_checkpoints(study: Study, checkpoints: Mapping[str, Path], folder: Path) -> None:
    """Put checkpoints with the pictures.

    They belong to the study because a finished trial's attributes cannot be changed.

    Args:
        study: The study.
        checkpoints: Files by the name to show them under.
        folder: Of all artifacts.
    """
    with tempfile.TemporaryDirectory() as named:
        for name, path in checkpoints.items():
            # An artifact is called like its file, and those of all trials are called the same.
            copy = Path(named) / name
            copy.write_bytes(path.read_bytes())
            _upload(copy, name, study, folder)
            copy.unlink()


def _upload(path: Path, name: str, study: Study, folder: Path) -> None:
    store = FileSystemArtifactStore(folder)
    for known in get_all_artifact_meta(study):
        if known.filename == name:
            with path.open("rb") as content:
                store.write(known.artifact_id, content)
            return
    upload_artifact(artifact_store=store, file_path=str(path), study_or_trial=study)
