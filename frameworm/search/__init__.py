"""Hyperparameter search: grid, random, quasi-random, Bayesian; parallel, on an Optuna study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frameworm.lazy import lazy_exports

if TYPE_CHECKING:
    from frameworm.search.analysis import SearchAnalyzer
    from frameworm.search.bayesian_search import BayesianSearch
    from frameworm.search.current import current_trial
    from frameworm.search.grid_search import GridSearch
    from frameworm.search.quasirandom_search import QuasiRandomSearch
    from frameworm.search.random_search import RandomSearch
    from frameworm.search.reporting import report
    from frameworm.search.results import SearchResults
    from frameworm.search.space import (
        Categorical,
        Integer,
        Real,
        expand_search_space,
        sample_configuration,
    )

_EXPORTS = {
    "BayesianSearch": "frameworm.search.bayesian_search",
    "Categorical": "frameworm.search.space",
    "GridSearch": "frameworm.search.grid_search",
    "Integer": "frameworm.search.space",
    "QuasiRandomSearch": "frameworm.search.quasirandom_search",
    "RandomSearch": "frameworm.search.random_search",
    "Real": "frameworm.search.space",
    "SearchAnalyzer": "frameworm.search.analysis",
    "SearchResults": "frameworm.search.results",
    "current_trial": "frameworm.search.current",
    "expand_search_space": "frameworm.search.space",
    "report": "frameworm.search.reporting",
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
