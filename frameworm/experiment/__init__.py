"""Experiments: runs with a directory of their own, recorded in one SQLite file per root.

Names are imported when first used, so this import loads neither SQLAlchemy nor pandas.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from frameworm.experiment.experiment import Experiment
    from frameworm.experiment.manager import ExperimentManager

_EXPORTS = {
    "Experiment": "frameworm.experiment.experiment",
    "ExperimentManager": "frameworm.experiment.manager",
}

__all__ = ["Experiment", "ExperimentManager"]


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module 'frameworm.experiment' has no attribute {name!r}")
    value = getattr(importlib.import_module(_EXPORTS[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
