"""Show studies in optuna-dashboard, on this machine only."""

from __future__ import annotations

from pathlib import Path

import yaml
from optuna.artifacts import FileSystemArtifactStore
from optuna.storages import BaseStorage

from frameworm.errors import MissingPackageError, NoResultError
from frameworm.search.backend import StudySettings
from frameworm.search.engine import study_results
from frameworm_optuna.storage import PlanStorage
from frameworm_optuna.study import OptunaStudy

__all__ = ["serve", "study_note"]


def serve(storage: BaseStorage, studies: list[OptunaStudy], port: int) -> None:
    """Write a note on each study and serve the storage until interrupted.

    Args:
        storage: What to show.
        studies: The studies to write a note on.
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
    for study in studies:
        optuna_dashboard.save_note(study.native, study_note(study))
        study.close()
    folder = _artifacts(storage)
    folder.mkdir(parents=True, exist_ok=True)
    store = FileSystemArtifactStore(folder)
    optuna_dashboard.run_server(storage, host="localhost", port=port, artifact_store=store)


def _artifacts(storage: BaseStorage) -> Path:
    file = storage.file if isinstance(storage, PlanStorage) else None
    if file is None:
        return Path("frameworm_artifacts").absolute()
    return file.with_name(f"{file.stem}_artifacts")


def study_note(study: OptunaStudy) -> str:
    """Return a study's note in Markdown: what it is about, and its best configuration.

    Args:
        study: An opened study.
    """
    settings = study.settings
    objectives = ", ".join(f"{metric} ({mode})" for metric, mode in settings.objectives)
    lines = [
        f"**{settings.strategy.name} search** for {objectives}, {study.total} trials.",
        "",
        "| parameter | searched |",
        "|---|---|",
        *(f"| {key} | `{dimension!r}` |" for key, dimension in settings.space.items()),
        "",
        *_best(study, settings),
        "Base config:",
        "",
        "```yaml",
        yaml.safe_dump(dict(settings.base_config), sort_keys=False).rstrip(),
        "```",
    ]
    return "\n".join(lines)


def _best(study: OptunaStudy, settings: StudySettings) -> list[str]:
    results = study_results(study)
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
