"""Plan, claim, finish and requeue trials, on any of Optuna's storages.

Two implementations serve the same protocol: ``SqlLedger`` writes Optuna's tables directly,
``GenericLedger`` goes through Optuna's public storage interface.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from optuna.distributions import BaseDistribution

from frameworm.search.space.dimensions import Dimension
from frameworm.search.study.columns import TrialColumns
from frameworm.search.study.keys import TrialKeys
from frameworm.trial.claim import Claim
from frameworm.trial.outcome import Outcome
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState
from frameworm_optuna.ledger.driver_record import DriverRecord
from frameworm_optuna.reading.records import Decoder
from frameworm_optuna.translate.trial_attrs import FIXED

__all__ = ["Held", "Ledger", "PlanChange", "PlanChunk", "Point", "before_taken", "enqueued"]


@dataclass(frozen=True)
class Point:
    """Parameters in Optuna's internal numbers, and the attributes a sampler knows them by."""

    values: Mapping[str, float]
    attrs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PlanChunk:
    """The next part of a plan, and how many points are planned once it is written."""

    points: Sequence[Point]
    planned: int


@dataclass(frozen=True)
class PlanChange:
    """What becomes of the trials of a plan when another one takes its place.

    Attributes:
        attrs: New system attributes by trial number.
        withdrawn: Numbers of waiting trials that are points no more; they fail without a run.
        points: New parameters of waiting trials by their number, in internal numbers.
        distributions: The distributions of these parameters.
        digest: Tells the new plan from others.
        count: How many trials there were; ``None`` for any number.
        replaces: The digest of the plan that was there; ``None`` for any plan.
    """

    attrs: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    withdrawn: Collection[int] = ()
    points: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    distributions: Mapping[str, BaseDistribution] = field(default_factory=dict)
    digest: str = ""
    count: int | None = None
    replaces: str | None = None


Held = tuple[Claim, Mapping[str, float]]
"""A claim, and the trial's parameters in Optuna's internal numbers."""


