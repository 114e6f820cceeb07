"""Start the trials that an adaptive sampler proposes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from optuna.pruners import BasePruner
from optuna.trial import FrozenTrial

from frameworm.search.study.settings import StudySettings
from frameworm.trial.claim import Claim
from frameworm.trial.outcome import Outcome
from frameworm_optuna.ledger.protocol import Held, Ledger
from frameworm_optuna.plan.planner import Planner
from frameworm_optuna.plan.proposer import Proposal, Proposer
from frameworm_optuna.sampling.threads import one_thread

__all__ = ["Asking"]


class Asking:
    """Keeps a proposer informed of a study, and starts what it proposes.

    Args:
        ledger: The study's ledger.
        planner: How many trials the study shall have.
        settings: What the study is about; its strategy is adaptive.
        name: The study's name.
        pruner: The study's pruner.
        trials: Reads all trials of the study.
    """

    def __init__(
        self,
        ledger: Ledger,
        planner: Planner,
        settings: StudySettings,
        name: str,
        pruner: BasePruner | None,
        trials: Callable[[], list[FrozenTrial]],
    ) -> None:
        self._ledger = ledger
        self._planner = planner
        self._settings = settings
        self._name = name
        self._pruner = pruner
        self._trials = trials
        self.is_exhausted = False

    @functools.cached_property
    def _proposer(self) -> Proposer:
        proposer = Proposer(self._settings, self._name, self._pruner)
        proposer.take_up(self._trials())
        return proposer

    def tell(self, finished: Sequence[tuple[Claim, Outcome]], started: Sequence[Held]) -> None:
        """Let the proposer know of outcomes, and of planned trials that are run now.

        Args:
            finished: What became of trials.
            started: Claims of trials, with all their parameters in internal numbers.
        """
        for claim, outcome in finished:
            self._proposer.finished(claim.number, outcome)
        for claim, values in started:
            self._proposer.started(claim.number, values)

    def ask(self, count: int) -> list[Held]:
        """Start up to ``count`` trials that the proposer proposes.

        Args:
            count: How many at the most.
        """
        held: list[Held] = []
        # Another driver may have come up with the same just now: then there is more to ask for.
        while len(held) < count and (started := self._ask_once(count - len(held))) is not None:
            held += started
        return held

    def _ask_once(self, count: int) -> list[Held] | None:
        """Start what the proposer comes up with; ``None`` where there is nothing to start."""
        proposer = self._proposer
        counts = self._ledger.counts(None)
        known = sum(counts.values())
        count = min(count, self._planner.total - known)
        if count <= 0 or self.is_exhausted:
            return None
        if proposer.standing() != (known, sum(counts[s] for s in counts if s.is_finished)):
            proposer.sync(self._trials())
        proposals: list[Proposal] = []
        while len(proposals) < count and not self.is_exhausted:
            with one_thread():
                proposal = proposer.ask()
            if proposal is None:
                self.is_exhausted = True
            else:
                proposals.append(proposal)
        held = self._ledger.create(
            proposer.distributions,
            [proposal.point for proposal in proposals],
            self._planner.total,
            known,
        )
        for proposal, (claim, _) in zip(proposals, held, strict=False):
            proposer.accept(proposal, claim.number)
        for proposal in proposals[len(held) :]:
            proposer.refuse(proposal)
        return held
