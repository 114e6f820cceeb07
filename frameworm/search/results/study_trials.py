"""The finished trials of a study, read when they are first looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

from frameworm.search.results.frame import trials_frame
from frameworm.search.study.columns import TrialColumns

if TYPE_CHECKING:
    import pandas as pd

    from frameworm.search.study.backend import Study
    from frameworm.trial.record import TrialRecord

__all__ = ["StudyTrials"]


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
            settings = self._study.settings
            goals = settings.goals
            # The quick way reads one score a trial.
            is_quick = self._read is None and goals.is_single
            columns = self._study.columns() if is_quick else None
            if columns is None:
                columns = TrialColumns.of(self._records, goals.metrics)
            self._frame = trials_frame(columns, space=settings.space, metric=goals.first.metric)
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
