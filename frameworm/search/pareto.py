"""The Pareto front: what a search with several objectives has for a best trial."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

from frameworm.search.backend import TrialState

if TYPE_CHECKING:
    import pandas as pd

    from frameworm.core.config import Config
    from frameworm.search.backend import Mode, TrialRecord
    from frameworm.search.results import SearchResults

__all__ = ["ParetoFront", "dominates", "nondominated"]


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


def nondominated(records: Sequence[TrialRecord], modes: Sequence[Mode]) -> list[TrialRecord]:
    """Return the complete trials that no other dominates; equal ones all stay.

    Sorting first means that a trial can only be dominated by one before it (Kung, Luccio and
    Preparata 1975), so each is compared with the front so far alone.

    Args:
        records: Trials.
        modes: ``"min"`` or ``"max"`` for each objective value.

    Returns:
        The trials of the front in the order given.
    """
    signs = [1.0 if mode == "min" else -1.0 for mode in modes]
    points = {
        index: tuple(sign * value for sign, value in zip(signs, record.values, strict=True))
        for index, record in enumerate(records)
        if record.state is TrialState.COMPLETE
        and record.values is not None
        and len(record.values) == len(modes)
        and not any(map(math.isnan, record.values))
    }
    front: list[int] = []
    for index in sorted(points, key=lambda index: points[index]):
        if not any(dominates(points[other], points[index]) for other in front):
            front.append(index)
    return [records[index] for index in sorted(front)]


def dominates(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether a point, every number to be made small, is nowhere worse and somewhere better."""
    return one != other and all(mine <= theirs for mine, theirs in zip(one, other, strict=True))
