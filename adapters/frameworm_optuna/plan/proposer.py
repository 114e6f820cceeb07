"""Ask one of Optuna's samplers for trials, on a copy of the study kept in memory.

The sampler sees an in-memory study that mirrors the stored one, so asking costs no reading of the
storage, and what it proposes is what it would propose in ``study.optimize``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import optuna
from optuna.pruners import BasePruner
from optuna.storages import InMemoryStorage
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as OptunaState

from frameworm.errors import SpaceError
from frameworm.search.space.conditions import holds, is_conditional, ordered
from frameworm.search.space.dimensions import Categorical
from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Adaptive, Random
from frameworm.trial.outcome import Outcome
from frameworm_optuna.ledger.protocol import Point
from frameworm_optuna.plan.all_points import AllPoints
from frameworm_optuna.plan.random import RandomPlanner
from frameworm_optuna.quiet import quiet
from frameworm_optuna.sampling.auto import REFUSED
from frameworm_optuna.translate.distributions import from_internal, to_distribution
from frameworm_optuna.translate.samplers import is_replayable, is_stateless, make_sampler

__all__ = ["Proposal", "Proposer"]

_REPLAYED = 1000
"""Longer studies are taken up as they are: replaying costs what sampling them did."""
_TRIES = 1000
_PROPOSALS = 10
"""Infeasible proposals in a row after which draws are random: a model may insist."""


@dataclass(frozen=True)
class Proposal:
    """A proposed trial: its key in the mirror, and what the storage shall hold."""

    mirror_id: int
    point: Point


class Proposer:
    """Proposes trials and learns of their outcomes.

    Args:
        settings: What the study is about; its strategy is adaptive.
        name: The study's name, by which Hyperband sorts trials into brackets.
        pruner: The study's pruner, which decides which trials a sampler learns from.
    """

    def __init__(self, settings: StudySettings, name: str, pruner: BasePruner | None) -> None:
        assert isinstance(settings.strategy, Adaptive)
        self._strategy = settings.strategy
        self._space = settings.space
        self._feasible = settings.feasible
        self._goals = settings.goals
        self._name = name
        self._pruner = pruner
        # A sampler's draws depend on the order parameters are asked for: keep the user's.
        conditional = is_conditional(self._space)
        self._order = ordered(self._space) if conditional else list(self._space)
        self.distributions = {key: to_distribution(self._space[key]) for key in self._order}
        self._is_discrete = all(
            isinstance(each, Categorical) or each.step for each in self._space.values()
        )
        self._points = AllPoints.of(self._space, self._feasible) if self._is_discrete else None
        self._start(self._strategy.seed)

    def _start(self, seed: int) -> None:
        self._ids: dict[int, int] = {}
        self._open: set[int] = set()
        self._tried: set[frozenset[tuple[str, float]]] = set()
        # What other drivers came up with meanwhile: with the same seed, the same.
        self._foreign: set[frozenset[tuple[str, float]]] = set()
        self._storage = InMemoryStorage()
        with quiet("optuna.storages._in_memory"):
            self._study = optuna.create_study(
                storage=self._storage,
                sampler=make_sampler(self._strategy, seed, self._space),
                pruner=self._pruner,
                study_name=self._name,
                directions=[
                    StudyDirection.MINIMIZE if mode == "min" else StudyDirection.MAXIMIZE
                    for mode in self._goals.modes
                ],
            )

    def standing(self) -> tuple[int, int]:
        """Return how many trials of the study are known, and how many of them are finished."""
        return len(self._ids), len(self._ids) - len(self._open)

    def take_up(self, trials: Sequence[FrozenTrial]) -> None:
        """Learn of the trials a study already has.

        A study that was asked for one trial at a time is replayed, which brings the sampler into
        the very state it had: a resumed search goes on as if it had never stopped. Any other is
        taken up as it is, and the sampler goes on with a seed of its own. A sampler without a state
        needs neither.

        Args:
            trials: All trials of the study, in order of their numbers.
        """
        if is_stateless(self._strategy):
            self.sync(trials)
            self._foreign.clear()
            return
        if len(trials) > _REPLAYED or not is_replayable(self._strategy):
            same = not trials
        else:
            same = all(map(self._replay, trials))
        if same:
            return
        words = np.random.SeedSequence([self._strategy.seed, 3, len(trials)]).generate_state(1)
        self._start(int(words[0]))
        self.sync(trials)
        self._foreign.clear()

    def _replay(self, stored: FrozenTrial) -> bool:
        wanted = _internal(stored)
        for trial_id, internal in self._candidates():
            if internal == wanted:
                self._tried.add(_point(internal))
                self.accept(Proposal(trial_id, Point(internal)), stored.number)
                break
            if self._is_allowed(internal):
                return False
            self._forget(trial_id)
        else:
            return False
        if stored.state.is_finished():
            self._finish(stored.number, stored.state, stored.values, stored.intermediate_values)
        return True

    def sync(self, trials: Sequence[FrozenTrial]) -> None:
        """Learn of trials, and of outcomes, that came about elsewhere."""
        for stored in trials:
            if stored.number not in self._ids:
                self._add(stored)
            elif stored.state.is_finished() and stored.number in self._open:
                self._finish(stored.number, stored.state, stored.values, stored.intermediate_values)

    def _add(self, stored: FrozenTrial) -> None:
        template = stored
        if not stored.state.is_finished():
            # A waiting trial would be popped by the next ask; as running it only repels.
            template = optuna.trial.create_trial(
                state=OptunaState.RUNNING,
                params=stored.params,
                distributions=stored.distributions,
                system_attrs=stored.system_attrs,
            )
            self._open.add(stored.number)
        self._ids[stored.number] = self._storage.create_new_trial(
            self._study._study_id, template_trial=template
        )
        point = _point(_internal(stored))
        self._tried.add(point)
        self._foreign.add(point)

    def started(self, number: int, params: Mapping[str, float]) -> None:
        """Learn that a planned trial is being run: an enqueued one, or one started again."""
        if number in self._open:
            if self._storage.get_trial(self._ids[number]).params.keys() == params.keys():
                return
            # It was enqueued with some of its parameters; now all are known.
            self._forget(self._ids[number])
        self._ids[number] = self._run(self._stored(params))
        self._open.add(number)
        self._tried.add(_point(params))

    def _run(self, params: Mapping[str, object]) -> int:
        template = optuna.trial.create_trial(
            state=OptunaState.RUNNING,
            params=dict(params),
            distributions={key: self.distributions[key] for key in params},
        )
        return self._storage.create_new_trial(self._study._study_id, template_trial=template)

    def finished(self, number: int, outcome: Outcome) -> None:
        """Learn of an outcome."""
        if number in self._open:
            state = OptunaState[outcome.state.name]
            self._finish(number, state, outcome.values, outcome.intermediate)

    def _finish(
        self,
        number: int,
        state: OptunaState,
        values: Sequence[float] | None,
        intermediate: Mapping[int, float],
    ) -> None:
        self._open.discard(number)
        trial_id = self._ids[number]
        for step, value in intermediate.items():
            self._storage.set_trial_intermediate_value(trial_id, step, value)
        trial = self._storage.get_trial_number_from_id(trial_id)
        if state is OptunaState.COMPLETE and values:
            self._study.tell(trial, list(values))
        else:
            pruned = state is OptunaState.PRUNED
            self._study.tell(trial, state=OptunaState.PRUNED if pruned else OptunaState.FAIL)

    def ask(self) -> Proposal | None:
        """Propose the next trial, at a point that none was at.

        Returns:
            The proposal; ``None`` when every point of the space was tried.

        Raises:
            SpaceError: If no proposal and no random draw meets the constraints.
        """
        if self._points is not None and self._points.is_exhausted(self._tried):
            return None
        for trial_id, internal in self._candidates():
            if self._is_allowed(internal):
                self._tried.add(_point(internal))
                attrs = self._storage.get_trial(trial_id).system_attrs
                return Proposal(trial_id, Point(internal, attrs))
            self._forget(trial_id)
        raise SpaceError(
            f"None of {_TRIES} proposals meets the constraints; loosen them or narrow the search "
            "space to where they hold."
        )

    def _candidates(self) -> Iterator[tuple[int, dict[str, float]]]:
        """Yield proposals, and once it is clear that the sampler insists, points drawn at random.

        Each is a trial of the mirror, to be forgotten before the next is asked for.
        """
        for _ in range(_PROPOSALS):
            trial = self._study.ask()
            yield trial._trial_id, self._suggest(trial)
        if self._points is not None and (left := self._points.left(self._tried)):
            point = left[self._word(0) % len(left)]
            yield self._run(self._stored(point)), point
            return
        for attempt in range(_PROPOSALS, _TRIES):
            point = self._draw(attempt)
            yield self._run(self._stored(point)), point

    def _stored(self, internal: Mapping[str, float]) -> dict[str, object]:
        return {
            key: self.distributions[key].to_external_repr(value) for key, value in internal.items()
        }

    def _is_allowed(self, internal: Mapping[str, float]) -> bool:
        # Between real numbers there is always another point, and asking again costs a proposal.
        if _point(internal) in (self._tried if self._is_discrete else self._foreign):
            return False
        return self._feasible is None or self._feasible(self._external(internal))

    def accept(self, proposal: Proposal, number: int) -> None:
        """Learn the number under which a proposal is being run."""
        self._ids[number] = proposal.mirror_id
        self._open.add(number)

    def refuse(self, proposal: Proposal) -> None:
        """Learn that a proposal is not run: another driver was first."""
        self._tried.discard(_point(proposal.point.values))
        self._forget(proposal.mirror_id)

    def _forget(self, trial_id: int) -> None:
        number = self._storage.get_trial_number_from_id(trial_id)
        self._storage.set_trial_system_attr(trial_id, REFUSED, True)
        self._study.tell(number, state=OptunaState.FAIL)

    def _suggest(self, trial: optuna.Trial) -> dict[str, float]:
        params: dict[str, object] = {}
        internal: dict[str, float] = {}
        for key in self._order:
            if holds(self._space, key, params):
                distribution = self.distributions[key]
                internal[key] = float(
                    distribution.to_internal_repr(trial._suggest(key, distribution))
                )
                params[key] = from_internal(self._space[key], internal[key])
        return internal

    def _draw(self, attempt: int) -> dict[str, float]:
        number = len(self._ids)
        draws = Random(number + 1, self._word(attempt))
        drawn = RandomPlanner(draws, self._space).point(number)
        params: dict[str, object] = {}
        for key in self._order:
            if holds(self._space, key, params):
                params[key] = from_internal(self._space[key], drawn[key])
        return {key: drawn[key] for key in params}

    def _word(self, attempt: int) -> int:
        words = [self._strategy.seed, 4, attempt, len(self._ids)]
        return int(np.random.SeedSequence(words).generate_state(1)[0])

    def _external(self, internal: Mapping[str, float]) -> dict[str, object]:
        return {key: from_internal(self._space[key], value) for key, value in internal.items()}


def _internal(stored: FrozenTrial) -> dict[str, float]:
    return {
        key: float(stored.distributions[key].to_internal_repr(value))
        for key, value in stored.params.items()
    }


def _point(internal: Mapping[str, float]) -> frozenset[tuple[str, float]]:
    return frozenset(internal.items())
