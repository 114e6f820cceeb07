"""Training inside a search: report every epoch, and go on where an earlier process stopped."""

# ruff: noqa: ARG002 - a hook has the arguments of its base class, whichever it needs.

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from frameworm.errors import TrialInterrupted
from frameworm.training.callbacks import Callback
from frameworm.training.training import Training
from frameworm.trial.current import CurrentTrial

__all__ = ["TrialCallback"]


class TrialCallback(Callback):
    """Reports a trainer's epochs to the trial it runs in, and saves its checkpoint there.

    Args:
        trial: The trial.
    """

    def __init__(self, trial: CurrentTrial) -> None:
        self._trial = trial
        reports = trial.reports
        self._first = max(reports.values, default=0)
        reports.trainers += 1
        directory = trial.checkpoint_dir
        # A train function may use several trainers, one after another.
        name = "last.pt" if reports.trainers == 1 else f"last-{reports.trainers}.pt"
        self._path: Path | None = None if directory is None else directory / name

    def resume(self, trainer: Training) -> None:
        """Go back to the checkpoint that this trial left when it was stopped, if it did."""
        if self._path is None or not self._path.is_file() or trainer.state.current_epoch:
            return
        trainer.load_checkpoint(self._path)
        if self._trial.repeat or self._metric_of(trainer) is None:
            return
        history = trainer.state.history(self._trial.reports.metric)
        self._trial.reports.restore(
            {self._first + epoch: value for epoch, value in enumerate(history, start=1)}
        )

    def on_batch_begin(self, trainer: Training, batch: int) -> None:
        """Break off where the search is being stopped; the last epoch's checkpoint is there."""
        if self._trial.should_stop:
            raise TrialInterrupted

    def on_epoch_end(self, trainer: Training, epoch: int, metrics: Mapping[str, float]) -> None:
        """Save the checkpoint of this epoch, then report it: a pruned trial ends here."""
        if self._path is not None:
            trainer.save_checkpoint(self._path)
            self._trial.upload_checkpoint()
        # A metric that the train function works out by itself is its own to report.
        if self._trial.repeat == 0 and self._trial.reports.metric in metrics:
            self._trial.reports.add(self._first + epoch, metrics)

    def _metric_of(self, trainer: Training) -> str | None:
        state = trainer.state
        known = {*(f"train_{name}" for name in state.train_metrics)}
        known |= {f"val_{name}" for name in state.val_metrics}
        metric = self._trial.reports.metric
        return metric if metric in known else None
