"""What a search may vary: dimensions, conditions between them, grids, and their JSON.

Imports core alone.
"""

from frameworm.search.space.dimensions import Categorical, Integer, Real
from frameworm.search.space.spaces import expand_search_space, sample_configuration

__all__ = ["Categorical", "Integer", "Real", "expand_search_space", "sample_configuration"]
