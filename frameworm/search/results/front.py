"""The Pareto front: what a search with several objectives has for a best trial."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

from frameworm.trial.ranking import nondominated

if TYPE_CHECKING:
    import pandas as pd

    from frameworm.core.config import Config
    from frameworm.search.results.results import SearchResults
    from frameworm.trial.record import TrialRecord

__all__ = ["ParetoFront"]


class ParetoFront(Sequence["TrialRecord"]):
    """The trials that no other trial is at least as good as everywhere, and better somewhere.

    Attributes:
        records: These trials, in trial order.
    """

    def __init__(self, records: Sequence[TrialRecord], results: SearchResults) -> None:
        self.records = tuple(records)
        self._results = results

    @classmethod
    def of(cls, results: SearchResults) -> ParetoFront:
        """Return the front of a search's results."""
        return cls(nondominated(results.records, [mode for _, mode in results.objectives]), results)

    @property
    def df(self) -> pd.DataFrame:
        """One row a trial; the columns of :meth:`SearchResults.to_frame`."""
        numbers = {record.number for record in self.records}
        frame = self._results.to_frame()
        front: pd.DataFrame = frame[frame["trial_idx"].isin(numbers)].reset_index(drop=True)
        return front

    @property
    def configs(self) -> list[Config]:
        """The trials' full configurations, ready for the train function."""
        return [self._results.config_of(record) for record in self.records]

    def __len__(self) -> int:
        return len(self.records)

    @overload
    def __getitem__(self, index: int) -> TrialRecord: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[TrialRecord, ...]: ...

    def __getitem__(self, index: int | slice) -> TrialRecord | tuple[TrialRecord, ...]:
        return self.records[index]

    def __repr__(self) -> str:
        names = ", ".join(name for name, _ in self._results.objectives)
        return f"<ParetoFront: {len(self)} trials in {names}>"
