"""The planner of each strategy."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from frameworm.search.space import Dimension
from frameworm.search.strategy import Grid, Strategy
from frameworm_optuna.grid_planner import GridPlanner
from frameworm_optuna.planner import Planner
from frameworm_optuna.random_planner import RandomPlanner

__all__ = ["make_planner"]


def make_planner(
    strategy: Strategy,
    space: Mapping[str, Dimension],
    evaluated: Callable[[], set[tuple[float, ...]]],
) -> Planner:
    """Return the planner of a strategy.

    Args:
        strategy: A ``Grid`` or a ``Random``.
        space: The dimensions.
        evaluated: Returns the points the study already has.
    """
    if isinstance(strategy, Grid):
        return GridPlanner(strategy, space, evaluated)
    return RandomPlanner(strategy, space)
