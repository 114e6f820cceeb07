"""Points a user brings to a search: to run first, or with a result already known."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from frameworm.errors import SearchArgumentError, SpaceError, nearest
from frameworm.search.space.conditions import active, holds, ordered
from frameworm.search.space.conversion.points import point_of
from frameworm.search.space.dimensions import Dimension
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
        self._first.append(point_of(self.space, params))

    def add_result(self, params: Mapping[str, Any], metrics: Mapping[str, float]) -> None:
        """Note a point whose metrics are known.

        Raises:
            SpaceError: If it does not lie in the space, or is not complete.
            SearchArgumentError: If a metric searched for is missing or no number.
        """
        point = point_of(self.space, params)
        absent = [key for key in self._needed(point) if key not in point]
        if absent:
            raise SpaceError(f"A known result needs every parameter; {absent} are missing.")
        missing = [name for name in self.metrics if name not in metrics]
        if missing:
            raise SearchArgumentError(
                f"A known result needs every metric searched for; {missing} are missing among "
                f"{sorted(metrics)}.{nearest(missing[0], metrics)}"
            )
        numbers = {str(name): _number(name, value) for name, value in metrics.items()}
        wrong = [name for name in self.metrics if not math.isfinite(numbers[name])]
        if wrong:
            raise SearchArgumentError(
                f"A known result is a finite number, but {wrong[0]!r} is {numbers[wrong[0]]!r}; "
                "leave it out: a trial with such a result counts as failed."
            )
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


def _number(name: str, value: Any) -> float:
    try:
        if not isinstance(value, (str, bytes)):
            return float(value)
    except (TypeError, ValueError, OverflowError):
        pass
    raise SearchArgumentError(f"A metric is a number, but {name!r} is {value!r}.")
