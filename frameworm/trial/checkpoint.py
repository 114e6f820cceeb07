"""Checkpoints of train functions with a loop of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from frameworm.core.whole_file import whole_file

__all__ = ["OWN_CHECKPOINT", "load", "save"]

OWN_CHECKPOINT = "checkpoint.pt"
"""The file of a trial's folder that ``current_trial().save_checkpoint`` writes."""


def save(folder: Path, content: Mapping[str, Any], *, is_written: bool = True) -> None:
    """Write a checkpoint, whole or not at all.

    Args:
        folder: The trial's folder.
        content: Modules, optimizers, and whatever else ``torch.save`` takes; of an object with a
            ``state_dict`` that is saved.
        is_written: Whether this process writes the file. One that does not takes part all the
            same: a sharded model's state dict is gathered from all ranks.
    """
    import torch

    states = {name: _state(value) for name, value in content.items() if value is not None}
    if not is_written:
        return
    with whole_file(folder / OWN_CHECKPOINT) as draft:
        torch.save(states, draft)


def load(folder: Path, into: Mapping[str, Any]) -> dict[str, Any] | None:
    """Read a checkpoint.

    Args:
        folder: The trial's folder.
        into: Objects that take their state from it, by name; ``None`` for none.

    Returns:
        All it holds; ``None`` where there is no checkpoint.
    """
    import torch

    path = folder / OWN_CHECKPOINT
    if not path.is_file():
        return None
    # The trial's own file, which may hold more than tensors.
    content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=False)
    for name, target in into.items():
        if target is not None and name in content:
            _inner(target).load_state_dict(content[name])
    return content


def _state(value: Any) -> Any:
    state_dict = getattr(_inner(value), "state_dict", None)
    return state_dict() if callable(state_dict) else value


def _inner(value: Any) -> Any:
    """Return the module in a DDP wrapper, whose names are those of one process alone."""
    from torch.nn.parallel import DistributedDataParallel

    return value.module if isinstance(value, DistributedDataParallel) else value
