"""Show studies in optuna-dashboard, on this machine only."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

import optuna
from optuna.artifacts import FileSystemArtifactStore
from optuna.storages import BaseStorage

from frameworm.errors import MissingPackageError
from frameworm.search.study.page import StudyPage
from frameworm_optuna.show.artifacts import artifact_folder, upload_files

__all__ = ["serve"]

_logger = logging.getLogger("frameworm")


def serve(storage: BaseStorage, pages: Sequence[StudyPage], port: int) -> None:
    """Write a note on each study, add its files, and serve the storage until interrupted.

    Args:
        storage: What to show.
        pages: What to add to which studies.
        port: The port on localhost.

    Raises:
        MissingPackageError: If optuna-dashboard is not installed.
    """
    try:
        import optuna_dashboard
    except ImportError as error:
        raise MissingPackageError(
            "The dashboard needs the package optuna-dashboard, which is not installed: "
            "pip install 'frameworm[dashboard]'."
        ) from error
    shown = [(optuna.load_study(study_name=page.name, storage=storage), page) for page in pages]
    for study, page in shown:
        optuna_dashboard.save_note(study, page.note)
    folder = artifact_folder(storage)
    folder.mkdir(parents=True, exist_ok=True)
    # Pictures of many or large studies take a while; the pages are there meanwhile.
    threading.Thread(target=_add_files, args=(shown, folder), daemon=True).start()
    store = FileSystemArtifactStore(folder)
    optuna_dashboard.run_server(storage, host="localhost", port=port, artifact_store=store)


def _add_files(shown: Sequence[tuple[optuna.Study, StudyPage]], folder: Path) -> None:
    for study, page in shown:
        try:
            upload_files(study, page.checkpoints, folder)
            upload_files(study, page.pictures, folder)
        except Exception:
            _logger.warning("The study %r is shown without its pictures.", page.name, exc_info=True)
