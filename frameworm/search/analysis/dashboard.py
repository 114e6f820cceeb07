"""Show studies in the engine's dashboard, with a note, pictures and checkpoints."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from frameworm.checkpoints.names import trial_name
from frameworm.checkpoints.study_folder import fetched
from frameworm.search.analysis.note import study_note
from frameworm.search.execution.checkpoints import CHECKPOINT
from frameworm.search.results.from_study import study_results
from frameworm.search.results.results import SearchResults
from frameworm.search.study.backend import Study
from frameworm.search.study.entry_point import find_backend
from frameworm.search.study.page import StudyPage
from frameworm.trial.ranking import rank

__all__ = ["copy_checkpoints", "draw_pictures", "serve_dashboard", "study_page"]

_MOST_CHECKPOINTS = 10


def serve_dashboard(storage: Any, port: int, study_name: str | None = None) -> None:
    """Serve a storage's studies on this machine until interrupted.

    Args:
        storage: A database URL, or any Optuna storage object.
        port: The port on localhost.
        study_name: Add a note, pictures and checkpoints to this study only; by default to all.

    Raises:
        MissingPackageError: If optuna-dashboard is not installed.
        StudyNotFoundError: If there is no such study.
    """
    backend = find_backend()
    found = [study.name for study in backend.studies(storage)]
    names = found if study_name is None else [study_name]
    pages = [study_page(backend.load(storage, name)) for name in names]
    backend.serve(storage, port, pages)


def study_page(study: Study) -> StudyPage:
    """Return what the dashboard shows of a study beside its trials.

    Args:
        study: An opened study.
    """
    results = study_results(study)
    return StudyPage(
        study.name,
        study_note(study, results),
        functools.partial(draw_pictures, results),
        functools.partial(copy_checkpoints, results, study.checkpoint_root),
    )


def draw_pictures(results: SearchResults, folder: Path) -> list[Path]:
    """Save every picture that says something about a search.

    Args:
        results: What the search has found.
        folder: Where the PNG files go.

    Returns:
        The files.
    """
    from frameworm.search.analysis.analyzer import SearchAnalyzer
    from frameworm.search.analysis.gallery import gallery
    from frameworm.search.plots import save

    files = []
    plots = SearchAnalyzer(results).offscreen()
    for picture in gallery(results, plots, plots.importances()):
        files.append(folder / f"{picture.name.replace('/', '_')}.png")
        save(picture.draw(), files[-1])
    return files


def copy_checkpoints(results: SearchResults, root: str, folder: Path) -> Iterator[Path]:
    """Copy the last checkpoints of the ten best trials, where they are kept.

    Args:
        results: What the search has found.
        root: Its folder of checkpoints, or its URL.
        folder: Where the files go.

    Yields:
        Each file.
    """
    front = results.pareto_front.records if not results.goals.is_single else None
    for record in (front or rank(results.records, results.mode))[:_MOST_CHECKPOINTS]:
        saved = fetched(root, record.number)
        if saved is not None and (path := saved / CHECKPOINT).is_file():
            copy = folder / f"{trial_name(record.number)}{path.suffix}"
            yield Path(shutil.copyfile(path, copy))
