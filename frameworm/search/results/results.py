"""The results of a search: a sequence of trials that knows its metric, mode and space."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from frameworm.core.config import Config
from frameworm.errors import NoResultError
from frameworm.search.results.facts import StudyFacts
from frameworm.search.results.frame import trials_frame
from frameworm.search.results.from_dicts import read_dicts
from frameworm.search.results.front import ParetoFront
from frameworm.search.results.study_trials import StudyTrials
from frameworm.search.study.columns import TrialColumns
from frameworm.trial.goals import Goals, Mode
from frameworm.trial.ranking import nondominated, rank

if TYPE_CHECKING:
    import pandas as pd
    from typing_extensions import Self

    from frameworm.search.space.dimensions import Dimension
    from frameworm.trial.record import TrialRecord

__all__ = ["SearchResults"]


class SearchResults(Sequence[dict[str, Any]]):
    """The finished trials of a search, in trial order.

    An item is a plain dictionary, made anew at each access: ``trial_idx``, ``config`` (the full
    nested configuration), ``params`` (by dotted key), ``metrics``, ``score`` (``None`` unless the
    trial is complete), ``values`` (of all metrics searched for), ``state`` (``"COMPLETE"``,
    ``"FAIL"`` or ``"PRUNED"``), ``error``, ``traceback``, ``duration`` in seconds, ``started_at``
    and ``finished_at`` (local times). A slice is a `SearchResults` too.

    Args:
        records: The trials; a sequence that reads them when asked is kept as it is.
        facts: What the search was about.

    Example:
        >>> results = SearchResults.from_dicts(
        ...     [
        ...         {"config": {"training": {"lr": 0.1}}, "metrics": {"val_loss": 0.5}},
        ...         {"config": {"training": {"lr": 0.2}}, "metrics": {"val_loss": 0.25}},
        ...     ]
        ... )
        >>> results
        <SearchResults: 2 trials, best val_loss 0.25>
        >>> results.best_params, results.best_config["training.lr"]
        ({'training.lr': 0.2}, 0.2)
        >>> results[0]["score"]
        0.5
    """

    __hash__ = None  # type: ignore[assignment]  # equal by value, and holds dictionaries

    def __init__(self, records: Sequence[TrialRecord], facts: StudyFacts) -> None:
        self.records: Sequence[TrialRecord] = tuple(records) if type(records) is list else records
        self.facts = facts

    @classmethod
    def from_dicts(
        cls,
        dicts: Sequence[Mapping[str, Any]],
        metric: str | Sequence[str] | None = None,
        mode: Mode | Sequence[Mode] = "min",
        *,
        space: Mapping[str, Dimension] | None = None,
        base_config: Mapping[str, Any] | None = None,
        study_name: str | None = None,
        storage: str | None = None,
        strategy: str = "",
    ) -> Self:
        """Make results of plain dictionaries, such as the items of another `SearchResults`.

        A trial without a ``state`` is complete if it has a score that is not NaN, else failed;
        unfinished ones are left out. Every value that differs between the configurations is a
        parameter, besides those named in ``params`` and ``space``.

        Args:
            dicts: Dictionaries with a ``config`` or ``params`` and a ``score`` or ``metrics``.
            metric: The metric of the scores; by default the only one there is, or the one that
                equals the scores. Of several metrics the trials have ``values`` or ``metrics``.
            mode: Whether less (``"min"``) or more (``"max"``) is better, of each or of all.
            space: The dimensions by dotted key; by default ranges that hold the values.
            base_config: The configuration below; by default what all have in common.
            study_name: The study's name.
            storage: The storage's URL.
            strategy: How the points were chosen.

        Raises:
            SearchArgumentError: If the dictionaries do not say what the scores are.
        """
        names = [metric] if isinstance(metric, str) else list(metric or ())
        read = read_dicts(dicts, names, space or {}, base_config)
        return cls(
            read.records,
            StudyFacts(
                Goals.of(names or read.metric, mode),
                {**(space or {}), **read.space},
                read.base_config,
                study_name,
                storage,
                strategy,
            ),
        )

    @property
    def goals(self) -> Goals:
        """The metrics searched for."""
        return self.facts.goals

    @property
    def metric(self) -> str:
        """The metric searched for; with several the first."""
        return self.facts.goals.first.metric

    @property
    def mode(self) -> Mode:
        """Whether less (``"min"``) or more (``"max"``) of it is better."""
        return self.facts.goals.first.mode

    @property
    def space(self) -> Mapping[str, Dimension]:
        """The dimensions by dotted key."""
        return self.facts.space

    @property
    def base_config(self) -> Mapping[str, Any]:
        """The configuration the parameters were put into, as a nested dictionary."""
        return self.facts.base_config

    @property
    def study_name(self) -> str | None:
        """The study's name, if it has one."""
        return self.facts.study_name

    @property
    def storage(self) -> str | None:
        """The storage's URL without its password."""
        return self.facts.storage

    @property
    def strategy(self) -> str:
        """How the points were chosen, such as ``"grid"``."""
        return self.facts.strategy

    @property
    def pareto_front(self) -> ParetoFront:
        """The complete trials that no other is better than in every objective.

        With one objective these are the best trials.
        """
        front = nondominated(self.records, self.goals)
        return ParetoFront(front, self.goals, self.config_of, self.to_frame)

    @functools.cached_property
    def best(self) -> TrialRecord:
        """The complete trial with the best score; of equals the first, finite before infinite.

        Raises:
            NoResultError: If no trial is complete, or there are several objectives.
        """
        if not self.goals.is_single:
            names = ", ".join(self.goals.metrics)
            raise NoResultError(
                f"There is no single best trial with several objectives ({names}): take one of "
                "pareto_front.configs, or a row of pareto_front.df."
            )
        if isinstance(self.records, StudyTrials):
            best = self.records.best(self.mode)
        else:
            best = next(iter(rank(self.records, self.mode)), None)
        if best is None:
            counts = Counter(record.state.value for record in self.records)
            found = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
            first = next((record.error for record in self.records if record.error), None)
            raise NoResultError(
                f"The best needs a complete trial; there are {len(self.records)} trials"
                f"{f': {found}' if found else ''}{f', the first with {first!r}' if first else ''}. "
                "See the 'error' of each, or run more."
            )
        return best

    @property
    def best_config(self) -> Config:
        """The full configuration of the best trial, ready for the train function."""
        return self.config_of(self.best)

    @property
    def best_params(self) -> dict[str, Any]:
        """The parameters of the best trial, by dotted key."""
        return dict(self.best.params)

    @property
    def best_score(self) -> float:
        """The score of the best trial."""
        score = self.best.score
        assert score is not None  # rank leaves trials without a score out
        return score

    @property
    def df(self) -> pd.DataFrame:
        """The trials as a DataFrame; see :meth:`to_frame`."""
        return self.to_frame()

    def to_frame(self) -> pd.DataFrame:
        """Return the trials as a DataFrame, one row each, in trial order.

        Its columns: ``trial_idx`` (int64), ``state`` (str), ``score`` (float64, NaN unless
        complete), one for each parameter under its dotted key, one ``metrics.<name>`` (float64)
        for each metric, the one searched for first and the others by name, ``datetime_start`` and
        ``datetime_complete`` (datetime64[us], local time), ``duration`` (timedelta64[us]) and
        ``error`` (object).

        A parameter is float64, int64 or, unless all its choices are of one of those types,
        object; NaN where a trial does not have it, which makes int64 float64. One called like
        another column, such as ``score``, has the column ``params.score``.

        Returns:
            A new DataFrame; without trials it has the same columns.
        """
        if isinstance(self.records, StudyTrials):
            return self.records.frame()
        columns = TrialColumns.of(self.records, self.goals.metrics)
        return trials_frame(columns, space=self.space, metric=self.metric)

    def __len__(self) -> int:
        return len(self.records)

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...

    @overload
    def __getitem__(self, index: slice) -> SearchResults: ...

    def __getitem__(self, index: int | slice) -> dict[str, Any] | SearchResults:
        if isinstance(index, slice):
            return SearchResults(self.records[index], self.facts)
        return self._item(self.records[index])

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return map(self._item, self.records)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SearchResults):
            return NotImplemented
        return _same(vars(self.facts), vars(other.facts)) and _same(
            [vars(record) for record in self.records], [vars(record) for record in other.records]
        )

    def __repr__(self) -> str:
        count = f"{len(self.records)} trial{'' if len(self.records) == 1 else 's'}"
        name = f" of {self.study_name!r}" if self.study_name else ""
        return f"<SearchResults: {count}{name}, {self.best_text()}>"

    def best_text(self) -> str:
        """Return what the best is in a few words."""
        if not self.goals.is_single:
            return f"{len(self.pareto_front)} best in {', '.join(self.goals.metrics)}"
        try:
            return f"best {self.metric} {self.best_score:.6g}"
        except NoResultError:
            return "none complete"

    def _repr_html_(self) -> str:
        from frameworm.search.results.card import results_card

        return results_card(self.facts, self.records)

    def config_of(self, record: TrialRecord) -> Config:
        """Return the full configuration of one trial."""
        return self._base.replace(record.params)

    @functools.cached_property
    def _base(self) -> Config:
        return self.facts.config

    def _item(self, record: TrialRecord) -> dict[str, Any]:
        return {
            "trial_idx": record.number,
            "config": self.config_of(record).to_dict(),
            "params": dict(record.params),
            "metrics": dict(record.metrics),
            "score": record.score,
            "values": None if record.values is None else list(record.values),
            "state": record.state.value,
            "error": record.error,
            "traceback": record.traceback,
            "duration": record.duration,
            "started_at": record.started_at,
            "finished_at": record.finished_at,
        }


def _same(one: Any, other: Any) -> bool:
    """Whether two values are equal where NaN equals itself, as it does not for Python."""
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)
