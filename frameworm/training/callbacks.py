"""Callbacks: what happens around epochs and batches, without changing the trainer."""

# ruff: noqa: ARG002 - a hook has the arguments of its base class, whichever it needs.

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Protocol

from frameworm.errors import TrainingError
from frameworm.training.training import Training

__all__ = ["Callback", "Checkpoints", "EarlyStopping", "ExperimentLogger", "MetricLog"]


class Callback:
    """Base class of callbacks; every method does nothing until overridden.

    Epochs and batches are counted from 1. A callback may call ``trainer.stop(reason)``, or raise
    to break off: the exception leaves ``Trainer.train``.

    Example:
        >>> class Names(Callback):
        ...     def on_epoch_end(self, trainer, epoch, metrics):
        ...         print(epoch, sorted(metrics))
        >>> import torch
        >>> from frameworm.training import Trainer
        >>> model = torch.nn.Linear(1, 1)
        >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        >>> trainer = Trainer(model, optimizer, torch.nn.MSELoss(), callbacks=[Names()])
        >>> batches = [(torch.ones(2, 1), torch.ones(2, 1))]
        >>> state = trainer.train(batches, val_loader=batches, epochs=2)
        1 ['train_loss', 'val_loss']
        2 ['train_loss', 'val_loss']
    """

    def on_train_begin(self, trainer: Training) -> None:
        """Called once, before the first epoch."""

    def on_train_end(self, trainer: Training) -> None:
        """Called once, after the last epoch, also when training breaks off with an exception."""

    def on_epoch_begin(self, trainer: Training, epoch: int) -> None:
        """Called before the first batch of an epoch."""

    def on_epoch_end(self, trainer: Training, epoch: int, metrics: Mapping[str, float]) -> None:
        """Called after an epoch, its validation and the scheduler's step.

        Args:
            trainer: The trainer; ``trainer.state`` already counts this epoch.
            epoch: The epoch that ended.
            metrics: Its means, named ``train_loss``, ``val_loss`` and so on.
        """

    def on_batch_begin(self, trainer: Training, batch: int) -> None:
        """Called before a training batch."""

    def on_batch_end(self, trainer: Training, batch: int, metrics: Mapping[str, float]) -> None:
        """Called after the optimizer's step on a training batch.

        Args:
            trainer: The trainer.
            batch: The batch's number within the epoch.
            metrics: The batch's metrics, named as ``compute_loss`` names them.
        """


class EarlyStopping(Callback):
    """Stop when a metric has not improved for some epochs.

    It looks only at the metrics so far, so it goes on rightly after ``load_checkpoint``. The model
    keeps its last weights; the best are in ``best.pt`` if the trainer has a ``checkpoint_dir``.

    Args:
        patience: Epochs without improvement after which training stops, at least 1.
        monitor: The metric, for example ``val_recon_loss``. By default the validation loss, or
            without validation the training loss.
        min_delta: How much better than the best so far counts as better, at least 0, in the
            metric's unit.
        mode: Whether a lower (``min``, the default) or higher (``max``) value is better.

    Raises:
        TrainingError: If an argument breaks its rule; in training, if there is no such metric.

    Example:
        >>> stopping = EarlyStopping(patience=2)
        >>> stopping.epochs_without_improvement([3.0, 1.0, 2.0, 1.5])
        2
    """

    def __init__(
        self,
        patience: int,
        monitor: str | None = None,
        *,
        min_delta: float = 0.0,
        mode: Literal["min", "max"] = "min",
    ) -> None:
        if isinstance(patience, bool) or not isinstance(patience, int) or patience < 1:
            raise TrainingError(
                f"patience must be an integer of at least 1, got {patience!r}. "
                "Leave early stopping out to train all epochs."
            )
        if not min_delta >= 0:
            raise TrainingError(f"min_delta must be at least 0, got {min_delta!r}. Give its size.")
        if mode not in ("min", "max"):
            raise TrainingError(f"mode must be 'min' or 'max', got {mode!r}. Choose one.")
        self.patience = patience
        self.monitor = monitor
        self.min_delta = min_delta
        self.mode = mode

    def on_train_begin(self, trainer: Training) -> None:
        """Stop before the first epoch if a resumed training has already run out of patience."""
        if trainer.state.current_epoch:
            self._check(trainer)

    def on_epoch_end(self, trainer: Training, epoch: int, metrics: Mapping[str, float]) -> None:
        """Stop after this epoch if patience has run out."""
        self._check(trainer)

    def epochs_without_improvement(self, history: list[float]) -> int:
        """Return how many of the last epochs were no better than the best before them."""
        sign = 1.0 if self.mode == "min" else -1.0
        best = math.inf
        waited = 0
        for value in history:
            improved = sign * value < best - self.min_delta
            best = sign * value if improved else best
            waited = 0 if improved else waited + 1
        return waited

    def _check(self, trainer: Training) -> None:
        state = trainer.state
        history = state.losses if self.monitor is None else state.history(self.monitor)
        waited = self.epochs_without_improvement(history)
        if waited >= self.patience:
            trainer.stop(f"{self.monitor or 'loss'} has not improved for {waited} epochs")


class Checkpoints(Callback):
    """Save ``last.pt`` after every epoch, and ``best.pt`` when its loss is the lowest so far.

    The loss is validation's, or without validation training's. ``Trainer(checkpoint_dir=...)``
    adds this callback.

    Args:
        directory: The folder; made when the first checkpoint is saved.
    """

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self.directory = Path(directory)

    def on_epoch_end(self, trainer: Training, epoch: int, metrics: Mapping[str, float]) -> None:
        """Save the checkpoints of this epoch."""
        *earlier, loss = trainer.state.losses
        if loss < min(earlier, default=math.inf):
            trainer.save_checkpoint(self.directory / "best.pt")
        trainer.save_checkpoint(self.directory / "last.pt")


class MetricLog(Protocol):
    """What metrics are logged to; `frameworm.experiment.Experiment` is one."""

    def log_metrics(self, metrics: dict[str, float], /, *, step: int) -> object:
        """Keep the metrics of one step."""


class ExperimentLogger(Callback):
    """Log each epoch's metrics, ``train_loss``, ``val_loss`` and so on, with the epoch as step.

    ``Trainer.set_experiment`` adds this callback.

    Args:
        experiment: The experiment, or anything else with its ``log_metrics``.
    """

    def __init__(self, experiment: MetricLog) -> None:
        self.experiment = experiment

    def on_epoch_end(self, trainer: Training, epoch: int, metrics: Mapping[str, float]) -> None:
        """Log the metrics of this epoch."""
        self.experiment.log_metrics(dict(metrics), step=epoch)
