"""The trainer: the loop over epochs and batches, and nothing else."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from frameworm.errors import TrainingError
from frameworm.training import checkpoint
from frameworm.training.batches import batch_size, choose_device, to_device
from frameworm.training.callbacks import (
    Callback,
    Checkpoints,
    EarlyStopping,
    ExperimentLogger,
    MetricLog,
)
from frameworm.training.losses import check_has_loss, losses_of
from frameworm.training.metrics import WeightedMeans, as_floats, check_finite
from frameworm.training.parallel import Parallel
from frameworm.training.state import TrainingState
from frameworm.training.trial import TrialCallback
from frameworm.trial.current import running_trial

__all__ = ["Trainer"]

logger = logging.getLogger("frameworm")


class Trainer:
    """Train a model; nothing is printed, and nothing is written to disk unless asked for.

    Inside a search, `train` reports every epoch to the trial, so that it has a learning curve and
    can be pruned, and saves a checkpoint in the trial's folder, from which it continues when the
    trial is started again. When the search is being stopped it breaks off at the next batch: an
    epoch that was not finished is trained again, as if it had not been begun.

    In a ``torch.distributed`` group, a trial's or the script's own, all processes train the model
    together (``DistributedDataParallel``): each has its share of every ``DataLoader``, whose
    ``batch_size`` is then one process's, metrics are means over all, rank 0 writes checkpoints and
    experiments. Every process makes its trainer and calls it alike.

    Args:
        model: The model. Without ``criterion`` it must have
            ``compute_loss(batch) -> {"loss": tensor, ...}``, as every `BaseModel` has.
        optimizer: An optimizer over the model's parameters.
        criterion: A loss function. With it a batch is a pair (inputs, targets) and the loss is
            ``criterion(model(inputs), targets)``.
        device: Where to train; by default CUDA, else MPS, else the CPU. The model is moved there
            now, each batch as it comes.
        checkpoint_dir: A folder for ``last.pt``, saved after every epoch, and ``best.pt``, saved
            when the loss is the lowest so far. By default nothing is saved.
        scheduler: A learning rate scheduler, stepped once an epoch; `ReduceLROnPlateau` gets the
            validation loss, or without validation the training loss.
        max_grad_norm: The Euclidean norm to which gradients are clipped; not clipped by default.
        callbacks: Called in this order, after checkpoints and experiment, before early
            stopping.
        early_stopping_patience: Stop after so many epochs without a lower loss (`EarlyStopping`);
            by default never.

    Attributes:
        state: How far training has come, a `TrainingState`.

    Raises:
        TrainingError: If there is no way to compute a loss, or an argument breaks its rule.

    Example:
        >>> _ = torch.manual_seed(0)
        >>> model = nn.Linear(1, 1)
        >>> trainer = Trainer(model, torch.optim.SGD(model.parameters(), lr=0.1), nn.MSELoss())
        >>> batches = [(torch.ones(4, 1), torch.ones(4, 1))]
        >>> state = trainer.train(batches, val_loader=batches, epochs=3)
        >>> state.current_epoch, state.global_step, len(state.val_metrics["loss"])
        (3, 3, 3)
        >>> state.train_metrics["loss"][-1] < state.train_metrics["loss"][0]
        True
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        criterion: Callable[[Any, Any], Tensor] | None = None,
        device: torch.device | str | None = None,
        checkpoint_dir: str | os.PathLike[str] | None = None,
        *,
        scheduler: LRScheduler | ReduceLROnPlateau | None = None,
        max_grad_norm: float | None = None,
        callbacks: Sequence[Callback] = (),
        early_stopping_patience: int | None = None,
    ) -> None:
        check_has_loss(model, criterion)
        if max_grad_norm is not None and not max_grad_norm > 0:
            raise TrainingError(
                f"max_grad_norm must be above 0, got {max_grad_norm!r}. "
                "Leave it out to train without clipping."
            )
        self.device = choose_device() if device is None else torch.device(device)
        self.model = model.to(self.device)
        self.optimizer = optimizer
        # A criterion that is a module may hold tensors of its own, such as class weights.
        self.criterion = (
            criterion.to(self.device) if isinstance(criterion, nn.Module) else criterion
        )
        self.scheduler = scheduler
        self.max_grad_norm = max_grad_norm
        self.state = TrainingState()
        self.random_states: list[Any] = []
        self._parallel = Parallel()
        self._experiment: list[Callback] = []
        self._trial: list[Callback] = []
        # Checkpoints come first: what a later callback raises must not cost the epoch.
        self._checkpoints = [] if checkpoint_dir is None else [Checkpoints(checkpoint_dir)]
        self._callbacks = list(callbacks)
        patience = early_stopping_patience
        self._stopping = [] if patience is None else [EarlyStopping(patience)]

    @property
    def rank(self) -> int:
        """The number of this process among those that train together, from 0."""
        return self._parallel.rank

    @property
    def callbacks(self) -> list[Callback]:
        """All callbacks in the order they are called, the trainer's own included."""
        return [
            *self._checkpoints,
            *self._experiment,
            *self._callbacks,
            *self._stopping,
            *self._trial,
        ]

    def add_callback(self, callback: Callback) -> None:
        """Call one more callback from now on, after those there are.

        Args:
            callback: As in ``callbacks``.
        """
        self._callbacks.append(callback)

    def set_experiment(self, experiment: MetricLog | None) -> None:
        """Log each epoch's metrics to an experiment from now on; with None, to none.

        Args:
            experiment: Gets ``log_metrics({"train_loss": ..., "val_loss": ...}, step=epoch)``
                after every epoch, counted from 1.
        """
        self._experiment = []
        if experiment is not None and self.rank == 0:
            self._experiment = [ExperimentLogger(experiment)]

    def stop(self, reason: str) -> None:
        """End training after the running epoch; for callbacks.

        Args:
            reason: Why, kept as ``state.stop_reason``.
        """
        self.state.stop_reason = reason

    def train(
        self,
        train_loader: Iterable[Any],
        val_loader: Iterable[Any] | None = None,
        epochs: int = 10,
    ) -> TrainingState:
        """Train until ``epochs`` epochs are done in total.

        After ``load_checkpoint``, or when called again, training continues where it was; it does
        nothing when ``state.current_epoch`` has reached ``epochs`` already.

        Args:
            train_loader: Gives the batches of an epoch each time it is iterated: tensors, tuples,
                lists or dicts.
            val_loader: The same for validation after each epoch, in eval mode, without gradients.
            epochs: The total number of epochs, those of an earlier call or a loaded checkpoint
                included, at least 0; default 10.

        Returns:
            The state: ``state.val_metrics["loss"][-1]`` is the last validation loss.

        Raises:
            TrainingError: If a loss or gradient norm is not finite, a loader gives no batches, or
                a batch or loss has not the expected form.
        """
        if isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 0:
            raise TrainingError(
                f"epochs must be an integer of at least 0, got {epochs!r}. It is the total, "
                "epochs already trained included."
            )
        was_training = self.model.training
        self._parallel = Parallel()
        self._called: Any = self._parallel.wrap(self.model, self.criterion)
        train_loader = self._parallel.shard(train_loader, trains=True)
        if val_loader is not None:
            val_loader = self._parallel.shard(val_loader, trains=False)
        self._join_trial()
        self.state.stop_reason = None
        for callback in self.callbacks:
            callback.on_train_begin(self)
        try:
            while self.state.current_epoch < epochs and self._goes_on():
                self._run_epoch(train_loader, val_loader, epochs)
        finally:
            self.model.train(was_training)
            for callback in self.callbacks:
                callback.on_train_end(self)
        if self.state.stop_reason is not None:
            logger.info("stopped: %s", self.state.stop_reason)
        return self.state

    def _goes_on(self) -> bool:
        """Whether no process's callback has stopped training; the first reason is everybody's."""
        reasons = self._parallel.gather(self.state.stop_reason)
        self.state.stop_reason = next((each for each in reasons if each is not None), None)
        return self.state.stop_reason is None

    def _join_trial(self) -> None:
        """Inside a search, take part in its trial from the first call of `train` on."""
        trial = running_trial()
        if trial is None or self._trial:
            return
        callback = TrialCallback(trial)
        callback.resume(self)
        self._trial = [callback]

    def evaluate(self, loader: Iterable[Any]) -> dict[str, float]:
        """Return the mean of each metric over a loader's samples; ``state`` stays as it is.

        Args:
            loader: Gives batches as for `train`.

        Returns:
            Means weighted by batch size, with at least ``loss``. The model is in eval mode
            meanwhile, without gradients, and then back in the mode it was in.

        Raises:
            TrainingError: As for `train`.
        """
        self._parallel = Parallel()
        own = self._parallel.shard(loader, trains=False)
        return self._evaluate(own, self.state.current_epoch)

    def save_checkpoint(self, path: str | os.PathLike[str]) -> None:
        """Save model, optimizer, scheduler, state and torch's random state to a file.

        Args:
            path: The file; its folder is made if need be, an older file replaced in one step.

        Raises:
            TrainingError: If the file cannot be written.
        """
        checkpoint.save(self, path)

    def load_checkpoint(self, path: str | os.PathLike[str]) -> TrainingState:
        """Go back to a checkpoint; `train` then continues as if it had never been interrupted.

        Torch's random state is restored too, so shuffling and sampling go on with the numbers
        that would have come. A data loader with a generator of its own keeps that one.

        Args:
            path: A file saved by `save_checkpoint`. It is read with ``weights_only=True``, so it
                cannot run code. Its tensors may come from another kind of device.

        Returns:
            The loaded state, now the trainer's.

        Raises:
            TrainingError: If the file is missing or damaged, or from another model, optimizer or
                scheduler.
        """
        checkpoint.restore(self, path)
        return self.state

    def _run_epoch(
        self, train_loader: Iterable[Any], val_loader: Iterable[Any] | None, epochs: int
    ) -> None:
        epoch = self.state.current_epoch + 1
        for callback in self.callbacks:
            callback.on_epoch_begin(self, epoch)
        train = self._train(train_loader, epoch)
        val = {} if val_loader is None else self._evaluate(val_loader, epoch)
        self.state.record(train, val)
        self._step_scheduler()
        self.random_states = self._parallel.gather(checkpoint.random_state())
        metrics = {f"train_{name}": value for name, value in train.items()}
        metrics |= {f"val_{name}": value for name, value in val.items()}
        if not self.rank:
            logger.info("epoch %d/%d: %s", epoch, epochs, metrics)
        for callback in self.callbacks:
            callback.on_epoch_end(self, epoch, metrics)

    def _train(self, loader: Iterable[Any], epoch: int) -> dict[str, float]:
        means = WeightedMeans()
        self.model.train()
        self._parallel.begin_epoch(loader, epoch)
        for number, batch in enumerate(loader, start=1):
            for callback in self.callbacks:
                callback.on_batch_begin(self, number)
            moved = to_device(batch, self.device)
            losses = losses_of(moved, self._called, self.criterion)
            metrics = as_floats(losses)
            # Before the step, so that the weights stay those of the last good batch.
            check_finite("training loss", metrics["loss"], epoch, number)
            self._step_optimizer(losses["loss"], epoch, number)
            means.add(metrics, batch_size(moved))
            for callback in self.callbacks:
                callback.on_batch_end(self, number, metrics)
        means.merge(self._parallel.gather(means))
        return means.result("train_loader")

    def _evaluate(self, loader: Iterable[Any], epoch: int) -> dict[str, float]:
        means = WeightedMeans()
        # The model itself: what averages gradients would wait for ranks that have no more batches.
        called: Any = self.model if self.criterion is not None else self.model.compute_loss
        was_training = self.model.training
        self.model.eval()
        try:
            with torch.no_grad():
                for number, batch in enumerate(loader, start=1):
                    moved = to_device(batch, self.device)
                    metrics = as_floats(losses_of(moved, called, self.criterion))
                    check_finite("validation loss", metrics["loss"], epoch, number)
                    means.add(metrics, batch_size(moved))
        finally:
            self.model.train(was_training)
        means.merge(self._parallel.gather(means))
        return means.result("val_loader")

    def _step_optimizer(self, loss: Tensor, epoch: int, number: int) -> None:
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        if self.max_grad_norm is not None:
            norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.max_grad_norm).item()
            # Clipping by an infinite norm would turn every weight into NaN.
            check_finite("gradient norm", norm, epoch, number)
        self.optimizer.step()
        self.state.global_step += 1

    def _step_scheduler(self) -> None:
        if isinstance(self.scheduler, ReduceLROnPlateau):
            self.scheduler.step(self.state.losses[-1])
        elif self.scheduler is not None:
            self.scheduler.step()
