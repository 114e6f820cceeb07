"""How the points of a search are chosen, as values an adapter can translate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Union

__all__ = ["Grid", "Random", "Strategy"]


@dataclass(frozen=True)
class Grid:
    """Every combination of the axes' values, once.

    Attributes:
        axes: The values of each parameter, by dotted key.
        seed: Fixes the order of the points (Optuna's ``GridSampler`` shuffles them).
    """

    axes: Mapping[str, tuple[Any, ...]]
    seed: int

    @property
    def name(self) -> str:
        """The strategy's name in tags, files and studies."""
        return "grid"

    def __len__(self) -> int:
        size = 1
        for values in self.axes.values():
            size *= len(values)
        return size


@dataclass(frozen=True)
class Random:
    """Independent draws; the parameters of trial ``i`` depend on the seed and ``i`` alone.

    Attributes:
        n_trials: How many trials the study shall have in all.
        seed: The seed of the draws.
    """

    n_trials: int
    seed: int

    @property
    def name(self) -> str:
        """The strategy's name in tags, files and studies."""
        return "random"

    def __len__(self) -> int:
        return self.n_trials


Strategy = Union[Grid, Random]
