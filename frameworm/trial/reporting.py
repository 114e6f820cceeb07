"""Report how a trial is doing, from inside a train function."""

from __future__ import annotations

from frameworm.trial.current import running_trial

__all__ = ["report"]


def report(step: int, **metrics: float) -> None:
    """Report the metrics a running trial has reached; outside a search nothing happens.

    The values of the metric searched for become the trial's learning curve. If the search has a
    pruner that holds the trial for hopeless, ``TrialPruned`` ends the train function; it needs no
    handling. ``Trainer.train`` calls this after every epoch.

    Args:
        step: How far the trial is, such as the epoch: a whole number from 0, each step once.
        **metrics: Metrics by name, the one searched for among them; others are shown for a trial
            that is pruned.

    Raises:
        TrialPruned: If the pruner stops the trial.
        MetricError: If the metric searched for is missing.
        SearchArgumentError: If the step is no whole number from 0.

    Example:
        >>> report(1, val_loss=0.5)
    """
    trial = running_trial()
    # With several repeats the first one's curve is the trial's.
    if trial is not None and trial.repeat == 0:
        trial.reports.add(step, metrics)
