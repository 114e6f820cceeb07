"""Training: the trainer, its state and the callbacks that watch it."""

from __future__ import annotations

from frameworm.training.callbacks import (
    Callback,
    Checkpoints,
    EarlyStopping,
    ExperimentLogger,
    MetricLog,
)
from frameworm.training.state import TrainingState
from frameworm.training.trainer import Trainer

__all__ = [
    "Callback",
    "Checkpoints",
    "EarlyStopping",
    "ExperimentLogger",
    "MetricLog",
    "Trainer",
    "TrainingState",
]
