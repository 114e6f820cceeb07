"""What a search needs from an engine: a study that is planned, claimed from and finished into.

Only frozen dataclasses and this protocol cross the border between Frameworm and an adapter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from frameworm.search.space.dimensions import Dimension
from frameworm.search.study.columns import TrialColumns
from frameworm.search.study.keys import TrialKeys
from frameworm.search.study.page import StudyPage
from frameworm.search.study.settings import Durability, StudySettings
from frameworm.search.study.summary import StudySummary
from frameworm.trial.claim import Claim
from frameworm.trial.goals import Mode
from frameworm.trial.outcome import Outcome
from frameworm.trial.record import TrialRecord
from frameworm.trial.spec import TrialSpec
from frameworm.trial.state import TrialState

__all__ = ["Backend", "Exchanged", "Recovered", "Study"]


@dataclass(frozen=True)
class Exchanged:
    """What came of an exchange.

    Attributes:
        specs: The trials that this driver is to run.
        late: Claims that were lost before their outcome came; the outcome was dropped.
    """

    specs: list[TrialSpec]
    late: list[Claim]


@dataclass(frozen=True)
class Recovered:
    """What a look at the other drivers has shown.

    Attributes:
        held: How many unfinished trials other drivers are still running.
        lost: Claims of this driver that hold no more: others took their trials.
    """

    held: int
    lost: tuple[Claim, ...]


class Study(Protocol):
    """An opened study. Every method that writes is one atomic, durable step."""

    name: str
    settings: StudySettings
    """As stored with the study: the seed is the one in force."""
    is_new: bool
    """Whether opening it has made it."""

    @property
    def is_exhausted(self) -> bool:
        """Whether every point of the space was tried, so that no further one can be proposed."""
        ...

    @property
    def url(self) -> str | None:
        """The storage's URL without its password, or ``None``."""
        ...

    @property
    def native(self) -> Any:
        """The engine's own study object."""
        ...

    @property
    def total(self) -> int:
        """How many trials the study shall have in all."""
        ...

    def plan(self) -> int:
        """Write every point that is missing as a waiting trial; return how many were written."""
        ...

    def enqueue(self, params: Mapping[str, Any]) -> bool:
        """Plan a point that is run before all others; return whether it was new."""
        ...

    def add_result(self, params: Mapping[str, Any], outcome: Outcome) -> bool:
        """Record a trial that was run elsewhere; return whether it was new."""
        ...

    def exchange(
        self,
        finished: Sequence[tuple[TrialSpec, Outcome]],
        claims: int,
        busy: Collection[int] = (),
    ) -> Exchanged:
        """Record outcomes and claim waiting trials in one step.

        Args:
            finished: What became of trials; one whose claim is lost is dropped.
            claims: How many trials to claim at the most.
            busy: Ids of trials this driver still runs under claims it has lost.
        """
        ...

    def requeue(self, claim: Claim, charge: bool = False) -> bool:
        """Put a claimed trial back to waiting, if its claim still holds.

        Args:
            claim: The claim.
            charge: Whether this costs the trial an attempt.

        Returns:
            Whether it was put back by this call.
        """
        ...

    def release(self) -> None:
        """Put back to waiting whatever this driver still holds."""
        ...

    def recover(self, mine: Collection[Claim], grace: float, max_retries: int) -> Recovered:
        """Requeue trials whose driver is gone; fail those that killed their process too often.

        Args:
            mine: Claims of the trials this driver is running.
            grace: Seconds without a heartbeat after which a driver on another host is gone.
            max_retries: How often a trial is started again.
        """
        ...

    def retry_failed(self, numbers: Collection[int] | None = None) -> int:
        """Plan failed trials again; return how many there were.

        Args:
            numbers: Only these trials; by default all that failed.
        """
        ...

    def join(self, runs_trials: bool, interval: float) -> None:
        """Begin to drive the study: register this driver.

        Args:
            runs_trials: Whether trials run in this very process.
            interval: Seconds from one heartbeat to the next.
        """
        ...

    def beat(self) -> None:
        """Show that this driver lives."""
        ...

    def leave(self) -> None:
        """Strike this driver off the study."""
        ...

    def counts(self) -> dict[TrialState, int]:
        """Return how many of the trials asked for are in each state."""
        ...

    def records(self, keys: Collection[int] | None = None) -> list[TrialRecord]:
        """Return trials in order of their numbers.

        Args:
            keys: Only these, some hundreds at the most; by default every trial.
        """
        ...

    def finished(self) -> TrialKeys:
        """Return the keys of the finished trials."""
        ...

    def scored(self) -> list[tuple[int, tuple[float, ...]]]:
        """Return key and values of the complete trials, in the order in which they finished."""
        ...

    def abandoned(self) -> frozenset[int]:
        """Return the numbers of running trials whose driver is known to be gone."""
        ...

    def columns(self) -> TrialColumns | None:
        """Return the finished trials as columns; ``None`` where only records are to be had."""
        ...

    def check_remote(self) -> None:
        """Raise unless worker processes can report to the study while they run a trial."""
        ...

    @property
    def checkpoint_root(self) -> str:
        """The folder, or its URL, under which each trial has one for its checkpoints."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


class Backend(Protocol):
    """An engine that keeps studies."""

    def open(
        self,
        storage: Any,
        name: str | None,
        settings: StudySettings,
        *,
        extend: bool = False,
        durability: Durability = "full",
    ) -> Study:
        """Create or resume a study.

        Args:
            storage: A database URL or the engine's own storage object.
            name: The study's name; ``None`` makes a new one.
            settings: What the study is about.
            extend: Take over a changed space instead of refusing it.
            durability: What a finished trial survives on SQLite.
        """
        ...

    def load(self, storage: Any, name: str | None) -> Study:
        """Open an existing study as it stands; a storage's only study needs no name."""
        ...

    def studies(self, storage: Any) -> list[StudySummary]:
        """Return what a storage says of its studies at a glance, the oldest first."""
        ...

    def delete(self, storage: Any, name: str) -> None:
        """Delete a study with all its trials."""
        ...

    def serve(
        self,
        storage: Any,
        port: int,
        pages: Sequence[StudyPage],
    ) -> None:
        """Show studies in the engine's dashboard, on this machine only, until interrupted."""
        ...

    def wrap(self, native: Any) -> Study:
        """Open the engine's own study object."""
        ...

    def importance(
        self,
        records: Sequence[TrialRecord],
        space: Mapping[str, Dimension],
        mode: Mode,
        evaluator: str,
    ) -> dict[str, float]:
        """Return how much each parameter explains of the score."""
        ...

    def hypervolumes(
        self, points: Sequence[Sequence[float]], reference: Sequence[float]
    ) -> list[float]:
        """Return the hypervolume dominated by the first 1, 2, ... points of losses."""
        ...
