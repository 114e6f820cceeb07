"""A search's trials in TensorBoard: curves, and its table of hyperparameters."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from frameworm.checkpoints.names import trial_name
from frameworm.errors import MissingPackageError
from frameworm.integrations.plain_params import plain_params
from frameworm.search.execution.callbacks import SearchCallback
from frameworm.trial.outcome import Outcome
from frameworm.trial.spec import TrialSpec

__all__ = ["TensorBoardLogger"]


class TensorBoardLogger(SearchCallback):
    """Writes each trial as a run of its own, ``STUDY/trial-00003``, when it ends.

    ``tensorboard --logdir`` shows what trials reported as the curve ``reported``, and their
    parameters and metrics in the tab of hyperparameters.

    Args:
        log_dir: The folder for TensorBoard's files; made when first needed.

    Raises:
        MissingPackageError: If tensorboard is not installed.

    Example:
        ``search.run(train_fn, callbacks=[TensorBoardLogger("runs")])``
    """

    def __init__(self, log_dir: str | os.PathLike[str] = "runs") -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise MissingPackageError(
                "TensorBoardLogger needs tensorboard: pip install tensorboard."
            ) from error
        self._writer: Any = SummaryWriter
        self._log_dir = Path(log_dir)

    def on_trial_end(self, trial: TrialSpec, outcome: Outcome) -> None:
        """Write the trial's curve, parameters and metrics.

        Args:
            trial: The trial.
            outcome: What became of it.
        """
        folder = self._log_dir / trial.study_name / trial_name(trial.number)
        with self._writer(str(folder)) as writer:
            for step, value in sorted(outcome.intermediate.items()):
                writer.add_scalar("reported", value, step)
            params = {**plain_params(trial.params), "state": outcome.state.value}
            writer.add_hparams(params, dict(outcome.metrics), run_name=".")
