"""What becomes of a study's trials when its space or its constraints change."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from optuna.distributions import distribution_to_json

from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Adaptive, Grid
from frameworm.trial.state import TrialState
from frameworm_optuna.ledger.protocol import PlanChange
from frameworm_optuna.plan.grid import GridPlanner
from frameworm_optuna.plan.planner import Planner
from frameworm_optuna.plan.study_points import StudyPoints, point_key
from frameworm_optuna.translate.distributions import to_distribution, to_internal

__all__ = ["plan_change", "plan_digest"]


def plan_digest(planner: Planner, settings: StudySettings) -> str:
    """Return what tells a plan from that of another space, or of other constraints on a grid."""
    if planner.digest:
        return planner.digest
    texts = {name: distribution_to_json(to_distribution(d)) for name, d in settings.space.items()}
    grid = settings.strategy.axes if isinstance(settings.strategy, Grid) else {}
    axes = {name: [to_internal(settings.space[name], v) for v in grid[name]] for name in grid}
    said = json.dumps([texts, axes], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def plan_change(
    planner: Planner, points: StudyPoints, settings: StudySettings, replaces: str | None = None
) -> PlanChange:
    """Return how the trials of a study become those of another plan.

    Trials that are points of a new grid get their place in it, so that neither this plan nor
    Optuna's ``GridSampler`` evaluates them again; waiting ones that are no points any more are
    withdrawn. Where a trial's number decides its point, waiting trials get the new one.

    Args:
        planner: The new plan.
        points: The trials there are.
        settings: What the study is about now.
        replaces: The digest of the plan that is there; ``None`` to replace any.
    """
    digest = plan_digest(planner, settings)
    if isinstance(settings.strategy, Adaptive):
        return PlanChange(digest=digest, replaces=replaces)
    if isinstance(settings.strategy, Grid):
        return replace(_grid_change(planner, points, digest), replaces=replaces)
    changed = {}
    for record, key in points.pairs():
        if record.state is TrialState.WAITING and record.params and record.number < planner.total:
            point = planner.point(record.number)
            if point_key(point) != key:
                changed[record.number] = point
    distributions = {name: to_distribution(dim) for name, dim in settings.space.items()}
    return PlanChange(
        points=changed,
        distributions=distributions,
        digest=digest,
        count=points.seen,
        replaces=replaces,
    )


def _grid_change(planner: Planner, points: StudyPoints, digest: str) -> PlanChange:
    places = {point_key(planner.point(i)): i for i in range(planner.total)}
    attrs = {}
    withdrawn = []
    for record, key in points.pairs():
        place = None if key is None else places.get(key)
        if place is None:
            # What somebody has enqueued is run whether or not it is a point of the grid.
            if record.state is TrialState.WAITING and record.params:
                withdrawn.append(record.number)
        elif isinstance(planner, GridPlanner):
            space = planner.search_space
            attrs[record.number] = {"search_space": space, "grid_id": place}
    return PlanChange(attrs, withdrawn, digest=digest, count=points.seen)
