"""Quasi-random search: points that fill the space evenly."""

from __future__ import annotations

from frameworm.search.random import RandomSearch
from frameworm.search.study.strategy import QuasiRandom

__all__ = ["QuasiRandomSearch"]


class QuasiRandomSearch(RandomSearch):
    """Try the points of a scrambled Sobol sequence; the seed and ``i`` alone decide trial ``i``.

    They cover the space more evenly than independent draws (Sobol 1967; Bergstra and Bengio 2012
    compare the two for hyperparameters). Points that constraints rule out are replaced by random
    ones. Arguments and errors are those of :class:`~frameworm.search.random.RandomSearch`.
    """

    _tag = "quasirandom_search"
    _strategy_name = "quasirandom"
    _kind = QuasiRandom
