"""Hyperparameter search: grid, random, quasi-random, Bayesian; parallel, on an Optuna study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frameworm.lazy import lazy_exports

if TYPE_CHECKING:
    from frameworm.search.analysis.analyzer import SearchAnalyzer
    from frameworm.search.bayesian import BayesianSearch
    from frameworm.search.grid import GridSearch
    from frameworm.search.quasirandom import QuasiRandomSearch
    from frameworm.search.random import RandomSearch
    from frameworm.search.results.results import SearchResults
    from frameworm.search.space import (
        Categorical,
        Integer,
        Real,
        expand_search_space,
        sample_configuration,
    )
    from frameworm.trial.current import current_trial
    from frameworm.trial.reporting import report

_EXPORTS = {
    "BayesianSearch": "frameworm.search.bayesian",
    "Categorical": "frameworm.search.space",
    "GridSearch": "frameworm.search.grid",
    "Integer": "frameworm.search.space",
    "QuasiRandomSearch": "frameworm.search.quasirandom",
    "RandomSearch": "frameworm.search.random",
    "Real": "frameworm.search.space",
    "SearchAnalyzer": "frameworm.search.analysis.analyzer",
    "SearchResults": "frameworm.search.results.results",
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
    "QuasiRandomSearch",
    "RandomSearch",
    "Real",
    "SearchAnalyzer",
    "SearchResults",
    "current_trial",
    "expand_search_space",
    "report",
    "sample_configuration",
]

__getattr__, __dir__ = lazy_exports(__name__, _EXPORTS)
