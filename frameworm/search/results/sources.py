"""Where results to analyse come from: a search, a study, a storage, a file, a list."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from frameworm.errors import SearchArgumentError
from frameworm.search.results.results import SearchResults
from frameworm.trial.goals import Mode

__all__ = ["results_from"]


def results_from(
    source: Any, study_name: str | None = None, metric: str | None = None, mode: Mode | None = None
) -> SearchResults:
    """Return the results in anything that holds some; see `SearchAnalyzer` for what.

    Args:
        source: What holds the results.
        study_name: For a storage: which of its studies.
        metric: For a list: the metric of the scores.
        mode: For a list: whether less or more is better.

    Raises:
        SearchArgumentError: If it holds none, or an argument does not fit it.
    """
    is_list = isinstance(source, Sequence) and not isinstance(source, (str, SearchResults))
    if (metric is not None or mode is not None) and not is_list:
        raise SearchArgumentError(
            f"metric and mode are for a list of dictionaries; {_named(source)} knows its own, so "
            "leave them out."
        )
    is_url = isinstance(source, str) and "://" in source
    if is_url or study_name is not None:
        # Reading a study takes the engine, so only who reads one loads it.
        from frameworm.search.results.from_study import load_results_from_storage

        return load_results_from_storage(source, study_name)
    if isinstance(source, SearchResults):
        return source
    if isinstance(source, (str, os.PathLike)):
        from frameworm.search.results.file import load_results

        return load_results(source)
    if is_list:
        return SearchResults.from_dicts(source, metric=metric, mode=mode or "min")
    if isinstance(getattr(source, "results", None), SearchResults):
        return source.results  # type: ignore[no-any-return]  # checked one line above
    if hasattr(source, "trials") and hasattr(source, "directions"):
        from frameworm.search.results.from_study import results_of

        return results_of(source)
    raise SearchArgumentError(
        "SearchAnalyzer takes search.results, a search, an Optuna study, a storage URL with "
        f"study_name=, the path of a saved file or a list of dictionaries, got {_named(source)}."
    )


def _named(source: Any) -> str:
    return f"{type(source).__name__} {str(source)[:60]!r}"
