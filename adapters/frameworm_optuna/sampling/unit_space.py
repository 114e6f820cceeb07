"""Points of a space as rows of numbers from 0 to 1, and their neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from optuna._gp.search_space import SearchSpace, _round_one_normalized_param, _ScaleType
from optuna.distributions import BaseDistribution

__all__ = ["Conditions", "UnitSpace"]

Conditions = Mapping[str, Sequence[tuple[str, Sequence[Any]]]]
"""Of a parameter, the others it depends on and the values of theirs under which it counts."""


class UnitSpace:
    """Encodes points as rows: numbers between 0 and 1, and of a choice its place.

    A parameter that does not count, because another has the wrong value, has the middle of its
    range, so that points are one if they differ in nothing else.

    Args:
        distributions: The distribution of each parameter; parents come before their children.
        conditions: When a parameter counts.
    """

    def __init__(
        self, distributions: Mapping[str, BaseDistribution], conditions: Conditions | None = None
    ) -> None:
        self.distributions = dict(distributions)
        self._columns = [SearchSpace({name: self.distributions[name]}) for name in distributions]
        self._space = SearchSpace(self.distributions)
        self.is_categorical = self._space.is_categorical
        self._middle = np.array(
            [
                0.0 if is_choice else self._rounded(column, np.array([0.5]))[0]
                for column, is_choice in enumerate(self.is_categorical)
            ]
        )
        names = list(self.distributions)
        self._conditions = [
            (
                names.index(child),
                names.index(parent),
                self._encoded(names.index(parent), [{parent: value} for value in values]),
            )
            for child, parents in (conditions or {}).items()
            for parent, values in parents
            if child in names and parent in names
        ]

    def __len__(self) -> int:
        return len(self.distributions)

    def _encoded(self, column: int, points: Sequence[Mapping[str, Any]]) -> Any:
        # The trials themselves are not looked at where their parameters are given.
        trials: list[Any] = [None] * len(points)
        return self._columns[column].get_normalized_params(trials, [*map(dict, points)])[:, 0]

    def _rounded(self, column: int, values: Any) -> Any:
        low, high = self._space._bounds[column]
        scale = _ScaleType(self._space._scale_types[column])
        return _round_one_normalized_param(values, scale, (low, high), self._space._steps[column])

    def encode(self, points: Sequence[Mapping[str, Any]]) -> Any:
        """Return the rows of points, which may lack parameters that do not count."""
        rows = np.tile(self._middle, (len(points), 1))
        for column, name in enumerate(self.distributions):
            places = [place for place, point in enumerate(points) if name in point]
            if places:
                rows[places, column] = self._encoded(column, [points[place] for place in places])
        return rows

    def decode(self, row: Any) -> dict[str, Any]:
        """Return the point of a row, with a value for every parameter."""
        return self._space.get_unnormalized_param(row)

    def spread(self, count: int, seed: int) -> Any:
        """Return the first rows of a scrambled Sobol sequence.

        Args:
            count: How many; they are spread best if it is a power of 2.
            seed: The seed of the scrambling, below ``2**32``.
        """
        return self._canonical(
            self._space.sample_normalized_params(count, np.random.RandomState(seed))
        )

    def neighbours(self, rows: Any, count: int, width: float, random: np.random.Generator) -> Any:
        """Return rows near others: most of them along one axis or two, the others along all.

        Args:
            rows: The rows to start from.
            count: How many neighbours each has.
            width: The standard deviation of a changed number.
            random: Draws the changes.
        """
        near = np.repeat(rows, count, axis=0)
        size, columns = near.shape
        along_all = random.random((size, 1)) < 1 / 3
        is_changed = random.random(near.shape) < np.where(along_all, 1.0, 1.5 / columns)
        is_changed[np.arange(size), random.integers(columns, size=size)] = True
        moved = np.clip(near + random.normal(scale=width, size=near.shape), 0.0, 1.0)
        for column in self._space.discrete_indices:
            if self.is_categorical[column]:
                moved[:, column] = self._other_choice(column, near[:, column], random)
            else:
                moved[:, column] = self._other_step(
                    column, near[:, column], moved[:, column], random
                )
        return self._canonical(np.where(is_changed, moved, near))

    def _other_choice(self, column: int, near: Any, random: np.random.Generator) -> Any:
        drawn = random.integers(int(self._space._bounds[column, 1]), size=len(near))
        # Choices have no neighbours: where all parameters change, half of them stay.
        return np.where(random.random(len(near)) < 0.5, near, drawn.astype(float))

    def _other_step(self, column: int, near: Any, moved: Any, random: np.random.Generator) -> Any:
        rounded = self._rounded(column, moved)
        if self._space._scale_types[column] == _ScaleType.LOG:
            return rounded
        # A width below a step would go nowhere.
        low, high = self._space._bounds[column]
        step = 1.0 / ((high - low) / self._space._steps[column] + 1)
        sign = np.where(random.random(len(near)) < 0.5, 1.0, -1.0)
        further = self._rounded(column, np.clip(near + sign * step, 0.0, 1.0))
        return np.where(rounded == near, further, rounded)

    def _canonical(self, rows: Any) -> Any:
        counts = np.ones(rows.shape, dtype=bool)
        for child, parent, values in self._conditions:
            # What hangs on a parameter that does not count does not count either.
            is_met = np.isclose(rows[:, [parent]], values).any(axis=1) & counts[:, parent]
            counts[:, child] &= is_met
            rows[~is_met, child] = self._middle[child]
        return rows
