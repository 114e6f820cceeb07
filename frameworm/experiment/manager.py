"""`ExperimentManager`: find, compare and delete recorded experiments."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from frameworm.errors import (
    ExperimentError,
    ExperimentNotFoundError,
    ExperimentQueryError,
    nearest,
)
from frameworm.experiment import database, schema
from frameworm.experiment.entry import final_metrics, metric_history, parse_config
from frameworm.experiment.experiment import Experiment
from frameworm.experiment.frames import (
    comparison_frame,
    experiments_frame,
    history_frame,
    summary_table,
)
from frameworm.experiment.query import conditions, meets
from frameworm.experiment.selection import choose, read_frame

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ExperimentManager"]


class ExperimentManager:
    """Reads the experiments recorded under one root directory.

    It creates nothing: under a root that does not exist, or holds no experiments yet, lists are
    empty and asking for one experiment raises `ExperimentNotFoundError`.

    Args:
        root_dir: The root directory.

    Raises:
        ExperimentError: If it is a file.

    Example:
        >>> import tempfile
        >>> root = tempfile.mkdtemp()
        >>> for trial, lr in enumerate([0.1, 0.01]):
        ...     _ = Experiment.record(
        ...         "mnist", {"lr": lr}, {"loss": lr * 2}, ["grid_search"], root, trial=trial
        ...     )
        >>> manager = ExperimentManager(root)
        >>> manager.list_experiments(tags=["grid_search"])[["name", "trial", "metrics.loss"]]
            name  trial  metrics.loss
        0  mnist      1          0.02
        1  mnist      0          0.20
        >>> len(manager.search_experiments(config_filter={"lr": ("<", 0.1)}))
        1
    """

    def __init__(self, root_dir: str | os.PathLike[str] = "experiments") -> None:
        self.root = Path(root_dir).absolute()
        if self.root.exists() and not self.root.is_dir():
            raise ExperimentError(
                f"The root of experiments is a directory, but {self.root} is a file. "
                "Give the directory that holds experiments.db."
            )

    def list_experiments(
        self,
        status: str | None = None,
        tags: str | Iterable[str] | None = None,
        limit: int | None = None,
    ) -> pd.DataFrame:
        """Return the experiments, the newest first.

        Args:
            status: Only those with this status: pending, running, completed, pruned or failed.
            tags: Only those with all of these tags; a lone string is one tag. Tags match whole.
            limit: At most so many, the newest.

        Returns:
            One row an experiment: ``id``, ``name``, ``status``, ``tags`` (tuple),
            ``description``, ``created_at`` (UTC), ``duration`` (seconds, NaN before the end),
            ``study``, ``trial``, ``git_commit``, ``git_dirty``, ``error``, and by name
            ``metrics.<name>`` with the value logged last (NaN also where there is none).

        Raises:
            ExperimentQueryError: If the status is unknown or the limit no count.
            ExperimentError: If the database cannot be read.
        """
        chosen = choose(status, tags, limit)
        if not database.has_database(self.root):
            return experiments_frame([], {}, {})
        with database.reading(self.root) as connection:
            return read_frame(connection, chosen)

    def get_experiment(self, id_or_name: str) -> Experiment:
        """Open an experiment for reading.

        Args:
            id_or_name: Its id, or its name if no other has the same.

        Returns:
            The experiment.

        Raises:
            ExperimentNotFoundError: If there is none.
            ExperimentQueryError: If several have that name; the message lists the newest ids.
            ExperimentError: If its row is damaged or its directory is missing.
        """
        return Experiment.load(self._resolve(id_or_name)[1], self.root)

    def compare_experiments(self, experiments: Iterable[str]) -> pd.DataFrame:
        """Return what differs in the configurations, and all final metrics, side by side.

        Args:
            experiments: Ids or names.

        Returns:
            One row an experiment in the order given, indexed by id: ``name``, ``status``,
            ``config.<key>`` for every key whose values are not all equal (NaN where it is
            missing), ``metrics.<name>`` for every metric.

        Raises:
            ExperimentNotFoundError: If there is no such experiment.
            ExperimentQueryError: If none is given, or a name is that of several.
        """
        names = [experiments] if isinstance(experiments, str) else list(experiments)
        if not names:
            raise ExperimentQueryError(
                "compare_experiments takes at least one id or name, got none. "
                "list_experiments()['id'] has them all."
            )
        opened = [self.get_experiment(name) for name in names]
        return comparison_frame(opened)

    def get_metric_history(self, id_or_name: str, metric: str) -> pd.DataFrame:
        """Return every value logged of one metric, in the order logged.

        Args:
            id_or_name: The experiment.
            metric: The name of the metric.

        Returns:
            Columns ``step`` (missing where none was given), ``value`` and ``timestamp`` (UTC).

        Raises:
            ExperimentNotFoundError: If there is no such experiment.
            ExperimentQueryError: If it has no such metric.
        """
        number, experiment_id = self._resolve(id_or_name)
        with database.reading(self.root) as connection:
            return history_frame(metric_history(connection, number, experiment_id, metric))

    def search_experiments(
        self,
        config_filter: Mapping[str, Any] | None = None,
        metric_filter: Mapping[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Return the experiments that meet every condition, the newest first.

        Args:
            config_filter: By dotted key, a value to equal or a pair of operator and operand, as in
                ``{"optimizer": "adam", "training.lr": ("<=", 0.1)}``. The operators are
                ``== != < <= > >= in``. A key that is missing meets no condition.
            metric_filter: The same for final metrics.

        Returns:
            A table as `list_experiments` returns it.

        Raises:
            ExperimentQueryError: If a filter is malformed or uses another operator.
            ExperimentError: If a row is damaged.
        """
        config_conditions = conditions("config_filter", config_filter)
        metric_conditions = conditions("metric_filter", metric_filter)
        if not database.has_database(self.root):
            return experiments_frame([], {}, {})
        table = schema.experiments
        with database.reading(self.root) as connection:
            metrics = final_metrics(connection, sa.select(table.c.number))
            rows = connection.execute(sa.select(table.c.number, table.c.id, table.c.config)).all()
            found = {
                number
                for number, experiment_id, config in rows
                if meets(metrics.get(number, {}), metric_conditions)
                and meets(parse_config(experiment_id, config), config_conditions)
            }
            return read_frame(connection, choose(), found)

    def delete_experiment(self, experiment_id: str) -> None:
        """Delete an experiment: its directory, then its rows. There is no way back.

        Args:
            experiment_id: Its id; a name is not enough.

        Raises:
            ExperimentNotFoundError: If there is none with that id.
            ExperimentError: If its directory cannot be deleted; call again once it can.
        """
        table = schema.experiments
        self._check_id(experiment_id)
        directory = self.root / experiment_id
        # The id comes from a file anyone may have written: only a direct child is ever deleted.
        if directory.name != experiment_id or experiment_id in (".", ".."):
            raise ExperimentError(
                f"An experiment's id is the name of a directory in {self.root}, but the database "
                f"holds {experiment_id!r}. The row is damaged; nothing was deleted."
            )
        try:
            if directory.is_symlink():
                directory.unlink()
            elif directory.exists():
                shutil.rmtree(directory)
        except OSError as exc:
            raise ExperimentError(
                f"The directory of experiment {experiment_id!r} must be deletable, but: {exc}. "
                "Correct its permissions and delete the experiment again."
            ) from exc
        with database.writing(self.root) as connection:
            connection.execute(sa.delete(table).where(table.c.id == experiment_id))

    def print_summary(self, limit: int = 20) -> None:
        """Print how many experiments there are of each status, and a table of the newest.

        Args:
            limit: How many rows the table has at most.

        Raises:
            ExperimentQueryError: If the limit is no count.
        """
        from rich.console import Console

        newest = self.list_experiments(limit=limit)
        counts: dict[str, int] = {}
        if database.has_database(self.root):
            status = schema.experiments.c.status
            with database.reading(self.root) as connection:
                query = sa.select(status, sa.func.count()).group_by(status)
                counts = {row[0]: row[1] for row in connection.execute(query)}
        Console().print(summary_table(str(self.root), newest, counts))

    def _resolve(self, id_or_name: str) -> tuple[int, str]:
        """Return number and id of one experiment."""
        table = schema.experiments
        rows: list[tuple[int, str]] = []
        if database.has_database(self.root) and isinstance(id_or_name, str):
            query = sa.select(table.c.number, table.c.id)
            with database.reading(self.root) as connection:
                by_id = connection.execute(query.where(table.c.id == id_or_name))
                rows = [(number, found) for number, found in by_id]
                if not rows:
                    by_name = query.where(table.c.name == id_or_name)
                    newest = connection.execute(by_name.order_by(table.c.number.desc()))
                    rows = [(number, found) for number, found in newest]
        if not rows:
            raise self._not_found(id_or_name)
        if len(rows) > 1:
            ids = ", ".join(found for _, found in rows[:3])
            raise ExperimentQueryError(
                f"A name stands for an experiment only if no other has it, but {len(rows)} are "
                f"called {id_or_name!r}. Give an id; the newest are {ids}."
            )
        return rows[0]

    def _check_id(self, experiment_id: str) -> None:
        column = schema.experiments.c.id
        if database.has_database(self.root) and isinstance(experiment_id, str):
            with database.reading(self.root) as connection:
                if connection.execute(sa.select(column).where(column == experiment_id)).first():
                    return
        raise self._not_found(experiment_id)

    def _not_found(self, wanted: object) -> ExperimentNotFoundError:
        known: list[str] = []
        if database.has_database(self.root):
            name = schema.experiments.c.name
            with database.reading(self.root) as connection:
                known = list(connection.execute(sa.select(name).distinct().limit(1000)).scalars())
        return ExperimentNotFoundError(
            f"No experiment in {self.root} has the id or name {wanted!r}."
            f"{nearest(str(wanted), known)} list_experiments() shows those there are."
        )
