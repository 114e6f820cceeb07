"""PyTorch Lightning inside a search: reports, pruning, checkpoints and resuming by a line each.

Needs ``lightning``. A train function hands both to its trainer, which shall use one device::

    trainer = lightning.Trainer(max_epochs=20, devices=1, callbacks=[TrialCallback()])
    trainer.fit(model, data, ckpt_path=last_checkpoint())
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from frameworm.errors import MissingPackageError, TrialInterrupted
from frameworm.trial.current import running_trial

try:
    from lightning.pytorch import Callback
except ImportError as error:
    raise MissingPackageError(
        "frameworm.integrations.lightning needs lightning: pip install lightning."
    ) from error

__all__ = ["TrialCallback", "last_checkpoint"]


def last_checkpoint() -> str | None:
    """Return the checkpoint that this trial left when its process died, if it did.

    Returns:
        What ``Trainer.fit`` takes as ``ckpt_path``; ``None`` outside a search, or to begin anew.
    """
    path = _path()
    return str(path) if path is not None and path.is_file() else None


class TrialCallback(Callback):  # type: ignore[misc]  # seen as untyped, installed or not
    """Reports each epoch to the trial it runs in, and keeps a checkpoint there.

    The metric searched for is one that the module logs, such as ``"val_loss"``; an epoch that does
    not log it reports nothing. Epochs count from 1. The checkpoint lies in
    ``current_trial().checkpoint_dir`` and holds all that ``Trainer.save_checkpoint`` saves.
    Outside a search nothing happens.

    Example:
        A module with ``self.log("val_loss", loss)``, searched with ``metric="val_loss"``::

            lightning.Trainer(max_epochs=20, devices=1, callbacks=[TrialCallback()])
    """

    def __init__(self) -> None:
        self._curve: dict[int, float] = {}

    def on_train_batch_start(self, *_: Any) -> None:
        """Break off where the search is being stopped; the last epoch's checkpoint is there.

        Raises:
            TrialInterrupted: If it is: the trial goes back to waiting.
        """
        trial = running_trial()
        if trial is not None and trial.should_stop:
            raise TrialInterrupted

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Save the checkpoint of this epoch, then report it: a pruned trial ends here.

        Args:
            trainer: Lightning's trainer.
            pl_module: The module it trains.

        Raises:
            TrialPruned: If the pruner stops the trial.
        """
        del pl_module
        trial = running_trial()
        if trial is None or not trainer.is_global_zero:
            return
        epoch = int(trainer.current_epoch) + 1
        metrics = {name: float(value) for name, value in trainer.callback_metrics.items()}
        is_reported = trial.reports.metric in metrics
        if is_reported:
            self._curve[epoch] = metrics[trial.reports.metric]
        path = _path()
        if path is not None:
            trainer.save_checkpoint(path)
            trial.upload_checkpoint()
        # With several repeats the first one's curve is the trial's.
        if is_reported and trial.repeat == 0:
            trial.reports.add(epoch, metrics)

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint keeps of this callback: the curve so far."""
        return {"curve": dict(self._curve)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take up the curve of an earlier process; nothing is pruned for it.

        Args:
            state_dict: What `state_dict` returned.
        """
        self._curve = dict(state_dict["curve"])
        trial = running_trial()
        if trial is not None and trial.repeat == 0:
            trial.reports.restore(self._curve)


def _path() -> Path | None:
    trial = running_trial()
    folder = None if trial is None else trial.checkpoint_dir
    return None if folder is None else folder / "last.ckpt"
