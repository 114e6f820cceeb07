"""Experiments: runs with a directory of their own, recorded in one SQLite file per root.

Names are imported when first used, so this import loads neither SQLAlchemy nor pandas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from frameworm.lazy import lazy_exports

if TYPE_CHECKING:
    from frameworm.experiment.experiment import Experiment
    from frameworm.experiment.manager import ExperimentManager

_EXPORTS = {
    "Experiment": "frameworm.experiment.experiment",
    "ExperimentManager": "frameworm.experiment.manager",
}

__all__ = ["Experiment", "ExperimentManager"]

__getattr__, __dir__ = lazy_exports(__name__, _EXPORTS)
