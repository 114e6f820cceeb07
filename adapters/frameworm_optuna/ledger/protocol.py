"""Plan, claim, finish and requeue trials, on any of Optuna's storages.

Two implementations serve the same protocol: :class:`~frameworm_optuna.ledger.sql.SqlLedger` writes
Optuna's tables directly, :class:`~frameworm_optuna.ledger.generic.StorageLedger` goes through
Optuna's public storage interface.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from optuna.distributions import BaseDistribution

from frameworm.search.space.spaces import Dimension
from frameworm.search.study.columns import TrialColumns
from frameworm.trial.outcome import Outcome
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState
from frameworm_optuna.ledger.driver_record import Owner
from frameworm_optuna.reading.records import Decoder
from frameworm_optuna.translate.trial_attrs import FIXED

__all__ = ["Claimed", "Ledger", "PlanChunk", "Planned", "Running", "enqueued"]


@dataclass(frozen=True)
class Planned:
    """A trial to be written as ``WAITING``: its parameters in Optuna's internal numbers."""

    params: Mapping[str, float]
    system_attrs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PlanChunk:
    """The next part of a plan, and how many points are planned once it is written."""

    trials: Sequence[Planned]
    planned: int


@dataclass(frozen=True)
class Claimed:
    """A trial this driver owns now; ``params`` holds Optuna's internal numbers.

    It ``is_restarted`` if it was claimed before, whether or not that counted as an attempt.
    """

    trial_id: int
    number: int
    params: Mapping[str, float]
    attempt: int
    is_restarted: bool = False


@dataclass(frozen=True)
class Running:
    """A trial that some driver runs; ``driver`` is ``None`` where plain Optuna runs it."""

    trial_id: int
    number: int
    driver: str | None
    attempt: int


class Ledger(Protocol):
    """What a study needs from its storage. Every method is one atomic step."""

    def plan(
        self,
        distributions: Mapping[str, BaseDistribution],
        next_chunk: Callable[[int, int], PlanChunk | None],
    ) -> int:
        """Write one chunk of waiting trials.

        Args:
            distributions: The distribution of every parameter.
            next_chunk: Called under the study's lock with the number of trials in the study and of
                points already planned; returns what to write, or ``None`` when all is planned.

        Returns:
            How many trials were written; 0 when all is planned.
        """
        ...

    def create(
        self,
        distributions: Mapping[str, BaseDistribution],
        trials: Sequence[Planned],
        total: int | None = None,
    ) -> list[Claimed]:
        """Add trials that this driver runs at once.

        Args:
            distributions: The distribution of every parameter.
            trials: Their parameters and attributes.
            total: How many trials the study may have in all; what would pass it is left out.

        Returns:
            The trials added, in the order given.
        """
        ...

    def enqueue(
        self, params: Mapping[str, float], distributions: Mapping[str, BaseDistribution]
    ) -> int:
        """Add one waiting trial that is claimed before all others.

        Args:
            params: Some or all of its parameters, in internal numbers.
            distributions: Their distributions.

        Returns:
            Its number.
        """
        ...

    def add_finished(
        self, distributions: Mapping[str, BaseDistribution], trial: Planned, outcome: Outcome
    ) -> int:
        """Add one finished trial.

        Args:
            distributions: The distribution of every parameter.
            trial: Its parameters.
            outcome: What became of it.

        Returns:
            Its number.
        """
        ...

    def report(self, trial: Running, step: int, value: float) -> bool:
        """Write a reported value of a trial.

        Args:
            trial: The trial and the claim it is run under.
            step: The value's step.
            value: The value.

        Returns:
            Whether the trial is still run under that claim; if not, nothing was written.
        """
        ...

    def exchange(
        self,
        finished: Sequence[tuple[int, Outcome]],
        claims: int,
        below: int | None,
    ) -> tuple[list[Claimed], list[int]]:
        """Record outcomes and claim waiting trials, in one transaction.

        Args:
            finished: Trial ids and what became of them.
            claims: How many trials to claim at the most.
            below: Claim only trials with a smaller number, and enqueued ones; ``None`` for any.

        Returns:
            The claimed trials, and the ids of those whose outcome came too late because another
            process had finished them.
        """
        ...

    def requeue(self, trial: Running, charge: bool) -> bool:
        """Put a running trial back to waiting, if it is still as described.

        Args:
            trial: The trial and the driver it is taken from.
            charge: Whether this costs the trial an attempt.

        Returns:
            Whether the trial was requeued by this call.
        """
        ...

    def retry_failed(self) -> int:
        """Put every failed trial back to waiting and return how many there were."""
        ...

    def restart_plan(self, attrs: Mapping[int, Mapping[str, Any]]) -> None:
        """Plan from the first point again, because the space has changed.

        Args:
            attrs: New system attributes by trial number.
        """
        ...

    def running(self) -> list[Running]:
        """Return the running trials."""
        ...

    def counts(self, below: int | None) -> dict[TrialState, int]:
        """Return how many trials are in each state."""
        ...

    def beat(self, owner: Owner, count: int) -> None:
        """Register a driver or renew its registration."""
        ...

    def leave(self, owner: Owner) -> None:
        """Strike a driver off."""
        ...

    def drivers(self) -> dict[str, tuple[Owner, int]]:
        """Return the registered drivers and their heartbeat counts, by id."""
        ...

    def records(self, decode: Decoder, known: Collection[str]) -> list[TrialRecord]:
        """Return every trial, in order of their numbers.

        Args:
            decode: Makes parameter values.
            known: Names ``decode`` needs no distribution for.
        """
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


def enqueued(params: Mapping[str, float], distributions: Mapping[str, BaseDistribution]) -> Planned:
    """Return a trial as Optuna's ``Study.enqueue_trial`` writes it."""
    fixed = {name: distributions[name].to_external_repr(value) for name, value in params.items()}
    return Planned({}, {FIXED: fixed})
