"""What a training run has reached: epochs, steps and the metrics of every epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from frameworm.errors import TrainingError, nearest

__all__ = ["TrainingState"]


@dataclass
class TrainingState:
    """How far a training run has come.

    Attributes:
        current_epoch: Completed epochs; while the first runs, 0.
        global_step: Optimizer steps taken.
        train_metrics: For each metric, its mean over the training samples, one value an epoch.
        val_metrics: The same over the validation samples; empty without validation.
        stop_reason: Why training stopped before its last epoch; None when it did not.

    Example:
        >>> state = TrainingState(val_metrics={"loss": [3.0, 1.0, 2.0]})
        >>> state.losses, state.best_epoch
        ([3.0, 1.0, 2.0], 2)
    """

    current_epoch: int = 0
    global_step: int = 0
    train_metrics: dict[str, list[float]] = field(default_factory=dict)
    val_metrics: dict[str, list[float]] = field(default_factory=dict)
    stop_reason: str | None = None

    @property
    def losses(self) -> list[float]:
        """The losses that say how good an epoch was: validation's, or else training's."""
        return self.val_metrics.get("loss") or self.train_metrics.get("loss", [])

    @property
    def best_epoch(self) -> int | None:
        """The epoch of the lowest of `losses`, counted from 1; None before the first epoch.

        It counts the epochs that `losses` covers: all of them, unless validation was begun or
        left out midway.
        """
        losses = self.losses
        return losses.index(min(losses)) + 1 if losses else None

    def history(self, name: str) -> list[float]:
        """Return the values of one metric, one an epoch.

        Args:
            name: The metric with its prefix, ``train_`` or ``val_``, for example ``val_loss``.

        Raises:
            TrainingError: If there is no such metric.

        Example:
            >>> TrainingState(train_metrics={"loss": [3.0, 1.0]}).history("train_loss")
            [3.0, 1.0]
        """
        known = {
            **{f"train_{key}": values for key, values in self.train_metrics.items()},
            **{f"val_{key}": values for key, values in self.val_metrics.items()},
        }
        if name in known:
            return known[name]
        raise TrainingError(
            f"A metric must be one of {', '.join(sorted(known)) or 'none so far'}; got {name!r}."
            f"{nearest(name, known)} Names with val_ need a val_loader."
        )

    def record(self, train: Mapping[str, float], val: Mapping[str, float]) -> None:
        """Note the means of one more completed epoch; ``val`` is empty without validation."""
        for name, value in train.items():
            self.train_metrics.setdefault(name, []).append(value)
        for name, value in val.items():
            self.val_metrics.setdefault(name, []).append(value)
        self.current_epoch += 1

    def to_dict(self) -> dict[str, Any]:
        """Return the state as plain dicts, lists and numbers, independent of this object."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TrainingState:
        """Return the state that `to_dict` gave ``values`` for.

        Example:
            >>> state = TrainingState(current_epoch=2)
            >>> TrainingState.from_dict(state.to_dict()) == state
            True
        """
        return cls(**values)
