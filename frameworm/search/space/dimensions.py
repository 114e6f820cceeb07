"""The dimensions of a search space: what one parameter may be.

A dimension is immutable and validated when made, so one that exists can be searched.
"""

from __future__ import annotations

from typing import Union

from frameworm.search.space.categorical import Categorical
from frameworm.search.space.integer import Integer
from frameworm.search.space.real import Real
from frameworm.search.space.values import same

__all__ = ["Categorical", "Dimension", "Integer", "Real", "same"]

Dimension = Union[Real, Integer, Categorical]
