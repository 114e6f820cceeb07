"""What a search needs from an engine: a study that is planned, claimed from and finished into.

Only frozen dataclasses and this protocol cross the border between Frameworm and an adapter.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

from frameworm.search.strategy import Strategy

if TYPE_CHECKING:
    from pathlib import Path

    from frameworm.search.frames import TrialColumns
    from frameworm.search.results import SearchResults
    from frameworm.search.space import Dimension
    from frameworm.search.study_summary import StudySummary

__all__ = [
    "Backend",
    "Durability",
    "Mode",
    "Outcome",
    "Study",
    "StudySettings",
    "TrialRecord",
    "TrialSpec",
    "TrialState",
]

Mode = Literal["min", "max"]
Durability = Literal["full", "normal"]


class TrialState(str, enum.Enum):
    """Where a trial stands; the names are Optuna's."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    COMPLETE = "COMPLETE"
    FAIL = "FAIL"
    PRUNED = "PRUNED"

    @property
    def is_finished(self) -> bool:
        """Whether the trial will not change any more."""
        return self in (TrialState.COMPLETE, TrialState.FAIL, TrialState.PRUNED)


@dataclass(frozen=True)
class TrialSpec:
    """One claimed trial: what a worker needs to run it.

    Attributes:
        trial_id: The storage's key of the trial.
        number: The trial's number in its study, from 0.
        params: Parameter values by dotted key.
        attempt: How often the trial was started before this time.
        study_name: The name of its study.
        search_seed: The seed of its search.
        is_restarted: Whether it was started before.
        checkpoint_dir: The folder for its checkpoints; ``None`` to keep none.
        judge: Stores a reported value and says whether the trial shall stop; ``None`` where
            reports travel with the outcome.
    """

    trial_id: int
    number: int
    params: Mapping[str, Any]
    attempt: int = 0
    study_name: str = ""
    search_seed: int = 0
    is_restarted: bool = False
    checkpoint_dir: str | None = None
    judge: Callable[[int, float], bool] | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one run of a trial.

    Attributes:
        state: ``COMPLETE``, ``FAIL`` or ``PRUNED``.
        values: The objective values, one for each metric searched for; empty unless complete.
        metrics: Every metric the train function returned.
        error: Why the trial failed, in one line; ``None`` when it did not.
        traceback: The failed train function's traceback, if it raised.
        duration: Seconds the train function ran.
        worker: Host and process id of the process that ran it.
        intermediate: Reported values of the metric by step.
    """

    state: TrialState
    values: Sequence[float] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    error: str | None = None
    traceback: str | None = None
    duration: float = 0.0
    worker: str | None = None
    intermediate: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class TrialRecord:
    """One trial as the study remembers it.

    Attributes:
        number: The trial's number in its study, from 0.
        state: Where the trial stands.
        params: Parameter values by dotted key, in the space's own types.
        values: The objective values; ``None`` without any.
        metrics: Every metric the train function returned.
        error: Why the trial failed; ``None`` when it did not.
        started_at: Local time without a zone; ``None`` while waiting.
        finished_at: Local time without a zone; ``None`` until finished.
        intermediate: Reported values of the metric by step.
        attempts: How often the trial was started again after its process died.
        worker: Host and process id of the process that ran it.
    """

    number: int
    state: TrialState
    params: Mapping[str, Any]
    values: tuple[float, ...] | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    error: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    intermediate: Mapping[int, float] = field(default_factory=dict)
    attempts: int = 0
    worker: str | None = None

    @property
    def score(self) -> float | None:
        """The first objective value of a complete trial, else ``None``."""
        if self.state is not TrialState.COMPLETE or not self.values:
            return None
        return self.values[0]

    @property
    def duration(self) -> float | None:
        """Seconds from start to finish, or ``None``."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


@dataclass(frozen=True)
class StudySettings:
    """What a study is about, and what it carries so that it can be understood alone.

    Attributes:
        space: The dimensions by dotted key.
        strategy: How points are chosen; its seed counts only for a new study unless ``seeded``.
        metric: The metric searched for; with several objectives the first.
        mode: Whether less (``"min"``) or more (``"max"``) of it is better.
        base_config: The base configuration as a plain nested dictionary.
        seeded: Whether the user chose the seed; if not, a resumed study keeps its own.
        provenance: The code the study was begun with: ``version`` of Frameworm, ``git_commit``,
            ``git_dirty``.
        further: The metrics and modes of the objectives after the first.
        pruner: Stops hopeless trials: a name, or the engine's own pruner object.
        repeats: How often each configuration is run.
        feasible: Whether a configuration, given as its parameters, may be tried at all; ``None``
            allows every one. A function is not stored: each run brings it.
    """

    space: Mapping[str, Dimension]
    strategy: Strategy
    metric: str
    mode: Mode
    base_config: Mapping[str, Any]
    seeded: bool = True
    provenance: Mapping[str, Any] = field(default_factory=dict)
    further: tuple[tuple[str, Mode], ...] = ()
    pruner: Any = None
    repeats: int = 1
    feasible: Callable[[Mapping[str, Any]], bool] | None = None

    @property
    def objectives(self) -> tuple[tuple[str, Mode], ...]:
        """Every objective: the metric and whether less or more of it is better."""
        return ((self.metric, self.mode), *self.further)


class Study(Protocol):
    """An opened study. Every method that writes is one atomic, durable step."""

    name: str
    settings: StudySettings
    """As stored with the study: the seed is the one in force."""

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
        self, finished: Sequence[tuple[TrialSpec, Outcome]], claims: int
    ) -> list[TrialSpec]:
        """Record outcomes and claim up to ``claims`` waiting trials in one step."""
        ...

    def requeue(self, trials: Collection[TrialSpec], charge: bool = False) -> None:
        """Put claimed trials back to waiting; ``charge`` counts it as a failed attempt."""
        ...

    def release(self) -> None:
        """Put back to waiting whatever this driver still holds."""
        ...

    def recover(self, mine: Collection[int], grace: float, max_retries: int) -> int:
        """Requeue trials whose driver is gone; fail those started too often.

        Args:
            mine: Ids of the trials this driver is running.
            grace: Seconds without a heartbeat after which a driver on another host is gone.
            max_retries: How often a trial is started again.

        Returns:
            How many unfinished trials other drivers are still running.
        """
        ...

    def retry_failed(self) -> int:
        """Plan every failed trial again; return how many there were."""
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

    def records(self) -> list[TrialRecord]:
        """Return every trial in order of their numbers."""
        ...

    def columns(self) -> TrialColumns | None:
        """Return the finished trials as columns; ``None`` where only records are to be had."""
        ...

    def check_remote(self) -> None:
        """Raise unless worker processes can report to the study while they run a trial."""
        ...

    @property
    def checkpoint_root(self) -> str:
        """The folder under which each trial has one for its checkpoints."""
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
        name: str | None,
        draw: Callable[[SearchResults, Path], list[Path]],
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
