"""What turns a strategy into points, a chunk at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from optuna.samplers import BaseSampler

from frameworm_optuna.ledger.protocol import PlanChunk
from frameworm_optuna.plan.study_points import PointKey

__all__ = ["CHUNK", "Evaluated", "Planner"]

CHUNK = 500
"""Points written in one transaction: many enough to be cheap, few enough to hold no lock long."""


Evaluated = Callable[[], "set[PointKey]"]
"""Returns the points a study already has."""


class Planner(Protocol):
    """Writes a strategy's points down, a chunk at a time."""

    @property
    def sampler(self) -> BaseSampler:
        """What plain Optuna would use to go on with the study."""
        ...

    @property
    def digest(self) -> str:
        """Tells the plan from others of the same settings; empty where there are none."""
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
