"""`Experiment`: one run, its configuration, metrics and files."""

from __future__ import annotations

import logging
import operator
import os
import shutil
import time
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from frameworm.errors import ExperimentError, ExperimentNotFoundError
from frameworm.experiment import database, directory, schema
from frameworm.experiment.entry import OVER, Entry, insert, insert_metrics
from frameworm.experiment.names import experiment_name, free_text, label, tag_tuple
from frameworm.experiment.recorded import RecordedExperiment
from frameworm.experiment.values import as_metrics, plain_config

__all__ = ["Experiment"]

_logger = logging.getLogger("frameworm")


class Experiment(RecordedExperiment):
    """One run, with a directory of its own and rows in the root's ``experiments.db``.

    Making one records it as ``pending``; ``with`` makes it ``running`` and, at the end,
    ``completed``, or ``failed`` with the traceback if an exception comes out (which goes on).
    A process that is killed leaves it ``running``.

    The directory ``<root>/<id>/`` holds ``config.yaml``, ``metadata.json``, ``checkpoints/``,
    ``logs/`` and ``artifacts/``. Any number of processes may record under one root; it must be on
    a local disk. An experiment can be pickled and logged to from other processes.

    Args:
        name: One line of text without slashes; need not be unique.
        config: A `Config`, another mapping, a dataclass, a namespace, a Pydantic or attrs object.
            What YAML cannot hold is stored by its name.
        description: Any text.
        tags: Words to find it by; a lone string is one tag.
        root_dir: The root directory; made if there is none.

    Raises:
        ExperimentNameError: If the name or a tag is not allowed.
        ExperimentError: If the root cannot be written or the config is no mapping.

    Example:
        >>> import tempfile
        >>> root = tempfile.mkdtemp()
        >>> with Experiment("vae", {"lr": 0.1}, tags=["digits"], root_dir=root) as experiment:
        ...     for epoch in range(3):
        ...         experiment.log_metric("loss", 1 / (epoch + 1), step=epoch)
        >>> experiment.status, experiment.get_metrics()["loss"] < 0.34
        ('completed', True)
        >>> sorted(path.name for path in experiment.dir.iterdir())
        ['artifacts', 'checkpoints', 'config.yaml', 'logs', 'metadata.json']
    """

    def __init__(
        self,
        name: str,
        config: Mapping[str, Any] | None = None,
        description: str = "",
        tags: str | Iterable[str] = (),
        root_dir: str | os.PathLike[str] = "experiments",
    ) -> None:
        root = Path(root_dir).absolute()
        entry = _new_entry(name, config, description, tags)
        self._root, self._entry, self._can_write = root, _create(root, entry, {}, {}), True

    @classmethod
    def record(
        cls,
        name: str,
        config: Mapping[str, Any] | None = None,
        metrics: Mapping[str, Any] | None = None,
        tags: str | Iterable[str] = (),
        root_dir: str | os.PathLike[str] = "experiments",
        *,
        status: str = "completed",
        description: str = "",
        error: str | None = None,
        study: str | None = None,
        trial: int | None = None,
        duration: float | None = None,
        history: Mapping[int, Mapping[str, Any]] | None = None,
    ) -> Experiment:
        """Record a run that is already over, in one transaction: about a millisecond.

        Args:
            name: As for the class.
            config: As for the class.
            metrics: Final values by name, as for `log_metrics`.
            tags: As for the class; a search uses ``grid_search`` or ``random_search``.
            root_dir: As for the class.
            status: ``completed``, ``pruned`` or ``failed``.
            description: Any text.
            error: The text of the failure.
            study: The name of the study, for a search's trial.
            trial: The number of the trial in its study.
            duration: Seconds it took.
            history: What the metrics were before, by step, such as the epoch.

        Returns:
            The experiment, to log artifacts to for example.

        Raises:
            ExperimentNameError: If the name or a tag is not allowed.
            ExperimentError: If the status is none of the three, a metric is no number, or the
                root cannot be written.

        Example:
            >>> import tempfile
            >>> experiment = Experiment.record(
            ...     "trial 7", {"lr": 0.1}, {"loss": float("nan")}, ["grid_search"],
            ...     tempfile.mkdtemp(), status="failed", error="the loss is NaN", trial=7,
            ... )
            >>> experiment.status, experiment.get_metrics()
            ('failed', {'loss': nan})
        """
        if status not in OVER:
            raise ExperimentError(
                f"record() takes a run that is over, with status one of {', '.join(OVER)}; got "
                f"{status!r}. For a run that goes on use `with Experiment(...)`."
            )
        values = _metrics({} if metrics is None else metrics)
        now = time.time()
        entry = replace(
            _new_entry(name, config, description, tags),
            status=status,
            study=None if study is None else label("study name", study),
            trial=_step("trial", trial),
            started_at=None if duration is None else now - float(duration),
            finished_at=now,
            error=None if error is None else free_text("error", error),
        )
        root = Path(root_dir).absolute()
        steps = {step: _metrics(before) for step, before in (history or {}).items()}
        return cls._of(root, _create(root, entry, values, steps))

    def log_metric(self, name: str, value: Any, step: int | None = None) -> None:
        """Append one value to the history of a metric.

        Args:
            name: The name of the metric, one line of text.
            value: A number; NaN, infinities, NumPy scalars and 0-d tensors too.
            step: The step, such as the epoch; an integer.

        Raises:
            ExperimentNameError: If the name is not allowed.
            ExperimentError: If the value is no number, the step no integer, or the experiment was
                opened for reading.
            ExperimentNotFoundError: If the experiment was deleted.
        """
        self.log_metrics({name: value}, step)

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Append one value to the history of each metric, in one transaction.

        Args:
            metrics: Values by name, as for `log_metric`.
            step: The step they belong to.

        Raises:
            ExperimentError: As for `log_metric`; then none is logged.
        """
        self._check_writable()
        values, at = _metrics(metrics), _step("step", step)
        with database.writing(self._root) as connection:
            try:
                insert_metrics(connection, self._entry.number, values, at)
            except IntegrityError as exc:
                raise self._deleted() from exc

    def log_artifact(self, path: str | os.PathLike[str], name: str | None = None) -> Path:
        """Copy a file or a directory into ``artifacts/``.

        Args:
            path: What to copy.
            name: What to call it there, a path below ``artifacts/``; by default the name it has.
                A file of that name is replaced, a directory added to.

        Returns:
            Where the copy is.

        Raises:
            ExperimentNameError: If the name leads out of the directory.
            ExperimentError: If it cannot be read or copied.
        """
        self._check_writable()
        return directory.copy_artifact(self.artifact_dir, path, name)

    def __enter__(self) -> Experiment:
        self._check_writable()
        table = schema.experiments
        change = sa.update(table).where(table.c.number == self._entry.number)
        with database.writing(self._root) as connection:
            # One conditional step, so that of two processes only one can start it.
            started = connection.execute(
                change.where(table.c.status == "pending"),
                {"status": "running", "started_at": time.time()},
            ).rowcount
        if not started:
            raise ExperimentError(
                f"An experiment runs once, but {self.id!r} is already {self.status}. "
                "Make a new Experiment of the same name."
            )
        directory.update_metadata(self._root, self._current(), {})
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._finish("completed", None)
            return
        try:
            text = "".join(traceback.format_exception(kind, error, trace))
            self._finish("failed", free_text("error", text))
        except ExperimentError as exc:
            # The failure of the run matters more than that it could not be recorded.
            _logger.warning("The failure of experiment %s was not recorded: %s", self.id, exc)

    def _finish(self, status: str, error: str | None) -> None:
        table = schema.experiments
        with database.writing(self._root) as connection:
            finished = connection.execute(
                sa.update(table).where(table.c.number == self._entry.number),
                {"status": status, "finished_at": time.time(), "error": error},
            ).rowcount
        if not finished:
            raise self._deleted()
        directory.update_metadata(self._root, self._current(), self.get_metrics())

    def _check_writable(self) -> None:
        if not self._can_write:
            raise ExperimentError(
                f"Only the run that made an experiment adds to it, but {self.id!r} was opened for "
                "reading. Make a new Experiment."
            )

    def _deleted(self) -> ExperimentNotFoundError:
        return ExperimentNotFoundError(
            f"Experiment {self.id!r} must be in the database to be added to, but it was deleted. "
            "Make a new Experiment."
        )


def _create(
    root: Path,
    entry: Entry,
    metrics: Mapping[str, float],
    history: Mapping[int, Mapping[str, float]],
) -> Entry:
    database.create_database(root)
    entry = directory.make(root, entry, metrics)
    try:
        with database.writing(root) as connection:
            return replace(entry, number=insert(connection, entry, metrics, history))
    except BaseException:
        # No directory without its rows, unless the process is killed right here.
        shutil.rmtree(root / entry.id, ignore_errors=True)
        raise


def _new_entry(
    name: str, config: Mapping[str, Any] | None, description: str, tags: str | Iterable[str]
) -> Entry:
    return Entry(
        name=experiment_name(name),
        config=plain_config(config),
        description=free_text("description", description),
        tags=tag_tuple(tags),
    )


def _metrics(metrics: Mapping[str, Any]) -> dict[str, float]:
    values = as_metrics(metrics)
    for name in values:
        label("metric name", name)
    return values


def _step(kind: str, value: int | None) -> int | None:
    if value is None:
        return None
    try:
        number = operator.index(value)
    except TypeError as exc:
        raise ExperimentError(
            f"A {kind} is an integer or None, got {value!r}. Use int(...)."
        ) from exc
    if not -(2**63) <= number < 2**63:
        raise ExperimentError(f"A {kind} is an integer of 64 bits, got {value!r}. Use a smaller.")
    return number
