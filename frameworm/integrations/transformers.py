"""Hugging Face's Trainer inside a search: reports, pruning, checkpoints and resuming.

Needs ``transformers`` and ``accelerate``. In a train function::

    trainer = transformers.Trainer(model, arguments, ..., callbacks=[TrialCallback()])
    trainer.train(resume_from_checkpoint=last_checkpoint())
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from frameworm.errors import MissingPackageError, TrialInterrupted
from frameworm.trial.current import running_trial

try:
    from transformers import TrainerCallback
except ImportError as error:
    raise MissingPackageError(
        "frameworm.integrations.transformers needs transformers: pip install 'transformers[torch]'."
    ) from error

__all__ = ["TrialCallback", "last_checkpoint"]

_STATE = "trainer_state.json"


def last_checkpoint() -> str | None:
    """Return the checkpoint that this trial left when its process died, if it did.

    Returns:
        What ``Trainer.train`` takes as ``resume_from_checkpoint``; ``None`` outside a search, or to
        begin anew.
    """
    trial = running_trial()
    folder = None if trial is None else trial.checkpoint_dir
    if folder is None:
        return None
    complete = [path for path in folder.glob("checkpoint-*") if _is_complete(path)]
    return str(max(complete, key=_step)) if complete else None


class TrialCallback(TrainerCallback):  # type: ignore[misc]  # seen as untyped, installed or not
    """Reports each evaluation to the trial it runs in, and keeps the last checkpoint there.

    The metric searched for is one of the evaluation's, such as ``"eval_loss"``. A step of the curve
    is an epoch where ``eval_strategy="epoch"``, else an optimizer step. Each epoch is saved, the
    last one stays, in ``current_trial().checkpoint_dir`` instead of the arguments' ``output_dir``.
    Outside a search nothing happens.

    Example:
        Searched with ``metric="eval_loss"``::

            arguments = transformers.TrainingArguments("output", eval_strategy="epoch")
            transformers.Trainer(model, arguments, ..., callbacks=[TrialCallback()])
    """

    def on_init_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Send the trainer's checkpoints to the trial's folder."""
        del state, control, kwargs
        trial = running_trial()
        if trial is not None and trial.checkpoint_dir is not None:
            args.output_dir = str(trial.checkpoint_dir)
            args.save_total_limit = 1

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Take up the curve of an earlier process; nothing is pruned for it."""
        del control, kwargs
        trial = running_trial()
        if trial is None or trial.repeat:
            return
        curve = {}
        for entry in state.log_history:
            if trial.reports.metric in entry:
                step = _curve_step(args, entry["epoch"], entry["step"])
                curve[step] = float(entry[trial.reports.metric])
        trial.reports.restore(curve)

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Break off where the search is being stopped; the last epoch's checkpoint is there.

        Raises:
            TrialInterrupted: If it is: the trial goes back to waiting.
        """
        del args, state, control, kwargs
        trial = running_trial()
        if trial is not None and trial.should_stop:
            raise TrialInterrupted

    def on_epoch_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Have the trainer save this epoch, once it is evaluated."""
        del args, state, kwargs
        trial = running_trial()
        if trial is not None and trial.checkpoint_dir is not None:
            control.should_save = True

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Save the checkpoint where the search keeps them."""
        del args, state, control, kwargs
        trial = running_trial()
        if trial is not None:
            trial.upload_checkpoint()

    def on_evaluate(
        self, args: Any, state: Any, control: Any, metrics: Any = None, **kwargs: Any
    ) -> None:
        """Report an evaluation: a pruned trial ends here.

        Raises:
            TrialPruned: If the pruner stops the trial.
        """
        del control, kwargs
        trial = running_trial()
        if trial is None or trial.repeat or trial.reports.metric not in (metrics or {}):
            return
        numbers = {
            name: value for name, value in metrics.items() if isinstance(value, (int, float))
        }
        trial.reports.add(_curve_step(args, state.epoch or 0, state.global_step), numbers)


def _curve_step(args: Any, epoch: float, step: int) -> int:
    # Trials may have different batch sizes, so that epochs compare where steps would not.
    return round(epoch) if args.eval_strategy == "epoch" else int(step)


def _step(checkpoint: Path) -> int:
    return int(checkpoint.name.rpartition("-")[2])


def _is_complete(checkpoint: Path) -> bool:
    """Whether it was saved to the end: the trainer writes its own state last."""
    try:
        json.loads((checkpoint / _STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return True
