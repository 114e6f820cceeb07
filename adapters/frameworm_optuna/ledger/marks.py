"""What one of Optuna's trial objects says of itself."""

from __future__ import annotations

import json

from optuna.trial import FrozenTrial

from frameworm_optuna.translate.trial_attrs import ADDED, CLAIM, FIXED

__all__ = ["internal_values", "is_enqueued", "is_extra", "left_by_claim"]


def internal_values(trial: FrozenTrial) -> dict[str, float]:
    """Return a trial's parameters in Optuna's internal numbers."""
    return {
        name: trial.distributions[name].to_internal_repr(value)
        for name, value in trial.params.items()
    }


def is_enqueued(trial: FrozenTrial) -> bool:
    """Whether somebody has enqueued the trial."""
    return FIXED in trial.system_attrs


def is_extra(trial: FrozenTrial) -> bool:
    """Whether the trial counts among those asked for whatever its number."""
    return is_enqueued(trial) or ADDED in trial.system_attrs


def left_by_claim(trial: FrozenTrial) -> str | None:
    """Return a trial's claim as the SQL ledger's attribute would hold it."""
    stored = trial.system_attrs.get(CLAIM)
    return None if stored is None else json.dumps(stored)
