"""A search's trials as runs of Weights & Biases, also without a network."""

from __future__ import annotations

from typing import Any

from frameworm.errors import MissingPackageError
from frameworm.integrations.plain_params import plain_params
from frameworm.search.execution.callbacks import SearchCallback
from frameworm.trial.outcome import Outcome
from frameworm.trial.spec import TrialSpec
from frameworm.trial.state import TrialState

__all__ = ["WandbLogger"]


class WandbLogger(SearchCallback):
    """Records each trial as a run in the study's group when it ends.

    Starting a run takes Weights & Biases about a second, in which no other trial is handed out.

    Args:
        project: The project's name.
        mode: ``"online"``, or ``"offline"`` to keep runs in ``folder`` for ``wandb sync``.
        folder: Where Weights & Biases keeps its files; its default is ``./wandb``.

    Raises:
        MissingPackageError: If wandb is not installed.

    Example:
        ``search.run(train_fn, callbacks=[WandbLogger("digits", mode="offline")])``
    """

    def __init__(self, project: str, mode: str = "online", folder: str | None = None) -> None:
        try:
            import wandb
        except ImportError as error:
            raise MissingPackageError("WandbLogger needs wandb: pip install wandb.") from error
        self._wandb: Any = wandb
        self._settings = {"project": project, "mode": mode, "dir": folder}

    def on_trial_end(self, trial: TrialSpec, outcome: Outcome) -> None:
        """Record the trial.

        Args:
            trial: The trial.
            outcome: What became of it.
        """
        run = self._wandb.init(
            **self._settings,
            group=trial.study_name,
            name=f"{trial.study_name}-{trial.number}",
            config=plain_params(trial.params),
            tags=[outcome.state.value],
            # One of its own, whatever run the user's code has open.
            reinit="create_new",
        )
        for step, value in sorted(outcome.intermediate.items()):
            run.log({"reported": value}, step=step)
        run.summary.update({**outcome.metrics, "state": outcome.state.value})
        run.finish(exit_code=1 if outcome.state is TrialState.FAIL else 0)
