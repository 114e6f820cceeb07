"""The planner of each strategy."""

from __future__ import annotations

from frameworm.search.backend import StudySettings
from frameworm.search.conditions import is_conditional
from frameworm.search.strategy import Adaptive, Grid, QuasiRandom
from frameworm_optuna.adaptive_planner import AdaptivePlanner
from frameworm_optuna.grid_planner import GridPlanner
from frameworm_optuna.planner import Evaluated, Planner
from frameworm_optuna.points_planner import PointsPlanner
from frameworm_optuna.quasi_planner import QuasiRandomPlanner
from frameworm_optuna.random_planner import RandomPlanner
from frameworm_optuna.restricted_planner import RestrictedPlanner

__all__ = ["make_planner"]


def make_planner(settings: StudySettings, evaluated: Evaluated) -> Planner:
    """Return the planner for a study's strategy, conditions and constraints.

    Args:
        settings: What the study is about.
        evaluated: Returns the points the study already has.
    """
    space, strategy, feasible = settings.space, settings.strategy, settings.feasible
    is_restricted = feasible is not None or is_conditional(space)
    if isinstance(strategy, Grid):
        if is_restricted:
            return PointsPlanner(strategy, space, feasible, evaluated)
        return GridPlanner(strategy, space, evaluated)
    planner: Planner
    if isinstance(strategy, Adaptive):
        planner = AdaptivePlanner(strategy, space)
    elif isinstance(strategy, QuasiRandom):
        planner = QuasiRandomPlanner(strategy, space)
    else:
        planner = RandomPlanner(strategy, space)
    return RestrictedPlanner(planner, space, strategy.seed, feasible) if is_restricted else planner
