"""A problem of known losses, and how rare a loss is among random configurations."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from frameworm.search.space.conditions import active
from frameworm.search.space.spaces import Dimension

__all__ = ["RESOLUTION", "Problem"]

RANDOM = 50_000
"""Random configurations a found one is compared with."""
RESOLUTION = 1000 / RANDOM
"""The smallest figure above 0, in per mille."""


@dataclass(frozen=True)
class Problem:
    """A loss to minimise that costs next to nothing to evaluate.

    Attributes:
        name: What it is called.
        space: Its parameters.
        losses: Returns the losses of configurations; the same ones each time.
    """

    name: str
    space: Mapping[str, Dimension]
    losses: Callable[[Sequence[Mapping[str, Any]]], Sequence[float]]

    @functools.cached_property
    def _random_losses(self) -> Any:
        random = np.random.default_rng(20_000)
        drawn = [
            active(self.space, {key: each.sample(random) for key, each in self.space.items()})
            for _ in range(RANDOM)
        ]
        return np.sort(np.asarray(self.losses(drawn), dtype=float))

    def per_mille_better(self, loss: float) -> float:
        """Return how many per mille of random configurations are better than a loss."""
        return 1000 * float(np.searchsorted(self._random_losses, loss)) / RANDOM
