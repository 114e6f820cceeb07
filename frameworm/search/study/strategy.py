"""How the points of a search are chosen, as values an adapter can translate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Union

__all__ = ["Adaptive", "Given", "Grid", "QuasiRandom", "Random", "Strategy"]


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


@dataclass(frozen=True)
class QuasiRandom:
    """A scrambled Sobol sequence; the parameters of trial ``i`` depend on the seed and ``i`` alone.

    Attributes:
        n_trials: How many trials the study shall have in all.
        seed: The seed of the scrambling.
    """

    n_trials: int
    seed: int

    @property
    def name(self) -> str:
        """The strategy's name in tags, files and studies."""
        return "quasirandom"

    def __len__(self) -> int:
        return self.n_trials


@dataclass(frozen=True)
class Adaptive:
    """Each trial is proposed by a sampler that has seen the scores before it.

    Attributes:
        n_trials: How many trials the study shall have in all.
        seed: The sampler's seed.
        sampler: The name of a sampler, or the engine's own sampler object.
        n_initial_points: How many trials are drawn at random before the sampler learns.
        acquisition: What the sampler ``"auto"`` looks for: ``"ei"``, ``"lcb"`` or ``"pi"``.
    """

    n_trials: int
    seed: int
    sampler: Any = "auto"
    n_initial_points: int = 10
    acquisition: str = "ei"

    @property
    def name(self) -> str:
        """The strategy's name in tags, files and studies."""
        return "bayesian"

    @property
    def sampler_name(self) -> str:
        """The sampler's name; of an object its class's."""
        return self.sampler if isinstance(self.sampler, str) else type(self.sampler).__name__

    def __len__(self) -> int:
        return self.n_trials


@dataclass(frozen=True)
class Given:
    """Trials that somebody else has chosen, in a way nobody wrote down.

    Attributes:
        n_trials: How many there are.
        seed: Fixes what Frameworm adds to them.
    """

    n_trials: int
    seed: int = 0

    @property
    def name(self) -> str:
        """Nothing: how the points were chosen is not known."""
        return ""

    def __len__(self) -> int:
        return self.n_trials


Strategy = Union[Grid, Random, QuasiRandom, Adaptive, Given]
