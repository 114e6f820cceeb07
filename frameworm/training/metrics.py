"""Epoch metrics: means over samples, whatever the sizes of the batches."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from frameworm.errors import TrainingError

__all__ = ["WeightedMeans", "as_floats", "check_finite"]


class WeightedMeans:
    """Means of batch metrics, weighted by batch size, so that a small last batch counts less.

    Example:
        >>> means = WeightedMeans()
        >>> means.add({"loss": 1.0}, size=3)
        >>> means.add({"loss": 5.0}, size=1)
        >>> means.result("train_loader")
        {'loss': 2.0}
    """

    def __init__(self) -> None:
        self._totals: dict[str, float] = {}
        self._sizes: dict[str, int] = {}

    def add(self, metrics: Mapping[str, float], size: int) -> None:
        """Take in the metrics of one batch, each a mean over its ``size`` samples."""
        for name, value in metrics.items():
            self._totals[name] = self._totals.get(name, 0.0) + value * size
            self._sizes[name] = self._sizes.get(name, 0) + size

    def merge(self, parts: Sequence[WeightedMeans]) -> None:
        """Become the means over all parts, among them this one, each of one process."""
        together = WeightedMeans()
        for part in parts:
            for name, total in part._totals.items():
                together._totals[name] = together._totals.get(name, 0.0) + total
                together._sizes[name] = together._sizes.get(name, 0) + part._sizes[name]
        self._totals, self._sizes = together._totals, together._sizes

    def result(self, loader: str) -> dict[str, float]:
        """Return the mean of every metric over the samples of the batches that had it.

        Args:
            loader: The name of what gave the batches, for the message.

        Raises:
            TrainingError: If there was no batch.
        """
        if not self._sizes:
            raise TrainingError(
                f"{loader} must give at least one batch each epoch, but it gave none. Check the "
                "data set, drop_last with a large batch_size, and that it is not a generator, "
                "which can be read only once."
            )
        return {name: total / self._sizes[name] for name, total in self._totals.items()}


def check_finite(quantity: str, value: float, epoch: int, batch: int) -> None:
    """Raise unless a value is finite.

    Args:
        quantity: What the value is, for the message.
        value: The value.
        epoch: The epoch, counted from 1.
        batch: The batch within the epoch, counted from 1.

    Raises:
        TrainingError: If the value is NaN or infinite.
    """
    if not math.isfinite(value):
        raise TrainingError(
            f"The {quantity} must be finite, but it is {value} in epoch {epoch}, batch {batch}. "
            "Lower the learning rate, clip the gradients with max_grad_norm, or look for "
            "non-finite inputs."
        )


def as_floats(metrics: Any) -> dict[str, float]:
    """Return what a loss computation gave as plain floats.

    Args:
        metrics: A mapping from names to numbers or to tensors with one element.

    Raises:
        TrainingError: If it is no mapping, lacks ``loss``, or a value is not a single number.

    Example:
        >>> import torch
        >>> as_floats({"loss": torch.tensor(0.5), "accuracy": 1})
        {'loss': 0.5, 'accuracy': 1.0}
    """
    if not isinstance(metrics, Mapping) or not isinstance(metrics.get("loss"), Tensor):
        names = f"the keys {list(metrics)}" if isinstance(metrics, Mapping) else type(metrics)
        raise TrainingError(
            f"compute_loss must return a dict with the tensor to minimise as 'loss', got {names}. "
            "Return for example {'loss': loss}."
        )
    return {name: _as_float(name, value) for name, value in metrics.items()}


def _as_float(name: str, value: Any) -> float:
    if isinstance(value, Tensor):
        if value.numel() != 1:
            raise TrainingError(
                f"A metric must be a single number, but {name!r} has shape {tuple(value.shape)}. "
                "Take its mean over the batch (reduction='mean')."
            )
        value = value.item()
    try:
        return float(value)
    except (TypeError, ValueError) as exc:
        raise TrainingError(
            f"A metric must be a single number, but {name!r} is {value!r}. "
            "Leave it out of what compute_loss returns."
        ) from exc
