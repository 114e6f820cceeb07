"""Where results to analyse come from: a search, a study, a storage, a file, a list, a frame."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from frameworm.errors import SearchArgumentError, StorageError
from frameworm.search.results.results import SearchResults
from frameworm.trial.goals import Mode

__all__ = ["results_from", "results_in_file", "results_in_storage", "results_of_study"]

_SQLITE = b"SQLite format 3\x00"


def results_from(
    source: Any,
    study_name: str | None = None,
    metric: str | Sequence[str] | None = None,
    mode: Mode | Sequence[Mode] | None = None,
) -> SearchResults:
    """Return the results in anything that holds some; see `SearchAnalyzer` for what.

    Args:
        source: What holds the results.
        study_name: For a storage: which of its studies.
        metric: For a list or a frame: the metric of the scores, or several.
        mode: For a list or a frame: whether less or more is better, of each or of all.

    Raises:
        SearchArgumentError: If it holds none, or an argument does not fit it.
    """
    is_frame = hasattr(source, "itertuples") and hasattr(source, "columns")
    is_list = isinstance(source, Sequence) and not isinstance(source, (str, SearchResults))
    if is_frame or is_list:
        return _of_rows(source, is_frame, metric, mode or "min")
    if metric is not None or mode is not None:
        raise SearchArgumentError(
            f"metric and mode are for a list or a DataFrame; {_named(source)} knows its own, so "
            "leave them out."
        )
    if isinstance(source, (str, os.PathLike)):
        is_url = "://" in str(source)
        if is_url or study_name is not None or _is_database(Path(source)):
            return results_in_storage(source, study_name)
        return results_in_file(source)
    if study_name is not None:
        return results_in_storage(source, study_name)
    if isinstance(source, SearchResults):
        return source
    if isinstance(getattr(source, "results", None), SearchResults):
        return source.results  # type: ignore[no-any-return]  # checked one line above
    if hasattr(source, "trials") and hasattr(source, "directions"):
        return results_of_study(source)
    raise SearchArgumentError(
        "SearchAnalyzer takes search.results, a search, an Optuna study or its trials, a storage "
        "URL with study_name=, the path of a saved file or of an SQLite database, a DataFrame of "
        f"trials or a list of dictionaries, got {_named(source)}."
    )


def results_of_study(study: Any) -> SearchResults:
    """Return the results of the engine's own study, such as an ``optuna.Study``."""
    # Reading a study takes the engine, so only who reads one loads it.
    from frameworm.search.results.from_study import results_of

    return results_of(study)


def results_in_storage(storage: Any, study_name: str | None = None) -> SearchResults:
    """Return the results of a study in a storage.

    Args:
        storage: A database URL, the path of an SQLite file, or the engine's own storage object.
        study_name: The study's name; may be left out where the storage holds one study only.

    Raises:
        StorageError: If there is no such file, or it is no SQLite database.
        StudyNotFoundError: If there is no such study.
    """
    from frameworm.search.results.from_study import load_results_from_storage

    if isinstance(storage, (str, os.PathLike)) and "://" not in str(storage):
        path = Path(storage)
        if not _is_database(path):
            what = "is no SQLite database" if path.exists() else "does not exist"
            raise StorageError(
                f"A storage is a database URL or the path of an SQLite file; {str(path)!r} {what}."
            )
        storage = f"sqlite:///{path}"
    return load_results_from_storage(storage, study_name)


def results_in_file(path: str | os.PathLike[str]) -> SearchResults:
    """Return the results in a file that ``save_results`` wrote."""
    from frameworm.search.results.file import load_results

    return load_results(path)


def _of_rows(
    source: Any,
    is_frame: bool,
    metric: str | Sequence[str] | None,
    mode: Mode | Sequence[Mode],
) -> SearchResults:
    rows = source
    if is_frame:
        from frameworm.search.results.from_tables import dicts_of_frame

        rows = dicts_of_frame(source)
    elif len(source) and not isinstance(source[0], Mapping) and hasattr(source[0], "user_attrs"):
        from frameworm.search.results.from_tables import dicts_of_trials

        rows = list(dicts_of_trials(source))
    return SearchResults.from_dicts(rows, metric=metric, mode=mode)


def _is_database(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def _named(source: Any) -> str:
    return f"{type(source).__name__} {str(source)[:60]!r}"
