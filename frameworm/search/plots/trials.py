"""The trials of a search as arrays to draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from frameworm.errors import SearchArgumentError, nearest
from frameworm.search.results.from_dicts import infer_dimension
from frameworm.search.study.columns import MISSING
from frameworm.trial.goals import Goal, Goals, Mode
from frameworm.trial.state import TrialState

if TYPE_CHECKING:
    import numpy.typing as npt

    from frameworm.search.results.results import SearchResults
    from frameworm.search.space.dimensions import Dimension
    from frameworm.trial.record import TrialRecord

__all__ = ["PlotTrials"]


@dataclass(frozen=True)
class PlotTrials:
    """Trials in trial order, and what their scores mean.

    Attributes:
        records: The trials.
        numbers: Their numbers.
        scores: Their scores; NaN unless complete.
        goals: The metrics searched for.
        space: The dimensions by dotted key.
        goal: Which of the goals the scores are of.
    """

    records: list[TrialRecord]
    numbers: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]
    goals: Goals
    space: Mapping[str, Dimension]
    goal: Goal

    @classmethod
    def of(cls, results: SearchResults, metric: str | None = None) -> PlotTrials:
        """Return the arrays of a search's results.

        Args:
            results: The results.
            metric: Which metric searched for the scores are of; by default the first.

        Raises:
            SearchArgumentError: If that metric is not searched for.
        """
        records = list(results.records)
        goal = results.goals.first if metric is None else results.goals.named(metric)
        place = results.goals.index(goal)
        return cls(
            records=records,
            numbers=np.array([record.number for record in records], dtype=np.int64),
            scores=np.array([record.value(place) for record in records], dtype=np.float64),
            goals=results.goals,
            space=results.space,
            goal=goal,
        )

    @property
    def metric(self) -> str:
        """The metric of the scores."""
        return self.goal.metric

    @property
    def mode(self) -> Mode:
        """Whether less or more of it is better."""
        return self.goal.mode

    @property
    def complete(self) -> npt.NDArray[np.bool_]:
        """Which trials have a score."""
        return ~np.isnan(self.scores)

    @property
    def best_so_far(self) -> npt.NDArray[np.float64]:
        """The best finite score up to each trial; NaN before the first."""
        finite = np.where(np.isfinite(self.scores), self.scores, np.nan)
        reduce = np.fmin if self.mode == "min" else np.fmax
        best: npt.NDArray[np.float64] = reduce.accumulate(finite)
        return best

    @property
    def best(self) -> int | None:
        """The position of the best finite score, the first of equals."""
        if not np.isfinite(self.scores).any():
            return None
        sign = 1.0 if self.mode == "min" else -1.0
        return int(np.argmin(np.where(np.isfinite(self.scores), sign * self.scores, np.inf)))

    @property
    def values(self) -> npt.NDArray[np.float64]:
        """A row a trial with its objective values; NaN unless it is complete with all of them."""
        count = len(self.goals)
        none = (np.nan,) * count
        return np.array(
            [
                record.values
                if record.state is TrialState.COMPLETE and len(record.values or ()) == count
                else none
                for record in self.records
            ],
            dtype=np.float64,
        ).reshape(len(self.records), count)

    def in_state(self, state: TrialState) -> npt.NDArray[np.bool_]:
        """Which trials ended in a state."""
        return np.array([record.state is state for record in self.records], dtype=bool)

    def count_text(self) -> str:
        """Return how many trials there are, and what became of them."""
        words = {
            TrialState.COMPLETE: "complete",
            TrialState.FAIL: "failed",
            TrialState.PRUNED: "pruned",
        }
        counts = [(int(self.in_state(state).sum()), word) for state, word in words.items()]
        listed = ", ".join(f"{count:,} {word}" for count, word in counts if count)
        total = len(self.records)
        return f"{total:,} trial{'' if total == 1 else 's'}" + (f": {listed}" if listed else "")

    def no_score_text(self) -> str:
        """Return why there is nothing to draw."""
        if not self.records:
            return "No trial has finished yet."
        if self.complete.any():
            return f"Every {self.metric} is infinite ({self.count_text()})."
        return f"No trial is complete ({self.count_text()})."

    def param(self, name: str) -> list[Any]:
        """Return a parameter's value in each trial; `MISSING` where it has none.

        Raises:
            SearchArgumentError: If no trial and no dimension has that name.
        """
        values = [record.params.get(name, MISSING) for record in self.records]
        if name in self.space or any(value is not MISSING for value in values):
            return values
        known = dict.fromkeys([*self.space, *(key for r in self.records for key in r.params)])
        raise SearchArgumentError(
            f"There is no parameter {name!r}; the search has {', '.join(known) or 'none'}."
            f"{nearest(name, known)}"
        )

    def dimension(self, name: str) -> Dimension | None:
        """Return a parameter's dimension, inferred if the space lacks it; ``None`` if unknown."""
        if name in self.space:
            return self.space[name]
        values = [value for value in self.param(name) if value is not MISSING]
        return infer_dimension(values) if values else None
