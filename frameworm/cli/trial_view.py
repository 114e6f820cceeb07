"""One trial on the screen: its scores, its parameters beside the best trial's, why it failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from frameworm.cli.screen import facts, jsonable, moment, value
from frameworm.cli.study_view import STATES, StudyView
from frameworm.cli.table import table
from frameworm.core import Config
from frameworm.core.durations import duration_text
from frameworm.core.json_values import text_of
from frameworm.errors import CommandError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from frameworm.trial.record import TrialRecord

__all__ = ["TrialView"]


@dataclass(frozen=True)
class TrialView:
    """A trial of a study as it stands at one moment.

    Attributes:
        study: The study.
        record: The trial.
    """

    study: StudyView
    record: TrialRecord

    @classmethod
    def of(cls, study: StudyView, number: int) -> TrialView:
        """Find a trial by its number.

        Args:
            study: The study.
            number: The trial's number.

        Raises:
            CommandError: If the study has no such trial.
        """
        found = next((record for record in study.records if record.number == number), None)
        if found is None:
            last = len(study.records) - 1
            there = f"its trials are 0 to {last}" if study.records else "it has none yet"
            raise CommandError(f"{study.name} has no trial {number}; {there}.")
        return cls(study, found)

    @property
    def state(self) -> str:
        """The word for where the trial stands."""
        return "abandoned" if self._is_abandoned else STATES[self.record.state]

    @property
    def scores(self) -> dict[str, float]:
        """Its objective values by metric."""
        return dict(zip(self.study.settings.goals.metrics, self.record.values or (), strict=False))

    def parts(self) -> list[RenderableType]:
        """Return what to show, from the top down."""
        record = self.record
        parts: list[RenderableType] = [facts(self._facts())]
        if record.params:
            parts += ["", "Parameters", self._params()]
        if record.traceback:
            parts += ["", record.traceback.rstrip()]
        return parts

    def as_json(self) -> dict[str, Any]:
        """Return the same for a program, the whole configuration included."""
        record = self.record
        return {
            "study": self.study.name,
            "trial": record.number,
            "state": self.state,
            "scores": jsonable(self.scores),
            "metrics": jsonable(dict(record.metrics)),
            "params": jsonable(dict(record.params)),
            "config": jsonable(self._config()),
            "reported": jsonable({str(step): found for step, found in record.intermediate.items()}),
            "started_at": record.started_at and record.started_at.isoformat(),
            "finished_at": record.finished_at and record.finished_at.isoformat(),
            "attempts": record.attempts,
            "worker": record.worker,
            "error": record.error,
            "traceback": record.traceback,
        }

    @property
    def _is_abandoned(self) -> bool:
        return self.record.number in self.study.abandoned and not self.record.state.is_finished

    def _config(self) -> Mapping[str, Any]:
        base = Config().merge(self.study.settings.base_config)
        return base.replace(self.record.params).to_dict()

    def _facts(self) -> list[tuple[str, str]]:
        record = self.record
        found = [("trial", f"{record.number} of {self.study.name}"), ("state", self.state)]
        if self._is_abandoned:
            found.append(("", "The run that had it is gone; the next run takes it up."))
        metrics = {**self.scores, **record.metrics}
        found += [(name, value(number)) for name, number in metrics.items()]
        if record.intermediate:
            step, count = max(record.intermediate), len(record.intermediate)
            last = value(record.intermediate[step])
            values = "value" if count == 1 else "values"
            found.append(("reported", f"{count:,} {values}, the last {last} (step {step})"))
        found.append(("started", moment(record.started_at)))
        if record.duration is not None:
            found.append(("took", duration_text(record.duration)))
        if record.attempts:
            found.append(("restarts", f"{record.attempts}, after its process died"))
        found += [("on", record.worker or ""), ("error", record.error or "")]
        return [(name, text) for name, text in found if text]

    def _params(self) -> RenderableType:
        """Return its parameters, beside those of the best trial if that is another."""
        shown, ranked = [self.record], self.study.ranked
        header = ["parameter", "value"]
        if self.study.settings.goals.is_single and ranked and ranked[0] != self.record:
            shown.append(ranked[0])
            header.append(f"best (trial {ranked[0].number})")
        keys = dict.fromkeys([*self.study.settings.space, *self.record.params])
        rows = [
            [key, *(text_of(one.params[key]) if key in one.params else "" for one in shown)]
            for key in keys
        ]
        return table(header, [row for row in rows if any(row[1:])])
