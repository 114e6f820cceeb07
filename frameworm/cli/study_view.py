"""A study on the screen: how far it is, its best trials, what runs and what failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from frameworm.cli.screen import facts, is_terminal, jsonable, moment, table, value
from frameworm.search.results.summary import span
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


@dataclass(frozen=True)
class StudyView:
    """A study as it stands at one moment.

    Attributes:
        name: Its name.
        storage: Its storage's URL without a password.
        settings: What it is about.
        total: How many trials it shall have.
        records: Its trials.
        now: The moment.
    """

    name: str
    storage: str | None
    settings: StudySettings
    total: int
    records: Sequence[TrialRecord]
    now: datetime

    @classmethod
    def of(cls, study: Study) -> StudyView:
        """Read an opened study."""
        records = study.records()
        total = max(study.total, len(records))
        return cls(study.name, study.url, study.settings, total, records, datetime.now())

    @property
    def counts(self) -> Counter[TrialState]:
        """How many trials are in each state."""
        return Counter(record.state for record in self.records)

    @property
    def done(self) -> int:
        """How many trials have finished."""
        return sum(record.state.is_finished for record in self.records)

    @property
    def ranked(self) -> list[TrialRecord]:
        """The complete trials, the best first; with several objectives the Pareto front."""
        if self.settings.goals.is_single:
            return rank(list(self.records), self.settings.goals.first.mode)
        return nondominated(self.records, self.settings.goals)

    def parts(self, rows: int = _ROWS) -> list[RenderableType]:
        """Return what to show, from the top down.

        Args:
            rows: How many of the best trials to show.
        """
        parts: list[RenderableType] = [facts(self._facts())]
        ranked = self.ranked
        if ranked:
            parts += ["", self._best_title(len(ranked)), self._trials(ranked[:rows])]
        running = [record for record in self.records if record.state is TrialState.RUNNING]
        if running:
            parts += ["", "Running", self._trials(running[:rows])]
        errors = Counter(
            _last_line(record.error) for record in self.records if record.state is TrialState.FAIL
        )
        if errors:
            rows_of_errors = [(str(count), line) for line, count in errors.most_common(_ROWS)]
            parts += ["", "Failed", table(["trials", "error"], rows_of_errors, ["trials"])]
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
            "counts": {STATES[state]: self.counts[state] for state in STATES},
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
        counts = self.counts
        states = ", ".join(f"{counts[state]:,} {word}" for state, word in STATES.items())
        objectives = str(self.settings.goals)
        found = [
            ("study", self.name),
            ("storage", self.storage or "not a database"),
            ("search", f"{self.settings.strategy.name} for {objectives}"),
            ("space", ", ".join(self.settings.space)),
            ("trials", f"{self._bar()}{self.done:,} of {self.total:,} done"),
            ("", states),
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
            found.append(("median trial", span(sorted(seconds)[len(seconds) // 2])))
        return found

    def _best_title(self, count: int) -> str:
        if self.settings.goals.is_single:
            return "Best trials"
        return f"Pareto front ({count} trials)"

    def _trials(self, records: Sequence[TrialRecord]) -> RenderableType:
        names = list(self.settings.goals.metrics)
        header = ["trial", *names, *self.settings.space, "time"]
        rows = []
        for record in records:
            scores = [value(score) for score in record.values or [None] * len(names)]
            if record.state is TrialState.RUNNING:
                last = (
                    record.intermediate[max(record.intermediate)] if record.intermediate else None
                )
                scores = [value(last), *[""] * (len(names) - 1)]
            params = [value(record.params.get(key)) for key in self.settings.space]
            rows.append([str(record.number), *scores, *params, self._time(record)])
        return table(header, rows, ["trial", *names, "time"])

    def _time(self, record: TrialRecord) -> str:
        seconds = record.duration
        if seconds is None and record.started_at is not None:
            seconds = max(0.0, (self.now - record.started_at).total_seconds())
        return "" if seconds is None else span(seconds)


def _last_line(error: str | None) -> str:
    lines = [line for line in (error or "").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no reason was stored"