class Ledger(Protocol):
    """What a study needs from its storage. Every method is one atomic step.

    Every write to a running trial is conditional on its claim: a driver that lost a trial to
    another one, because it was silent for too long, can no longer change it.
    """

    def plan(
        self,
        distributions: Mapping[str, BaseDistribution],
        next_chunk: Callable[[int, int], PlanChunk | None],
        digest: str = "",
    ) -> bool:
        """Write one chunk of waiting trials, unless another plan has taken this one's place.

        Args:
            distributions: The distribution of every parameter.
            next_chunk: Called under the study's lock with the number of trials in the study and of
                points already planned; returns what to write, or ``None`` when all is planned.
            digest: The plan's own; see :class:`PlanChange`.

        Returns:
            Whether there may be more to plan.
        """
        ...

    def create(
        self,
        distributions: Mapping[str, BaseDistribution],
        points: Sequence[Point],
        total: int,
        known: int | None = None,
    ) -> list[Held]:
        """Add trials that this driver runs at once.

        Args:
            distributions: The distribution of every parameter.
            points: Their parameters and attributes.
            total: How many trials the study may have in all; what would pass it is left out.
            known: How many trials were known when the points were chosen; from the first point on
                that a later trial is at, none is added. ``None`` to add them whatever there is.

        Returns:
            The trials added, in the order given.
        """
        ...

    def enqueue(
        self, values: Mapping[str, float], distributions: Mapping[str, BaseDistribution]
    ) -> bool:
        """Add one waiting trial that is claimed before all others, unless it is there.

        Args:
            values: Some or all of its parameters, in internal numbers.
            distributions: Their distributions.

        Returns:
            Whether no trial had these parameters or was enqueued with them.
        """
        ...

    def add_finished(
        self, distributions: Mapping[str, BaseDistribution], point: Point, outcome: Outcome
    ) -> bool:
        """Add one finished trial, unless the point is there.

        Args:
            distributions: The distribution of every parameter.
            point: Its parameters.
            outcome: What became of it.

        Returns:
            Whether no trial had these parameters or was enqueued with them.
        """
        ...

    def report(self, claim: Claim, step: int, value: float) -> bool:
        """Write a reported value of a trial.

        Args:
            claim: The claim the trial is run under.
            step: The value's step.
            value: The value.

        Returns:
            Whether the trial is still run under that claim; if not, nothing was written.
        """
        ...

    def exchange(
        self,
        finished: Sequence[tuple[Claim, Outcome]],
        claims: int,
        below: int | None,
        busy: Collection[int] = (),
    ) -> tuple[list[Held], list[Claim]]:
        """Record outcomes and claim waiting trials, in one transaction.

        Args:
            finished: Claims and what became of their trials.
            claims: How many trials to claim at the most.
            below: Claim only trials with a smaller number, and enqueued ones; ``None`` for any.
            busy: Ids of trials that this driver is still running under a claim it has lost; they
                are left to others.

        Returns:
            The claimed trials, and the claims whose outcome came too late because their trial had
            been taken away.
        """
        ...

    def requeue(self, claim: Claim, charge: bool) -> bool:
        """Put a running trial back to waiting, if it is still claimed like this.

        Args:
            claim: The claim it is taken from.
            charge: Whether this costs the trial an attempt.

        Returns:
            Whether the trial was requeued by this call.
        """
        ...

    def give_up(self, claim: Claim, outcome: Outcome) -> bool:
        """Fail a running trial whose driver is gone, if it is still claimed like this.

        Args:
            claim: The claim it is taken from; it is worth nothing any more.
            outcome: Why it failed.

        Returns:
            Whether the trial was failed by this call.
        """
        ...

    def progress(self, claim: Claim) -> tuple[float, bool]:
        """Return the signs that a running trial has come further since it was started.

        Args:
            claim: The trial's claim.

        Returns:
            When it was started, in POSIX seconds, infinite where that is unknown; and whether it
            has reported a step that no earlier run of it had reached.
        """
        ...

    def retry_failed(self, numbers: Collection[int] | None = None) -> int:
        """Put failed trials back to waiting and return how many there were.

        Args:
            numbers: Only these trials; by default all that failed.
        """
        ...

    def restart_plan(self, change: PlanChange) -> bool:
        """Plan from the first point again, because the space or the constraints have changed.

        Returns:
            ``False`` if nothing was done, for trials or a plan came meanwhile that the change knows
            nothing of.
        """
        ...

    def plan_digest(self) -> str:
        """Return the digest of the plan that :meth:`restart_plan` last noted, else nothing."""
        ...

    def running(self) -> list[Claim]:
        """Return the claims of the running trials."""
        ...

    def counts(self, below: int | None) -> dict[TrialState, int]:
        """Return how many trials are in each state."""
        ...

    def extra_past(self, number: int) -> int:
        """Return how many enqueued trials and added results have this number or a higher one."""
        ...

    def beat(self, driver: DriverRecord, count: int) -> None:
        """Register a driver or renew its registration."""
        ...

    def leave(self, driver: DriverRecord) -> None:
        """Strike a driver off."""
        ...

    def drivers(self) -> dict[str, tuple[DriverRecord, int]]:
        """Return the registered drivers and their heartbeat counts, by id."""
        ...

    def records(
        self, decode: Decoder, known: Collection[str], keys: Collection[int] | None = None
    ) -> list[TrialRecord]:
        """Return trials in order of their numbers.

        Args:
            decode: Makes parameter values.
            known: Names ``decode`` needs no distribution for.
            keys: Only these, some hundreds at the most; by default every trial.
        """
        ...

    def finished(self) -> TrialKeys:
        """Return the keys of the finished trials."""
        ...

    def scored(self) -> list[tuple[int, tuple[float, ...]]]:
        """Return key and values of the complete trials, in the order in which they finished."""
        ...

    def columns(self, space: Mapping[str, Dimension]) -> TrialColumns | None:
        """Return the finished trials as columns; ``None`` where only records are to be had.

        Args:
            space: The dimensions of their parameters.
        """
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


def before_taken(points: Sequence[Point], taken: Collection[Mapping[str, float]]) -> int:
    """Return how many points come before the first that is taken."""
    for index, point in enumerate(points):
        if point.values in taken:
            return index
    return len(points)


def enqueued(values: Mapping[str, float], distributions: Mapping[str, BaseDistribution]) -> Point:
    """Return a trial as Optuna's ``Study.enqueue_trial`` writes it."""
    fixed = {name: distributions[name].to_external_repr(value) for name, value in values.items()}
    return Point({}, {FIXED: fixed})
