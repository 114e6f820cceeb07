"""Batches of any form, and the device they go to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from frameworm.errors import TrainingError

__all__ = ["batch_size", "choose_device", "to_device"]


def choose_device() -> torch.device:
    """Return the fastest device there is: CUDA, else Apple's MPS, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def to_device(batch: Any, device: torch.device) -> Any:
    """Return the batch with every tensor in it on ``device``.

    Args:
        batch: A tensor, anything else with a ``to`` method, or tuples, lists and dicts of these,
            nested at will. Other things are returned as they are.
        device: Where the tensors go.

    Example:
        >>> to_device({"x": torch.zeros(2), "name": "a"}, torch.device("meta"))["x"].device
        device(type='meta')
    """
    if hasattr(batch, "to"):
        return batch.to(device)
    if isinstance(batch, Mapping):
        return {key: to_device(value, device) for key, value in batch.items()}
    if isinstance(batch, (tuple, list)):
        items = [to_device(item, device) for item in batch]
        if hasattr(batch, "_fields"):  # a named tuple takes its items one by one
            return type(batch)(*items)
        return tuple(items) if isinstance(batch, tuple) else items
    return batch


def batch_size(batch: Any) -> int:
    """Return the number of samples: the first dimension of the first tensor in the batch.

    Args:
        batch: A tensor, or tuples, lists and dicts with tensors in them.

    Raises:
        TrainingError: If there is no tensor with a first dimension, or it is empty.

    Example:
        >>> batch_size((torch.zeros(4, 1, 8, 8), torch.zeros(4)))
        4
    """
    size = _first_dimension(batch)
    if not size:
        raise TrainingError(
            "A batch must hold at least one tensor whose first dimension is the samples, got "
            f"{size or 'none'} in a {type(batch).__name__}. Give the data loader a collate_fn."
        )
    return size


def _first_dimension(batch: Any) -> int | None:
    if isinstance(batch, Tensor):
        return batch.shape[0] if batch.dim() else None
    items = batch.values() if isinstance(batch, Mapping) else batch
    if not isinstance(batch, (Mapping, tuple, list)):
        return None
    sizes = (_first_dimension(item) for item in items)
    return next((size for size in sizes if size is not None), None)
