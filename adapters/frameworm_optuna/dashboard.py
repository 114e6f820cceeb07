"""Show studies in optuna-dashboard, on this machine only."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import yaml
from optuna.artifacts import FileSystemArtifactStore
from optuna.storages import BaseStorage

from frameworm.errors import MissingPackageError, NoResultError
from frameworm.search.backend import StudySettings
from frameworm.search.engine import study_results
from frameworm.search.results import SearchResults
from frameworm_optuna.artifacts import Draw, artifact_folder, upload_checkpoints, upload_pictures
from frameworm_optuna.pruners import pruner_name
from frameworm_optuna.study import OptunaStudy

__all__ = ["serve", "study_note"]

_logger = logging.getLogger("frameworm")


def serve(storage: BaseStorage, studies: list[OptunaStudy], port: int, draw: Draw) -> None:
    """Write a note on each study, add its files, and serve the storage until interrupted.

    Args:
        storage: What to show.
        studies: The studies to write a note on.
        port: The port on localhost.
        draw: Draws a study's pictures.

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
    shown = [(study, study_results(study)) for study in studies]
    for study, results in shown:
        optuna_dashboard.save_note(study.native, study_note(study, results))
    folder = artifact_folder(storage)
    folder.mkdir(parents=True, exist_ok=True)
    # Pictures of many or large studies take a while; the pages are there meanwhile.
    threading.Thread(target=_add_files, args=(shown, draw, folder), daemon=True).start()
    store = FileSystemArtifactStore(folder)
    optuna_dashboard.run_server(storage, host="localhost", port=port, artifact_store=store)


def _add_files(shown: list[tuple[OptunaStudy, SearchResults]], draw: Draw, folder: Path) -> None:
    for study, results in shown:
        try:
            upload_checkpoints(study.native, results, Path(study.checkpoint_root), folder)
            upload_pictures(study.native, results, draw, folder)
        except Exception:
            _logger.warning(
                "The study %r is shown without its pictures.", study.name, exc_info=True
            )


def study_note(study: OptunaStudy, results: SearchResults) -> str:
    """Return a study's note in Markdown: what it is about, and its best configuration.

    Args:
        study: An opened study.
        results: What it has found.
    """
    settings = study.settings
    objectives = ", ".join(f"{metric} ({mode})" for metric, mode in settings.objectives)
    pruner = pruner_name(settings.pruner)
    lines = [
        f"**{settings.strategy.name.capitalize()} search** for {objectives}, {study.total} trials"
        f"{f', pruned by {pruner}' if pruner else ''}.",
        "",
        *_code(settings),
        "| parameter | searched |",
        "|---|---|",
        *(f"| {key} | `{dimension!r}` |" for key, dimension in settings.space.items()),
        "",
        *_best(results, settings),
        "Base config:",
        "",
        "```yaml",
        yaml.safe_dump(dict(settings.base_config), sort_keys=False).rstrip(),
        "```",
    ]
    return "\n".join(lines)


def _code(settings: StudySettings) -> list[str]:
    commit = settings.provenance.get("git_commit")
    if commit is None:
        return []
    dirty = " with uncommitted changes" if settings.provenance.get("git_dirty") else ""
    return [f"Begun with git commit `{commit}`{dirty}.", ""]


def _best(results: SearchResults, settings: StudySettings) -> list[str]:
    try:
        best = results.best
    except NoResultError:
        return []
    params = {key: _plain(value) for key, value in best.params.items()}
    shown = yaml.safe_dump(params, sort_keys=False).rstrip()
    head = f"Best {settings.metric} {best.score:.6g}, trial {best.number}:"
    return [head, "", "```yaml", shown, "```", ""]


def _plain(value: object) -> object:
    return value if isinstance(value, (bool, int, float, str, type(None))) else repr(value)
