"""Frameworm: train PyTorch models and search their best configuration.

Names are imported when first used (SPEC 1, https://scientific-python.org/specs/spec-0001/), so
``import frameworm`` costs next to nothing and loads neither torch nor Optuna.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from frameworm.lazy import lazy_exports
from frameworm.version import __version__

if TYPE_CHECKING:
    from frameworm.core import Config, get_model, list_models, register_model
    from frameworm.errors import FramewormError
    from frameworm.experiment import Experiment, ExperimentManager
    from frameworm.search import (
        BayesianSearch,
        Categorical,
        GridSearch,
        Integer,
        ParetoFront,
        QuasiRandomSearch,
        RandomSearch,
        Real,
        Search,
        SearchAnalyzer,
        SearchCallback,
        SearchResults,
        TrialRecord,
        current_trial,
        report,
    )
    from frameworm.training import Trainer


_EXPORTS = {
    "BayesianSearch": "frameworm.search",
    "Categorical": "frameworm.search",
    "Config": "frameworm.core",
    "Experiment": "frameworm.experiment",
    "ExperimentManager": "frameworm.experiment",
    "FramewormError": "frameworm.errors",
    "GridSearch": "frameworm.search",
    "Integer": "frameworm.search",
    "ParetoFront": "frameworm.search",
    "QuasiRandomSearch": "frameworm.search",
    "RandomSearch": "frameworm.search",
    "Real": "frameworm.search",
    "Search": "frameworm.search",
    "SearchAnalyzer": "frameworm.search",
    "SearchCallback": "frameworm.search",
    "SearchResults": "frameworm.search",
    "Trainer": "frameworm.training",
    "TrialRecord": "frameworm.search",
    "current_trial": "frameworm.search",
    "get_model": "frameworm.core",
    "list_models": "frameworm.core",
    "register_model": "frameworm.core",
    "report": "frameworm.search",
}

__all__ = [
    "BayesianSearch",
    "Categorical",
    "Config",
    "Experiment",
    "ExperimentManager",
    "FramewormError",
    "GridSearch",
    "Integer",
    "ParetoFront",
    "QuasiRandomSearch",
    "RandomSearch",
    "Real",
    "Search",
    "SearchAnalyzer",
    "SearchCallback",
    "SearchResults",
    "Trainer",
    "TrialRecord",
    "__version__",
    "current_trial",
    "get_model",
    "list_models",
    "register_model",
    "report",
]

__getattr__, __dir__ = lazy_exports(__name__, _EXPORTS)
