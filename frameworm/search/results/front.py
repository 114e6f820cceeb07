"""The Pareto front: what a search for several metrics has for a best trial."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, overload

from frameworm.core.config import Config
from frameworm.trial.goals import Goals
from frameworm.trial.record import TrialRecord

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ParetoFront"]


class ParetoFront(Sequence[TrialRecord]):
    """The trials that no other trial is at least as good as everywhere, and better somewhere.

    Attributes:
        records: These trials, in trial order.
        goals: The metrics searched for.
    """

    def __init__(
        self,
        records: Sequence[TrialRecord],
        goals: Goals,
        config_of: Callable[[TrialRecord], Config],
        to_frame: Callable[[], pd.DataFrame],
    ) -> None:
        self.records = tuple(records)
        self.goals = goals
        self._config_of = config_of
        self._to_frame = to_frame

    @property
    def df(self) -> pd.DataFrame:
        """One row a trial; the columns of :meth:`SearchResults.to_frame`."""
        numbers = {record.number for record in self.records}
        frame = self._to_frame()
        front: pd.DataFrame = frame[frame["trial_idx"].isin(numbers)].reset_index(drop=True)
        return front

    @property
    def configs(self) -> list[Config]:
        """The trials' full configurations, ready for the train function."""
        return [self._config_of(record) for record in self.records]

    def __len__(self) -> int:
        return len(self.records)

    @overload
    def __getitem__(self, index: int) -> TrialRecord: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[TrialRecord, ...]: ...

    def __getitem__(self, index: int | slice) -> TrialRecord | tuple[TrialRecord, ...]:
        return self.records[index]

    def __repr__(self) -> str:
        return f"<ParetoFront: {len(self)} trials in {', '.join(self.goals.metrics)}>"
