"""The finished trials of a study, read when they are first looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, overload

from frameworm.search.results.frame import trials_frame
from frameworm.search.results.results import SearchResults
from frameworm.search.study.columns import TrialColumns
from frameworm.search.study.entry_point import find_backend

if TYPE_CHECKING:
    import pandas as pd

    from frameworm.search.study.backend import Study
    from frameworm.trial.record import TrialRecord

__all__ = ["StudyTrials", "load_results_from_storage", "results_of", "study_results"]


class StudyTrials(Sequence["TrialRecord"]):
    """A study's finished trials, as records or as a frame, whichever is asked for.

    Whichever is read first decides which trials there are: the other shows the same ones, however
    the study goes on meanwhile.

    Args:
        study: An opened study.
    """

    def __init__(self, study: Study) -> None:
        self._study = study
        self._read: tuple[TrialRecord, ...] | None = None
        self._frame: pd.DataFrame | None = None

    @property
    def _records(self) -> tuple[TrialRecord, ...]:
        if self._read is None:
            shown = None if self._frame is None else set(self._frame["trial_idx"])
            self._read = tuple(
                record
                for record in self._study.records()
                if record.state.is_finished and (shown is None or record.number in shown)
            )
        return self._read

    def frame(self) -> pd.DataFrame:
        """Return the trials as ``SearchResults.to_frame`` documents it."""
        if self._frame is None:
            columns = None if self._read is not None else self._study.columns()
            if columns is None:
                columns = TrialColumns.of(self._records)
            settings = self._study.settings
            self._frame = trials_frame(columns, space=settings.space, metric=settings.metric)
        frame: pd.DataFrame = self._frame.copy()
        return frame

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, index: int) -> TrialRecord: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[TrialRecord, ...]: ...

    def __getitem__(self, index: int | slice) -> TrialRecord | tuple[TrialRecord, ...]:
        return self._records[index]


def study_results(study: Study) -> SearchResults:
    """Return the finished trials of an opened study, as they are now."""
    return _results(study, [record for record in study.records() if record.state.is_finished])


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
