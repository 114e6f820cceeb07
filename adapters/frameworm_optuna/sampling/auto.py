"""The sampler behind ``sampler="auto"``: a Gaussian process and Parzen estimators in turns."""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.study import Study, StudyDirection
from optuna.trial import FrozenTrial, TrialState

from frameworm_optuna.sampling.gaussian import Seen, propose
from frameworm_optuna.sampling.unit_space import Conditions, UnitSpace

__all__ = ["REFUSED", "AutoSampler"]

REFUSED = "frameworm:refused"
"""Trial attribute: a proposal that was not run does not count as a trial."""

_MODELLED = 300
"""Trials the Gaussian process learns from at the most: fitting takes the cube of their number."""
_LATE = 30
"""Trials after which each third is TPE's: the process alone stays where it was successful."""


class AutoSampler(BaseSampler):
    """Quasi-random points first, then a Gaussian process's, and later each third time TPE's.

    For several objectives it is TPE's after the quasi-random ones. What it proposes depends on its
    seed and the trials so far alone, not on what it proposed before: a resumed study goes on as it
    would have.

    Args:
        seed: The seed; ``None`` draws one.
        n_startup_trials: How many points are quasi-random.
        distributions: The distribution of each parameter; by default those of the trials so far.
        conditions: When a parameter counts.
        acquisition: What the Gaussian process looks for: see :func:`propose`.
    """

    def __init__(
        self,
        seed: int | None = None,
        n_startup_trials: int = 8,
        distributions: Mapping[str, BaseDistribution] | None = None,
        conditions: Conditions | None = None,
        acquisition: str = "ei",
    ) -> None:
        self._seed = int(np.random.SeedSequence(seed).generate_state(1)[0])
        self._n_startup_trials = n_startup_trials
        self._distributions = distributions
        self._conditions = conditions
        self._acquisition = acquisition

    def reseed_rng(self) -> None:
        """Take a new seed."""
        self._seed = int(np.random.SeedSequence().generate_state(1)[0])

    def infer_relative_search_space(
        self, study: Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """Return every parameter that has more than one value."""
        del trial
        known: dict[str, BaseDistribution] = dict(self._distributions or {})
        if not known:
            for earlier in study._get_trials(deepcopy=False, use_cache=True):
                known.update(earlier.distributions)
        return {name: each for name, each in known.items() if not each.single()}

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Propose a point."""
        if not search_space:
            return {}
        trials = study._get_trials(deepcopy=False, use_cache=False)
        tried = [each for each in _run(trials) if each.number != trial.number]
        index, attempt = _place(trials, trial)
        seed = self._word(index, attempt)
        learnt = [each for each in tried if each.state in (TrialState.COMPLETE, TrialState.PRUNED)]
        space = UnitSpace(search_space, self._conditions)
        if index < self._n_startup_trials and attempt == 0:
            size = 2 ** (self._n_startup_trials - 1).bit_length()
            return space.decode(space.spread(size, self._word())[index])
        if len(learnt) < 2 or attempt > 2:
            return RandomSampler(seed=seed).sample_relative(study, trial, search_space)
        is_limited = any(each.constraints for each in learnt)
        is_turn = index >= _LATE and index % 3 == 2 and not is_limited
        if study._is_multi_objective() or attempt > 0 or is_turn:
            return self._parzen(study, trial, seed)
        row = propose(space, self._seen(study, space, tried, learnt), seed, self._acquisition)
        return self._parzen(study, trial, seed) if row is None else space.decode(row)

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """Propose one parameter that no trial had before."""
        place = _place(study._get_trials(deepcopy=False, use_cache=False), trial)
        seed = self._word(*place, zlib.crc32(param_name.encode()))
        return RandomSampler(seed=seed).sample_independent(
            study, trial, param_name, param_distribution
        )

    def _word(self, *words: int) -> int:
        return int(np.random.SeedSequence([self._seed, *words]).generate_state(1)[0])

    def _parzen(self, study: Study, trial: FrozenTrial, seed: int) -> dict[str, Any]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Parameters under one condition are a group of their own.
            sampler = TPESampler(seed=seed, n_startup_trials=2, group=True, multivariate=True)
            space = sampler.infer_relative_search_space(study, trial)
            return sampler.sample_relative(study, trial, space)

    def _seen(
        self,
        study: Study,
        space: UnitSpace,
        tried: Sequence[FrozenTrial],
        learnt: Sequence[FrozenTrial],
    ) -> Seen:
        sign = 1.0 if study.directions[0] == StudyDirection.MINIMIZE else -1.0
        losses = _losses(learnt, sign)
        chosen = _chosen([place for place, loss in enumerate(losses) if loss is not None], losses)
        rows = space.encode([each.params for each in learnt])
        running = [each.params for each in tried if not each.state.is_finished()]
        return Seen(
            rows=rows[chosen],
            losses=np.array([losses[place] for place in chosen], dtype=float),
            is_feasible=np.array([_is_feasible(learnt[place]) for place in chosen], dtype=bool),
            limits=_limits(learnt, rows),
            running=space.encode([params for params in running if params]),
            taken=space.encode([each.params for each in tried if each.params]),
        )


def _run(trials: Sequence[FrozenTrial]) -> list[FrozenTrial]:
    return [each for each in trials if REFUSED not in each.system_attrs]


def _place(trials: Sequence[FrozenTrial], trial: FrozenTrial) -> tuple[int, int]:
    """Return how many trials were before this one, and how many proposals for it were refused."""
    earlier = [each.number for each in _run(trials) if each.number < trial.number]
    return len(earlier), trial.number - 1 - max(earlier, default=-1)


def _losses(trials: Sequence[FrozenTrial], sign: float) -> list[float | None]:
    """Return each trial's loss; ``None`` for one that broke off before it reported any."""
    found: list[float | None] = []
    complete = [sign * each.values[0] for each in trials if each.state is TrialState.COMPLETE]
    middle = float(np.median(complete)) if complete else -np.inf
    for each in trials:
        if each.state is TrialState.COMPLETE:
            found.append(sign * each.values[0])
        elif each.intermediate_values:
            # It was stopped because it was among the worse ones.
            last = sign * each.intermediate_values[max(each.intermediate_values)]
            found.append(max(last, middle) if np.isfinite(last) else middle)
        else:
            found.append(None)
    return found


def _chosen(places: list[int], losses: Sequence[float | None]) -> list[int]:
    """Return the places of the trials to learn from: of very many the best and the latest."""
    if len(places) <= _MODELLED:
        return places
    ranked = sorted(places, key=lambda place: losses[place] or 0.0)
    return sorted({*ranked[: _MODELLED // 2], *places[-_MODELLED // 2 :]})


def _is_feasible(trial: FrozenTrial) -> bool:
    return all(excess <= 0 for excess in trial.constraints.values())


def _limits(trials: Sequence[FrozenTrial], rows: Any) -> dict[str, tuple[Any, Any]]:
    """Return, by constraint, the points it was measured at and how far each was above it."""
    found: dict[str, tuple[Any, Any]] = {}
    for name in dict.fromkeys(name for each in trials for name in each.constraints):
        excess = [each.constraints.get(name) for each in trials]
        known = [value for value in excess if value is not None]
        # A trial that ended without a word of it met it, as far as one can tell.
        met = -min((abs(value) for value in known if value), default=1.0)
        places = [
            place
            for place, each in enumerate(trials)
            if name in each.constraints or each.state is TrialState.COMPLETE
        ][-_MODELLED:]
        values = [met if excess[place] is None else excess[place] for place in places]
        found[name] = rows[places], np.array(values, dtype=float)
    return found
