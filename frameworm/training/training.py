"""What callbacks and checkpoints see of a trainer."""

from __future__ import annotations

import os
from typing import Any, Protocol

from torch import nn, optim

from frameworm.training.state import TrainingState

__all__ = ["Training"]


class Training(Protocol):
    """A training run: its model and optimizer, how far it has come, and how to stop it.

    Attributes:
        model: What is trained.
        optimizer: Steps its parameters.
        scheduler: Changes the learning rate; ``None`` without one.
        state: How far training has come.
        random_states: Torch's random states of all processes at the end of the last epoch, by rank.
    """

    model: nn.Module
    optimizer: optim.Optimizer
    scheduler: Any
    state: TrainingState
    random_states: list[Any]

    @property
    def rank(self) -> int:
        """The number of this process among those that train together, from 0."""
        ...

    def stop(self, reason: str) -> None:
        """End training after the running epoch."""
        ...

    def save_checkpoint(self, path: str | os.PathLike[str]) -> None:
        """Write all that training needs to go on, whole or not at all."""
        ...

    def load_checkpoint(self, path: str | os.PathLike[str]) -> TrainingState:
        """Go back to a checkpoint and return its state."""
        ...
