"""What can be read of an experiment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TypeVar, overload

import sqlalchemy as sa

from frameworm.errors import ExperimentError
from frameworm.experiment import database
from frameworm.experiment.entry import Entry, final_metrics, load, metric_history
from frameworm.experiment.values import plain_config

__all__ = ["RecordedExperiment"]

_Self = TypeVar("_Self", bound="RecordedExperiment")


class RecordedExperiment:
    """The half of `Experiment` that reads.

    It keeps the root and the id, never a connection, so it can be pickled and forked.
    """

    _root: Path
    _entry: Entry
    _can_write: bool

    @classmethod
    def load(
        cls: type[_Self], experiment_id: str, root_dir: str | os.PathLike[str] = "experiments"
    ) -> _Self:
        """Open a recorded experiment for reading.

        Args:
            experiment_id: Its id.
            root_dir: Its root directory.

        Returns:
            The experiment; its ``log_`` methods and ``with`` raise.

        Raises:
            ExperimentNotFoundError: If there is none with that id.
            ExperimentError: If its row is damaged or its directory is gone.
        """
        root = Path(root_dir).absolute()
        experiment = cls._of(root, load(root, experiment_id))
        experiment._can_write = False
        if not experiment.dir.is_dir():
            raise ExperimentError(
                f"Experiment {experiment_id!r} is in the database, but its directory "
                f"{experiment.dir} is missing. Restore it, or remove the rows with "
                "ExperimentManager(root).delete_experiment(id)."
            )
        return experiment

    @classmethod
    def _of(cls: type[_Self], root: Path, entry: Entry) -> _Self:
        experiment = cls.__new__(cls)
        experiment._root, experiment._entry, experiment._can_write = root, entry, True
        return experiment

    @property
    def id(self) -> str:
        """The unique id: name, time of creation in UTC, random digits."""
        return self._entry.id

    @property
    def name(self) -> str:
        """The name it was given."""
        return self._entry.name

    @property
    def description(self) -> str:
        """The description it was given."""
        return self._entry.description

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags, each once."""
        return self._entry.tags

    @property
    def config(self) -> dict[str, Any]:
        """A copy of its configuration as plain dictionaries."""
        return plain_config(self._entry.config)

    @property
    def study(self) -> str | None:
        """The study it is a trial of, if any."""
        return self._entry.study

    @property
    def trial(self) -> int | None:
        """Its number in the study, if any."""
        return self._entry.trial

    @property
    def git_commit(self) -> str | None:
        """The commit of the working directory; None outside a repository or without git."""
        return self._entry.git.commit

    @property
    def git_dirty(self) -> bool | None:
        """Whether tracked files differed from that commit; None where there is none."""
        return self._entry.git.is_dirty

    @property
    def status(self) -> str:
        """Where it stands now: pending, running, completed, pruned or failed."""
        return self._current().status

    @property
    def error(self) -> str | None:
        """The traceback or text of the failure, None if it did not fail."""
        return self._current().error

    @property
    def duration(self) -> float | None:
        """Seconds from start to end; None before the end."""
        return self._current().duration

    @property
    def dir(self) -> Path:
        """The directory of this experiment."""
        return self._root / self.id

    @property
    def checkpoint_dir(self) -> Path:
        """The directory for checkpoints."""
        return self.dir / "checkpoints"

    @property
    def log_dir(self) -> Path:
        """The directory for log files."""
        return self.dir / "logs"

    @property
    def artifact_dir(self) -> Path:
        """The directory `log_artifact` copies to."""
        return self.dir / "artifacts"

    @property
    def experiment_id(self) -> str:
        """The same as `id`, under the name it has in Frameworm 1.3."""
        return self.id

    @property
    def exp_dir(self) -> Path:
        """The same as `dir`, under the name it has in Frameworm 1.3."""
        return self.dir

    @overload
    def get_metrics(self) -> dict[str, float]: ...

    @overload
    def get_metrics(self, name: str) -> list[dict[str, Any]]: ...

    def get_metrics(self, name: str | None = None) -> dict[str, float] | list[dict[str, Any]]:
        """Return the value logged last of each metric, or all values of one.

        Args:
            name: The metric whose values to return.

        Returns:
            Without a name the last values by name. With one a dictionary for each value in the
            order logged, with the keys of Frameworm 1.3: ``metric_name``, ``metric_value``,
            ``step`` (``None`` where none was given) and ``timestamp`` (seconds since 1970).

        Raises:
            ExperimentQueryError: If it has no metric of that name.
        """
        with database.reading(self._root) as connection:
            if name is None:
                number = sa.select(sa.literal(self._entry.number))
                return final_metrics(connection, number).get(self._entry.number, {})
            rows = metric_history(connection, self._entry.number, self.id, name)
        return [
            {"metric_name": name, "metric_value": value, "step": step, "timestamp": timestamp}
            for step, value, timestamp in rows
        ]

    def _current(self) -> Entry:
        return load(self._root, self.id)

    def __repr__(self) -> str:
        return f"Experiment(id={self.id!r}, root_dir={str(self._root)!r})"
