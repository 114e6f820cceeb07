"""What a search has found: results, their frame, front, file and summary.

Imports study, space, trial and core; it does not know the execution.
"""

from frameworm.search.results.front import ParetoFront
from frameworm.search.results.results import SearchResults

__all__ = ["ParetoFront", "SearchResults"]
