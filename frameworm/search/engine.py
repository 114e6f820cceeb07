"""Find the search engine: an installed package that declares the entry point."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from frameworm.errors import BackendNotFoundError, NoResultError, SearchArgumentError
from frameworm.search.results import SearchResults
from frameworm.search.study_trials import StudyTrials

if TYPE_CHECKING:
    import pandas as pd

    from frameworm.search.backend import Backend, Study, TrialRecord

__all__ = ["find_backend", "hypervolumes", "importance", "load_results_from_storage", "results_of"]

_GROUP = "frameworm.backends"


@cache
def find_backend(name: str = "optuna") -> Backend:
    """Return the engine of that name.

    Args:
        name: The name of an entry point in the group ``frameworm.backends``.

    Raises:
        BackendNotFoundError: If no installed package declares it.
    """
    found = {entry.name: entry for entry in entry_points(group=_GROUP)}
    if name not in found:
        raise BackendNotFoundError(
            f"No search engine {name!r} is installed; found {sorted(found)}. Reinstall frameworm: "
            "its installation declares one."
        )
    with warnings.catch_warnings():
        # In a notebook the engine would complain about a progress bar that we do not use.
        warnings.filterwarnings("ignore", message="IProgress not found")
        backend: Backend = found[name].load()()
    return backend


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


def study_results(study: Study) -> SearchResults:
    """Return the finished trials of an opened study, as they are now."""
    return _results(study, [record for record in study.records() if record.state.is_finished])


def _lazy_results(study: Study) -> SearchResults:
    trials = StudyTrials(study)
    return _results(study, trials, trials.frame)


def _results(
    study: Study,
    records: Sequence[TrialRecord],
    frame: Callable[[], pd.DataFrame] | None = None,
) -> SearchResults:
    settings = study.settings
    return SearchResults(
        records,
        metric=settings.metric,
        mode=settings.mode,
        space=settings.space,
        base_config=settings.base_config,
        study_name=study.name,
        storage=study.url,
        strategy=settings.strategy.name,
        further=settings.further,
        frame=frame,
    )


def importance(results: SearchResults, evaluator: str = "ped-anova") -> dict[str, float]:
    """Return how much each parameter explains of the score, largest first.

    Args:
        results: The trials; only complete ones count.
        evaluator: ``"ped-anova"``, ``"fanova"`` or ``"mdi"``.

    Returns:
        Shares that sum to 1, by parameter.

    Raises:
        NoResultError: If there are too few complete trials, or they do not differ.
        SearchArgumentError: If there is no such evaluator.
    """
    if evaluator not in ("ped-anova", "fanova", "mdi"):
        raise SearchArgumentError(
            f"evaluator is 'ped-anova', 'fanova' or 'mdi', got {evaluator!r}."
        )
    records = [record for record in results.records if record.score is not None]
    if len(records) < 2:
        raise NoResultError(
            f"Importance needs at least 2 complete trials, there are {len(records)}."
        )
    return find_backend().importance(records, results.space, results.mode, evaluator)


def hypervolumes(points: Sequence[Sequence[float]], reference: Sequence[float]) -> list[float]:
    """Return the hypervolume dominated by the first 1, 2, ... points.

    Args:
        points: Losses, less is better; points with NaN count for nothing.
        reference: The corner up to which volume counts.
    """
    return find_backend().hypervolumes(points, reference)
