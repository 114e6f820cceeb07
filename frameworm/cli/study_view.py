"""A study on the screen: how far it is, its best trials, what runs and what failed."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from frameworm.cli.best import by_first, trials_table
from frameworm.cli.ending import failures_parts
from frameworm.cli.screen import facts, is_terminal, jsonable, moment
from frameworm.core.durations import duration_text
from frameworm.search.study.backend import Study
from frameworm.search.study.settings import StudySettings
from frameworm.trial.ranking import nondominated, rank
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["STATES", "StudyView"]

STATES = {
    TrialState.COMPLETE: "complete",
    TrialState.RUNNING: "running",
    TrialState.WAITING: "waiting",
    TrialState.PRUNED: "pruned",
    TrialState.FAIL: "failed",
}
_ROWS = 5
_BAR = 30
_IDLE = "no run works on it now; running the search again goes on with it"


@dataclass(frozen=True)
class StudyView:
    """A study as it stands at one moment.

    Attributes:
        name: Its name.
        storage: Its storage's URL without a password.
        settings: What it is about.
        total: How many trials it shall have.
        records: Its trials.
        abandoned: The numbers of those whose run is gone, though they count as running.
        now: The moment.
    """

    name: str
    storage: str | None
    settings: StudySettings
    total: int
    records: Sequence[TrialRecord]
    abandoned: frozenset[int]
    now: datetime

    @classmethod
    def of(cls, study: Study) -> StudyView:
        """Read an opened study."""
        # Which are abandoned is asked first: a trial that starts in between is then not among them.
        abandoned = study.abandoned()
        records = study.records()
        total = max(study.total, len(records))
        return cls(study.name, study.url, study.settings, total, records, abandoned, datetime.now())

    @property
    def counts(self) -> dict[str, int]:
        """How many trials are in each state, by the word for it."""
        found = Counter(STATES[record.state] for record in self.records)
        abandoned = sum(
            record.state is TrialState.RUNNING and record.number in self.abandoned
            for record in self.records
        )
        found["running"] -= abandoned
        return {**{word: found[word] for word in STATES.values()}, "abandoned": abandoned}

    @property
    def states(self) -> str:
        """How many trials are in each state, in words; what is abandoned only if anything is."""
        counts = self.counts
        return ", ".join(
            f"{count:,} {word}" for word, count in counts.items() if count or word != "abandoned"
        )

    @property
    def is_idle(self) -> bool:
        """Whether trials are left and no run works on them."""
        return self.done < self.total and not self.counts["running"]

    @property
    def done(self) -> int:
        """How many trials have finished."""
        return sum(record.state.is_finished for record in self.records)

    @property
    def ranked(self) -> list[TrialRecord]:
        """The complete trials, the best first; with several objectives the Pareto front."""
        if self.settings.goals.is_single:
            return rank(list(self.records), self.settings.goals.first.mode)
        return by_first(nondominated(self.records, self.settings.goals), self.settings.goals)

    def parts(self, rows: int = _ROWS) -> list[RenderableType]:
        """Return what to show, from the top down.

        Args:
            rows: How many of the best trials to show.
        """
        parts: list[RenderableType] = [facts(self._facts())]
        ranked = self.ranked
        if ranked:
            parts += ["", self._best_title(len(ranked), rows), self._trials(ranked[:rows])]
        running = [record for record in self.records if record.state is TrialState.RUNNING]
        if working := [record for record in running if record.number not in self.abandoned]:
            parts += ["", "Running", self._trials(working[:rows])]
        if left := [record for record in running if record.number in self.abandoned]:
            title = "Abandoned by a run that is gone; the next run of the search takes them up"
            parts += ["", title, self._trials(left[:rows])]
        if failures := failures_parts(self.records):
            parts += ["", "Failed", *failures]
        return parts

    def as_json(self, rows: int = _ROWS) -> dict[str, Any]:
        """Return the same for a program.

        Args:
            rows: How many of the best trials to show.
        """
        names = list(self.settings.goals.metrics)
        return {
            "study": self.name,
            "storage": self.storage,
            "strategy": self.settings.strategy.name,
            "objectives": [{"metric": name, "mode": mode} for name, mode in self.settings.goals],
            "space": {key: repr(dimension) for key, dimension in self.settings.space.items()},
            "total": self.total,
            "counts": self.counts,
            "best": [
                {
                    "trial": record.number,
                    "scores": jsonable(dict(zip(names, record.values or (), strict=False))),
                    "params": jsonable(dict(record.params)),
                }
                for record in self.ranked[:rows]
            ],
            **jsonable(dict(self.settings.provenance)),
        }

    def _facts(self) -> list[tuple[str, str]]:
        objectives = str(self.settings.goals)
        found = [
            ("study", self.name),
            ("storage", self.storage or "not a database"),
            ("search", f"{self.settings.strategy.name or 'plain Optuna'} for {objectives}"),
            ("space", ", ".join(self.settings.space)),
            ("trials", f"{self._bar()}{self.done:,} of {self.total:,} done"),
            ("", self.states),
            *([("", _IDLE)] if self.is_idle else []),
        ]
        if commit := self.settings.provenance.get("git_commit"):
            dirty = " + changes" if self.settings.provenance.get("git_dirty") else ""
            found.append(("git commit", f"{commit[:12]}{dirty}"))
        return [*found, *self._times()]

    def _bar(self) -> str:
        if not is_terminal():
            return ""
        filled = round(_BAR * self.done / self.total) if self.total else 0
        return f"{'━' * filled}{'╌' * (_BAR - filled)} "

    def _times(self) -> list[tuple[str, str]]:
        starts = [record.started_at for record in self.records if record.started_at is not None]
        ends = [record.finished_at for record in self.records if record.finished_at is not None]
        seconds = [record.duration for record in self.records if record.duration is not None]
        if not starts:
            return []
        found = [("started", moment(min(starts)))]
        if ends:
            found.append(("last end", moment(max(ends))))
        if seconds:
            found.append(("median trial", duration_text(statistics.median(seconds))))
        return found

    def _best_title(self, count: int, rows: int) -> str:
        if self.settings.goals.is_single:
            return "Best trials"
        shown = f"{rows:,} of " if rows < count else ""
        return f"Pareto front, {shown}{count:,} {'trial' if count == 1 else 'trials'}"

    def _trials(self, records: Sequence[TrialRecord]) -> RenderableType:
        times = [self._time(record) for record in records]
        return trials_table(records, self.settings.goals, self.settings.space, times)

    def _time(self, record: TrialRecord) -> str:
        seconds = record.duration
        if seconds is None and record.started_at is not None:
            seconds = max(0.0, (self.now - record.started_at).total_seconds())
        return "" if seconds is None else duration_text(seconds)
