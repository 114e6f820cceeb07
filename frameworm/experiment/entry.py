"""One experiment as rows of the database."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from frameworm.errors import (
    ExperimentError,
    ExperimentNotFoundError,
    ExperimentQueryError,
    nearest,
)
from frameworm.experiment import database, schema
from frameworm.experiment.provenance import GitState, git_state
from frameworm.experiment.values import from_json, to_json

__all__ = [
    "OVER",
    "STATUSES",
    "Entry",
    "as_float",
    "final_metrics",
    "insert",
    "insert_metrics",
    "load",
    "metric_history",
    "parse_config",
]

OVER = ("completed", "pruned", "failed")
STATUSES = ("pending", "running", *OVER)


@dataclass(frozen=True)
class Entry:
    """What the database knows about one experiment, its metrics apart.

    Attributes:
        name: The name given by the user.
        config: The configuration, plain.
        id: The unique id, also the name of the directory; set when that is made.
        number: The key of the row; set when that is made.
        status: One of `STATUSES`.
        created_at: Seconds since 1970, as the other times.
        study: The study of a search's trial.
        trial: The number of a search's trial.
    """

    name: str
    config: dict[str, Any]
    description: str = ""
    tags: tuple[str, ...] = ()
    id: str = ""
    number: int = 0
    status: str = "pending"
    study: str | None = None
    trial: int | None = None
    git: GitState = field(default_factory=git_state)
    created_at: float = field(default_factory=time.time)
    started_at: float | None = None
    finished_at: float | None = None
    error: str | None = None

    @property
    def duration(self) -> float | None:
        """Seconds from start to end; None before the end."""
        if self.started_at is None or self.finished_at is None:
            return None
        return self.finished_at - self.started_at


def load(root: Path, experiment_id: str) -> Entry:
    """Read the rows of an experiment.

    Args:
        root: The root directory.
        experiment_id: The id.

    Returns:
        The entry.

    Raises:
        ExperimentNotFoundError: If the id has no row.
        ExperimentError: If the row is damaged.
    """
    table = schema.experiments
    with database.reading(root) as connection:
        row = connection.execute(sa.select(table).where(table.c.id == experiment_id)).first()
        if row is None:
            raise ExperimentNotFoundError(
                f"No experiment in {root} has the id {experiment_id!r}; it may have been deleted. "
                "ExperimentManager(root).list_experiments() shows those there are."
            )
        query = sa.select(schema.tags.c.tag).where(schema.tags.c.experiment == row.number)
        names = connection.execute(query.order_by(schema.tags.c.position)).scalars().all()
    return Entry(
        name=row.name,
        config=parse_config(row.id, row.config),
        description=row.description,
        tags=tuple(names),
        id=row.id,
        number=row.number,
        status=row.status,
        study=row.study,
        trial=row.trial,
        git=GitState(row.git_commit, row.git_dirty),
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        error=row.error,
    )


def parse_config(experiment_id: str, text: str) -> dict[str, Any]:
    """Return the configuration stored in a row.

    Raises:
        ExperimentError: If it is not a JSON object.
    """
    try:
        config = from_json(text)
    except (TypeError, ValueError) as exc:
        raise _damaged(experiment_id, text) from exc
    if not isinstance(config, dict):
        raise _damaged(experiment_id, text)
    return config


def insert_metrics(
    connection: sa.Connection, number: int, metrics: Mapping[str, float], step: int | None
) -> None:
    """Append one value to the history of each metric.

    Args:
        connection: An open transaction.
        number: The number of the experiment.
        metrics: The values by name.
        step: The step they belong to.
    """
    if not metrics:
        return
    common = {"experiment": number, "step": step, "timestamp": time.time()}
    rows = [{**common, "name": name, "value": value} for name, value in metrics.items()]
    connection.execute(sa.insert(schema.metrics), rows)


def final_metrics(
    connection: sa.Connection, numbers: sa.Select[Any]
) -> dict[int, dict[str, float]]:
    """Return the value logged last of every metric of several experiments.

    Args:
        connection: An open connection.
        numbers: A query for the numbers of the experiments.

    Returns:
        The values by name, by number; an experiment without metrics is missing.
    """
    table = schema.metrics
    newest = sa.select(sa.func.max(table.c.number)).where(table.c.experiment.in_(numbers))
    newest = newest.group_by(table.c.experiment, table.c.name)
    query = sa.select(table.c.experiment, table.c.name, table.c.value)
    found: dict[int, dict[str, float]] = {}
    for number, name, value in connection.execute(
        query.where(table.c.number.in_(newest)).order_by(table.c.number)
    ):
        found.setdefault(number, {})[name] = as_float(value)
    return found


def metric_history(
    connection: sa.Connection, number: int, experiment_id: str, metric: str
) -> list[tuple[int | None, float, float]]:
    """Return every value logged of one metric, in the order logged.

    Args:
        connection: An open connection.
        number: The number of the experiment.
        experiment_id: Its id, for the message.
        metric: The name of the metric.

    Returns:
        Step, value, and seconds since 1970.

    Raises:
        ExperimentQueryError: If the experiment has no such metric.
    """
    table = schema.metrics
    of_entry = table.c.experiment == number
    query = sa.select(table.c.step, table.c.value, table.c.timestamp)
    query = query.where(of_entry, table.c.name == metric).order_by(table.c.number)
    rows = connection.execute(query).all()
    if not rows:
        names = sa.select(table.c.name).where(of_entry).distinct().order_by(table.c.name)
        known = connection.execute(names).scalars().all()
        raise ExperimentQueryError(
            f"Experiment {experiment_id!r} has the metrics {', '.join(known) or '(none)'}, but not "
            f"{metric!r}.{nearest(str(metric), known)} Ask for one of them."
        )
    return [(step, as_float(value), time) for step, value, time in rows]


def as_float(value: float | None) -> float:
    """Return a value of the metrics table; NULL there is NaN."""
    return float("nan") if value is None else value


def insert(
    connection: sa.Connection,
    entry: Entry,
    metrics: Mapping[str, float],
    history: Mapping[int, Mapping[str, float]],
) -> int:
    """Insert the rows of an experiment.

    Args:
        connection: An open transaction.
        entry: The experiment.
        metrics: Its final metrics, if it is already over.
        history: What they were before, by step.

    Returns:
        Its number.
    """
    inserted = connection.execute(
        sa.insert(schema.experiments),
        {
            "id": entry.id,
            "name": entry.name,
            "status": entry.status,
            "description": entry.description,
            "config": to_json(entry.config),
            "study": entry.study,
            "trial": entry.trial,
            "git_commit": entry.git.commit,
            "git_dirty": entry.git.is_dirty,
            "created_at": entry.created_at,
            "started_at": entry.started_at,
            "finished_at": entry.finished_at,
            "error": entry.error,
        },
    )
    number = int(inserted.lastrowid)
    rows = [
        {"experiment": number, "position": position, "tag": tag}
        for position, tag in enumerate(entry.tags)
    ]
    if rows:
        connection.execute(sa.insert(schema.tags), rows)
    for step, values in history.items():
        insert_metrics(connection, number, values, step)
    insert_metrics(connection, number, metrics, step=None)
    return number


def _damaged(experiment_id: str, text: Any) -> ExperimentError:
    return ExperimentError(
        f"The database holds the config of an experiment as a JSON object, but that of "
        f"{experiment_id!r} is {str(text)[:60]!r}. The row is damaged: its config.yaml may still "
        "be good; delete_experiment() removes both."
    )
