"""Understanding a search: the analyzer, the plots as methods, exports, the report, the dashboard.

Imports plots, results, study, space, trial and core.
"""

from frameworm.search.analysis.analyzer import SearchAnalyzer

__all__ = ["SearchAnalyzer"]
