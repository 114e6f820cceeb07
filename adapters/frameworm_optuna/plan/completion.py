"""Complete the parameters of a claimed trial."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optuna.storages import BaseStorage

from frameworm.search.space.conditions import holds, ordered
from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Random
from frameworm.trial.claim import Claim
from frameworm_optuna.database.failures import patiently
from frameworm_optuna.plan.planner import Planner
from frameworm_optuna.plan.random import RandomPlanner
from frameworm_optuna.translate.distributions import from_internal, to_distribution
from frameworm_optuna.translate.trial_attrs import FIXED

__all__ = ["Completion"]


class Completion:
    """Decides and stores what an enqueued trial lacks.

    Args:
        storage: Where the study lies.
        settings: What it is about.
        planner: Has a value for whatever nobody has fixed.
    """

    def __init__(self, storage: BaseStorage, settings: StudySettings, planner: Planner) -> None:
        self._storage = storage
        self._settings = settings
        self._planner = planner
        self._order = ordered(settings.space)

    def params(self, claim: Claim, values: Mapping[str, float]) -> dict[str, Any]:
        """Return all parameters of a trial, in the space's own types and order.

        Args:
            claim: The trial's claim.
            values: Its stored parameters, in internal numbers.
        """
        space = self._settings.space
        found: dict[str, Any] = {}
        for name in self._order:
            if holds(space, name, found):
                stored = values.get(name)
                internal = self._fill_in(claim, name) if stored is None else stored
                found[name] = from_internal(space[name], internal)
        return {name: found[name] for name in space if name in found}

    def _fill_in(self, claim: Claim, name: str) -> float:
        distribution = to_distribution(self._settings.space[name])
        trial_id = claim.trial_id
        attrs = patiently(lambda: self._storage.get_trial_system_attrs(trial_id))
        fixed: Mapping[str, Any] = attrs.get(FIXED, {})
        if name in fixed:
            internal = float(distribution.to_internal_repr(fixed[name]))
        else:
            point = self._planner.point(claim.number)
            if name not in point:
                # It counts only because of what is fixed, so the plan has no value for it.
                draws = Random(claim.number + 1, self._settings.strategy.seed)
                point = RandomPlanner(draws, self._settings.space).point(claim.number)
            internal = point[name]
        patiently(lambda: self._storage.set_trial_param(trial_id, name, internal, distribution))
        return internal
