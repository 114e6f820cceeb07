"""The results in a study: an opened one, the engine's own, or one in a storage."""

from __future__ import annotations

from typing import Any

from frameworm.search.results.facts import StudyFacts
from frameworm.search.results.results import SearchResults
from frameworm.search.results.study_trials import StudyTrials
from frameworm.search.study.backend import Study
from frameworm.search.study.entry_point import find_backend

__all__ = ["load_results_from_storage", "results_of", "study_results"]


def study_results(study: Study) -> SearchResults:
    """Return the finished trials of an opened study, those that there are now.

    Up to a thousand are read at once; more are read when they are looked at.
    """
    trials = StudyTrials(study)
    trials.settle()
    return SearchResults(trials, _facts(study))


def results_of(native: Any) -> SearchResults:
    """Return the results in the engine's own study object.

    Args:
        native: For Optuna, an ``optuna.Study``.
    """
    return _lazy_results(find_backend().wrap(native))


def load_results_from_storage(storage: Any, study_name: str | None = None) -> SearchResults:
    """Return the results of a study in a storage.

    Args:
        storage: A database URL or a storage object.
        study_name: The study's name; may be left out where the storage holds one study only.
    """
    return _lazy_results(find_backend().load(storage, study_name))


def _lazy_results(study: Study) -> SearchResults:
    return SearchResults(StudyTrials(study), _facts(study))


def _facts(study: Study) -> StudyFacts:
    settings = study.settings
    return StudyFacts(
        settings.goals,
        settings.space,
        settings.base_config,
        study.name,
        study.url,
        settings.strategy.name,
    )
