"""Hyperparameter search: grid, random, quasi-random, Bayesian; parallel, on an Optuna study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frameworm.lazy import lazy_exports

if TYPE_CHECKING:
    from frameworm.search.analysis.analyzer import SearchAnalyzer
    from frameworm.search.bayesian import BayesianSearch
    from frameworm.search.execution.callbacks import SearchCallback
    from frameworm.search.grid import GridSearch
    from frameworm.search.quasirandom import QuasiRandomSearch
    from frameworm.search.random import RandomSearch
    from frameworm.search.results.front import ParetoFront
    from frameworm.search.results.results import SearchResults
    from frameworm.search.search import Search
    from frameworm.search.space import (
        Categorical,
        Integer,
        Real,
        expand_search_space,
        sample_configuration,
    )
    from frameworm.trial.current import current_trial
    from frameworm.trial.record import TrialRecord
    from frameworm.trial.reporting import report

_EXPORTS = {
    "BayesianSearch": "frameworm.search.bayesian",
    "Categorical": "frameworm.search.space",
    "GridSearch": "frameworm.search.grid",
    "Integer": "frameworm.search.space",
    "ParetoFront": "frameworm.search.results.front",
    "QuasiRandomSearch": "frameworm.search.quasirandom",
    "RandomSearch": "frameworm.search.random",
    "Real": "frameworm.search.space",
    "Search": "frameworm.search.search",
    "SearchAnalyzer": "frameworm.search.analysis.analyzer",
    "SearchCallback": "frameworm.search.execution.callbacks",
    "SearchResults": "frameworm.search.results.results",
    "TrialRecord": "frameworm.trial.record",
    "current_trial": "frameworm.trial.current",
    "expand_search_space": "frameworm.search.space",
    "report": "frameworm.trial.reporting",
    "sample_configuration": "frameworm.search.space",
}

__all__ = [
    "BayesianSearch",
    "Categorical",
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
    "TrialRecord",
    "current_trial",
    "expand_search_space",
    "report",
    "sample_configuration",
]

__getattr__, __dir__ = lazy_exports(__name__, _EXPORTS)
