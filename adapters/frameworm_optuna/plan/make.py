"""The planner of each strategy."""

from __future__ import annotations

from frameworm.search.space.conditions import is_conditional
from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Adaptive, Grid, QuasiRandom, Random
from frameworm_optuna.plan.adaptive import AdaptivePlanner
from frameworm_optuna.plan.conditional_grid import ConditionalGridPlanner
from frameworm_optuna.plan.grid import GridPlanner
from frameworm_optuna.plan.planner import Evaluated, Planner
from frameworm_optuna.plan.quasirandom import QuasiRandomPlanner
from frameworm_optuna.plan.random import RandomPlanner
from frameworm_optuna.plan.restricted import RestrictedPlanner

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
            return ConditionalGridPlanner(strategy, space, feasible, evaluated)
        return GridPlanner(strategy, space, evaluated)
    planner: Planner
    if isinstance(strategy, Adaptive):
        planner = AdaptivePlanner(strategy, space)
    elif isinstance(strategy, QuasiRandom):
        planner = QuasiRandomPlanner(strategy, space)
    else:
        planner = RandomPlanner(Random(len(strategy), strategy.seed), space)
    return RestrictedPlanner(planner, space, strategy.seed, feasible) if is_restricted else planner
