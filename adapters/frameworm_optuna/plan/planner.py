"""What turns a strategy into points, a chunk at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from optuna.samplers import BaseSampler

from frameworm_optuna.ledger.protocol import PlanChunk

__all__ = ["CHUNK", "Evaluated", "Planner"]

CHUNK = 500
"""Points written in one transaction: many enough to be cheap, few enough to hold no lock long."""


Evaluated = Callable[[], "set[tuple[Any, ...]]"]
"""Returns the points a study already has: internal numbers in order of the parameters' names.

In a conditional or constrained space, pairs of name and number.
"""


class Planner(Protocol):
    """Writes a strategy's points down, a chunk at a time."""

    @property
    def sampler(self) -> BaseSampler:
        """What plain Optuna would use to go on with the study."""
        ...

    @property
    def total(self) -> int:
        """How many trials the study shall have in all."""
        ...

    @property
    def below(self) -> int | None:
        """Only trials with a smaller number are worked off; ``None`` for all."""
        ...

    def next_chunk(self, count: int, planned: int) -> PlanChunk | None:
        """Return what to write next, given the trials there are and the points planned."""
        ...

    def point(self, number: int) -> dict[str, float]:
        """Return the internal parameters a trial gets that has none of its own."""
        ...
