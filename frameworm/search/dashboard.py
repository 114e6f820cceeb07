"""Show studies in the engine's dashboard, with Frameworm's pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from frameworm.search.engine import find_backend
from frameworm.search.results import SearchResults

__all__ = ["draw_pictures", "serve_dashboard"]


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
    find_backend().serve(storage, port, study_name, draw_pictures)


def draw_pictures(results: SearchResults, folder: Path) -> list[Path]:
    """Save every picture that says something about a search.

    Args:
        results: What the search has found.
        folder: Where the PNG files go.

    Returns:
        The files.
    """
    from frameworm.search.analysis import SearchAnalyzer
    from frameworm.search.html_report.pictures import plots
    from frameworm.search.plots import save

    files = []
    for name, plot in plots(SearchAnalyzer(results)):
        files.append(folder / f"{name.replace('/', '_')}.png")
        save(plot(), files[-1])
    return files
