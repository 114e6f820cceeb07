"""Checkpoints of a trainer: written in one step, read without running code from them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from frameworm.core.config import Config
from frameworm.core.registry import get_model, registered_name
from frameworm.core.whole_file import whole_file
from frameworm.errors import TrainingError
from frameworm.training.state import TrainingState
from frameworm.training.training import Training

__all__ = ["load_model", "plain", "random_state", "restore", "save"]

_KEYS = {"model", "optimizer", "scheduler", "state", "random_state"}


def save(trainer: Training, path: str | os.PathLike[str]) -> None:
    """Save a trainer's model, optimizer, scheduler, state and torch's random state.

    Of several processes rank 0 writes.

    Raises:
        TrainingError: If the file cannot be written.
    """
    if trainer.rank:
        return
    scheduler = trainer.scheduler
    content = {
        "model": trainer.model.state_dict(),
        "optimizer": plain(trainer.optimizer.state_dict()),
        "scheduler": None if scheduler is None else plain(scheduler.state_dict()),
        "state": trainer.state.to_dict(),
        "random_state": random_state(),
        # Of the other processes that train together, each of which has its own.
        "random_states": trainer.random_states[1:],
        "model_name": registered_name(type(trainer.model)),
        "config": _config(trainer.model),
    }
    _write(Path(path), content)


def restore(trainer: Training, path: str | os.PathLike[str]) -> None:
    """Put a trainer, and torch's random state, back to where `save` was called.

    Raises:
        TrainingError: If the file is missing or damaged, or from another model, optimizer or
            scheduler.
    """
    content = _read(Path(path))
    if trainer.scheduler is not None and content["scheduler"] is None:
        raise TrainingError(
            f"A trainer with a scheduler needs the scheduler's state, but {path} was saved "
            "without one. Load it in a trainer without scheduler."
        )
    try:
        state = TrainingState.from_dict(content["state"])
        trainer.model.load_state_dict(content["model"])
        trainer.optimizer.load_state_dict(content["optimizer"])
        if trainer.scheduler is not None:
            trainer.scheduler.load_state_dict(content["scheduler"])
        own = content["random_state"]
        others = content.get("random_states", [])
        if 0 < trainer.rank <= len(others):
            own = others[trainer.rank - 1]
        _set_random_state(own)
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError) as exc:
        raise TrainingError(
            f"A checkpoint must come from the same model, optimizer and scheduler, but {path} "
            f"does not fit: {exc}. Build them with the configuration it was saved with."
        ) from exc
    trainer.state = state


def load_model(
    path: str | os.PathLike[str],
    config: Config,
    factory: Callable[[Config], Any] | None = None,
) -> Any:
    """Return the model a checkpoint holds, on the CPU, in eval mode.

    Args:
        path: A file that `save` or ``current_trial().save_checkpoint`` wrote, or a bare state
            dict that ``torch.save`` did.
        config: What the model is built from, unless the checkpoint knows.
        factory: Makes the model from a `Config`; may be left out for a registered model.

    Raises:
        TrainingError: If the file is missing or damaged, or the model cannot be built or does not
            fit.
    """
    content = _load(Path(path))
    if not isinstance(content.get("model"), Mapping):
        content = {"model": content}
    if content.get("config") is not None:
        config = Config.from_dict(content["config"])
    name = content.get("model_name")
    if factory is None and name is None:
        raise TrainingError(
            f"The model of {path} is not registered, so it cannot be built by itself. Pass "
            "factory=, a function from a Config to the model, or register its class."
        )
    model = (factory or get_model(str(name)))(config)
    try:
        model.load_state_dict(content["model"])
    except RuntimeError as exc:
        raise TrainingError(
            f"The model built for {path} does not fit its weights: {exc}. Build it as the train "
            "function did."
        ) from exc
    return model.eval()


def _config(model: nn.Module) -> dict[str, Any] | None:
    """Return the configuration a model was built from, if it can be read back as plain values."""
    config = getattr(model, "config", None)
    if not isinstance(config, Config):
        return None
    values = plain(config.to_dict())
    try:
        json.dumps(values)
    except (TypeError, ValueError):
        return None
    return dict(values)


def _write(target: Path, content: dict[str, Any]) -> None:
    try:
        with whole_file(target) as draft:
            torch.save(content, draft)
    except (OSError, RuntimeError) as exc:  # torch reports a full disk as a RuntimeError
        raise TrainingError(
            f"A checkpoint must be written where there is room and permission, but {target} "
            f"cannot be: {exc}. Choose another path."
        ) from exc


def _read(target: Path) -> dict[str, Any]:
    content = _load(target)
    if not content.keys() >= _KEYS:
        found = sorted(content)
        raise TrainingError(
            f"A Trainer's checkpoint holds {', '.join(sorted(_KEYS))}, but {target} holds "
            f"{found}. Load a bare state dict with model.load_state_dict instead."
        )
    return content


def _load(target: Path) -> dict[str, Any]:
    if not target.is_file():
        raise TrainingError(
            f"A checkpoint must be an existing file, but there is none at {target}. "
            "Save one with save_checkpoint(path) or Trainer(checkpoint_dir=...)."
        )
    try:
        content = torch.load(target, map_location="cpu", weights_only=True)
    except Exception as exc:  # a damaged file may make the unpickler raise anything
        raise TrainingError(
            f"A checkpoint must be readable by torch.load(weights_only=True), but {target} is "
            f"not: it is damaged or holds more than tensors and plain values ({exc}). "
            "Load an older checkpoint, such as best.pt, or train anew."
        ) from exc
    if not isinstance(content, dict):
        raise TrainingError(
            f"A checkpoint holds a dictionary, but {target} holds a {type(content).__name__}. "
            "Save the model's state_dict()."
        )
    return content


def plain(value: Any) -> Any:
    """Return nested containers with NumPy's numbers made Python's, which alone can be read back.

    A learning rate out of ``numpy.logspace`` ends up in the optimizer's state.

    Example:
        >>> plain({"lr": [np.float64(0.5)]})
        {'lr': [0.5]}
    """
    if isinstance(value, np.generic):
        return value.item()
    # Exactly these types: a subclass such as Counter must stay what it is.
    if type(value) is dict:
        return {plain(key): plain(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(plain(item) for item in value)
    return value


def random_state() -> dict[str, Any]:
    """Return torch's random state, on the CPU and each GPU."""
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return {"cpu": torch.get_rng_state(), "cuda": cuda}


def _set_random_state(state: Mapping[str, Any]) -> None:
    torch.set_rng_state(state["cpu"])
    # A machine with other devices than the one that saved cannot repeat its numbers anyway.
    if torch.cuda.is_available() and len(state["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(state["cuda"])
