"""The base class of models: built from a Config, answers with its own loss."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from frameworm.core.config import Config
from frameworm.errors import ConfigValueError, TrainingError

__all__ = ["BaseModel", "batch_inputs"]

_INPUT_KEYS = ("image", "images", "input", "inputs", "pixel_values", "x")


class BaseModel(nn.Module, ABC):
    """A module that is built from a `Config` and computes its own training loss.

    A subclass calls ``super().__init__(config)``, reads its sizes with `integer_setting` and
    `number_setting`, and implements `compute_loss`. It can then be trained by
    `frameworm.training.Trainer` without a criterion.

    Args:
        config: The whole configuration; the model reads the section ``config.model``. A missing
            section means that every setting takes its default.

    Raises:
        ConfigValueError: If ``config`` is not a `Config` or ``config.model`` is not a section.

    Example:
        >>> from frameworm.core import Config
        >>> class Mean(BaseModel):
        ...     def __init__(self, config):
        ...         super().__init__(config)
        ...         size = self.integer_setting("size", default=3, minimum=1)
        ...         self.mean = nn.Parameter(torch.zeros(size))
        ...     def compute_loss(self, batch):
        ...         return {"loss": (batch_inputs(batch) - self.mean).square().mean()}
        >>> model = Mean(Config.from_dict({"model": {"size": 2}}))
        >>> model.num_parameters, model.device.type
        (2, 'cpu')
        >>> model.compute_loss(torch.ones(4, 2))["loss"].item()
        1.0
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        if not isinstance(config, Config):
            raise ConfigValueError(
                f"A model is built from a Config, got {type(config).__name__}. "
                "Wrap a plain dict with Config.from_dict(...)."
            )
        section = getattr(config, "model", None)
        if section is not None and not isinstance(section, Config):
            raise ConfigValueError(
                f"config.model must be a section with the model's settings, got {section!r}. "
                "Write it as a mapping, for example model: {latent_dim: 16}."
            )
        self.config = config
        self._section = section

    @abstractmethod
    def compute_loss(self, batch: Any) -> Mapping[str, Tensor]:
        """Return the loss of one batch.

        Args:
            batch: What the data loader gave, on the model's device: a tensor of inputs, a tuple
                or list that begins with the inputs, or a dict that holds them (see
                `batch_inputs`). The first dimension of every tensor is the sample.

        Returns:
            Scalar tensors by name, with at least ``loss``, the one to minimise. Each is a mean
            over the samples of the batch, so that the trainer's epoch means are exact.
        """

    @property
    def num_parameters(self) -> int:
        """The number of scalar parameters, frozen ones included."""
        return sum(parameter.numel() for parameter in self.parameters())

    @property
    def device(self) -> torch.device:
        """Where the model's parameters are; the CPU for a model without any."""
        parameter = next(self.parameters(), None)
        return torch.device("cpu") if parameter is None else parameter.device

    def integer_setting(self, key: str, *, default: int, minimum: int) -> int:
        """Return ``config.model.<key>``, an integer of at least ``minimum``.

        Raises:
            ConfigValueError: If the value is not an integer or too small.
        """
        value = self._setting(key, default)
        # bool is an int to Python, but `latent_dim: true` is a slip, not a size of one.
        if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
            raise ConfigValueError(
                f"config.model.{key} must be an integer of at least {minimum}, got {value!r}. "
                f"Leave it out for the default, {default}."
            )
        return value

    def number_setting(self, key: str, *, default: float, minimum: float) -> float:
        """Return ``config.model.<key>``, a finite number of at least ``minimum``.

        Raises:
            ConfigValueError: If the value is not a finite number or too small.
        """
        value = self._setting(key, default)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or value < minimum:
            raise ConfigValueError(
                f"config.model.{key} must be a finite number of at least {minimum}, "
                f"got {value!r}. Leave it out for the default, {default}."
            )
        return float(value)

    def _setting(self, key: str, default: Any) -> Any:
        return default if self._section is None else self._section.get(key, default)


def batch_inputs(batch: Any) -> Tensor:
    """Return the inputs of a batch, without labels or whatever else comes with them.

    Args:
        batch: A tensor; a tuple or list whose first item is the tensor of inputs; or a dict with
            the inputs under ``image``, ``images``, ``input``, ``inputs``, ``pixel_values`` or
            ``x`` (the first of these it has).

    Returns:
        The inputs; the first dimension is the sample.

    Raises:
        TrainingError: If the batch has none of these forms.

    Example:
        >>> batch_inputs((torch.zeros(4, 1, 8, 8), torch.tensor([3, 1, 4, 1]))).shape
        torch.Size([4, 1, 8, 8])
    """
    inputs: Any = batch
    if isinstance(batch, Mapping):
        inputs = next((batch[key] for key in _INPUT_KEYS if key in batch), None)
    elif isinstance(batch, (tuple, list)) and batch:
        inputs = batch[0]
    if isinstance(inputs, Tensor):
        return inputs
    found = f"a dict with the keys {list(batch)}" if isinstance(batch, Mapping) else type(batch)
    raise TrainingError(
        "A batch must be a tensor, a tuple or list that begins with the tensor of inputs, or a "
        f"dict with the inputs under one of {', '.join(_INPUT_KEYS)}; got {found}. "
        "Change the data set or give the data loader a collate_fn."
    )
