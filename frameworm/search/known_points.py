"""Points a user brings to a search: to run first, or with a result already known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from frameworm.errors import SearchArgumentError, SpaceError, nearest
from frameworm.search.space.conditions import active, holds, ordered
from frameworm.search.space.dimensions import Categorical, Dimension, Integer
from frameworm.trial.outcome import Outcome
from frameworm.trial.state import TrialState

if TYPE_CHECKING:
    from frameworm.search.study.backend import Study

__all__ = ["KnownPoints"]


@dataclass
class KnownPoints:
    """What a search is to put into its study before it plans.

    Attributes:
        space: The dimensions by dotted key.
        metrics: The metrics searched for.
    """

    space: Mapping[str, Dimension]
    metrics: Sequence[str]
    _first: list[dict[str, Any]] = field(default_factory=list)
    _results: list[tuple[dict[str, Any], Outcome]] = field(default_factory=list)

    def enqueue(self, params: Mapping[str, Any]) -> None:
        """Note a point to run first; what it leaves out is drawn.

        Raises:
            SpaceError: If it does not lie in the space.
        """
        self._first.append(self._checked(params))

    def add_result(self, params: Mapping[str, Any], metrics: Mapping[str, float]) -> None:
        """Note a point whose metrics are known.

        Raises:
            SpaceError: If it does not lie in the space, or is not complete.
            SearchArgumentError: If a metric searched for is missing or no number.
        """
        point = self._checked(params)
        absent = [key for key in self._needed(point) if key not in point]
        if absent:
            raise SpaceError(f"A known result needs every parameter; {absent} are missing.")
        missing = [name for name in self.metrics if name not in metrics]
        if missing:
            raise SearchArgumentError(
                f"A known result needs every metric searched for; {missing} are missing among "
                f"{sorted(metrics)}."
            )
        numbers = {str(name): float(value) for name, value in metrics.items()}
        values = tuple(numbers[name] for name in self.metrics)
        outcome = Outcome(TrialState.COMPLETE, values, numbers)
        self._results.append((active(self.space, point), outcome))

    def write(self, study: Study) -> None:
        """Put the points into a study, but for those it already has."""
        for point, outcome in self._results:
            study.add_result(point, outcome)
        for point in self._first:
            study.enqueue(point)
        self._results.clear()
        self._first.clear()

    def _needed(self, point: Mapping[str, Any]) -> list[str]:
        counting: dict[str, Any] = {}
        needed = []
        for key in ordered(self.space):
            if holds(self.space, key, counting):
                needed.append(key)
                if key in point:
                    counting[key] = point[key]
        return needed

    def _checked(self, params: Mapping[str, Any]) -> dict[str, Any]:
        if not isinstance(params, Mapping) or not params:
            raise SpaceError(f"A point is a dictionary from parameter to value, got {params!r}.")
        return {key: self._value(key, value) for key, value in params.items()}

    def _value(self, key: str, value: Any) -> Any:
        if key not in self.space:
            raise SpaceError(
                f"{key!r} is no parameter of the search space.{nearest(key, self.space)}"
            )
        dimension = self.space[key]
        if isinstance(dimension, Categorical):
            try:
                return dimension.choices[dimension.index(value)]
            except SpaceError as error:
                raise SpaceError(f"{key}: {error}") from error
        kind = int if isinstance(dimension, Integer) else float
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or value != kind(value)
            or not dimension.low <= value <= dimension.high
        ):
            raise SpaceError(f"{key}: {value!r} does not lie in {dimension!r}.")
        return kind(value)
