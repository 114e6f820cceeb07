"""How a batch's loss is computed: by the model itself, or by a criterion over its output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from frameworm.errors import TrainingError

__all__ = ["check_has_loss", "losses_of"]


def check_has_loss(model: nn.Module, criterion: Callable[[Any, Any], Any] | None) -> None:
    """Refuse a model whose loss there is no way to compute.

    Raises:
        TrainingError: If there is neither a criterion nor a ``compute_loss``.
    """
    if criterion is None and not callable(getattr(model, "compute_loss", None)):
        raise TrainingError(
            "A model without a criterion must have compute_loss(batch), but "
            f"{type(model).__name__} has none. Pass criterion=, for example "
            "torch.nn.CrossEntropyLoss(), or derive the model from BaseModel."
        )


def losses_of(batch: Any, called: Callable[[Any], Any], criterion: Any) -> Any:
    """Return a batch's losses by name.

    Args:
        batch: The batch; with a criterion a pair (inputs, targets).
        called: Gives the losses of a batch, or with a criterion the output for inputs.
        criterion: From output and targets to the loss.

    Raises:
        TrainingError: If there is a criterion and the batch is no pair.
    """
    if criterion is None:
        return called(batch)
    if not isinstance(batch, (tuple, list)) or len(batch) != 2:
        raise TrainingError(
            "With a criterion a batch must be a pair (inputs, targets), got "
            f"{type(batch).__name__}. Change the data set, or give the model compute_loss."
        )
    inputs, targets = batch
    return {"loss": criterion(called(inputs), targets)}
