"""Pictures and checkpoints as artifacts, where optuna-dashboard shows a study's files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from optuna.artifacts import FileSystemArtifactStore, get_all_artifact_meta, upload_artifact
from optuna.storages import BaseStorage
from optuna.study import Study

from frameworm_optuna.database.storage import PlanStorage

__all__ = ["artifact_folder", "upload_files"]


def artifact_folder(storage: BaseStorage) -> Path:
    """Return the folder of a storage's artifacts: beside a SQLite file, else in the current one."""
    file = storage.file if isinstance(storage, PlanStorage) else None
    if file is None:
        return Path("frameworm_artifacts").absolute()
    return file.with_name(f"{file.stem}_artifacts")


def upload_files(study: Study, make: Callable[[Path], Iterable[Path]], folder: Path) -> None:
    """Make files of a study and put them in the place of those made before.

    They belong to the study because a finished trial's attributes cannot be changed.

    Args:
        study: The study, which keeps the list of its artifacts.
        make: Makes them in a folder, and gives one after another.
        folder: Of all artifacts.
    """
    with tempfile.TemporaryDirectory() as made:
        for path in make(Path(made)):
            _upload(path, path.name, study, folder)
            path.unlink()


def _upload(path: Path, name: str, study: Study, folder: Path) -> None:
    store = FileSystemArtifactStore(folder)
    for known in get_all_artifact_meta(study):
        if known.filename == name:
            with path.open("rb") as content:
                store.write(known.artifact_id, content)
            return
    upload_artifact(artifact_store=store, file_path=str(path), study_or_trial=study)
