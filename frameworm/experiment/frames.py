"""Tables of experiments: for pandas and for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from frameworm.core.differences import leaves

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from frameworm.experiment.recorded import RecordedExperiment

__all__ = ["comparison_frame", "experiments_frame", "history_frame", "summary_table"]

_METRICS = "metrics."
_COLORS = {"completed": "green", "failed": "red", "running": "yellow", "pruned": "cyan"}


def experiments_frame(
    rows: Sequence[sa.Row[Any]],
    tags: Mapping[int, Sequence[str]],
    metrics: Mapping[int, Mapping[str, float]],
) -> pd.DataFrame:
    """Return the table `ExperimentManager.list_experiments` documents.

    Args:
        rows: Rows of the experiments table, without the configuration.
        tags: Tags by number of the experiment.
        metrics: Final metrics by number of the experiment.

    Returns:
        The table; it has its columns even without rows.
    """
    import pandas as pd

    frame = pd.DataFrame(
        {
            "id": pd.Series([row.id for row in rows], dtype="str"),
            "name": pd.Series([row.name for row in rows], dtype="str"),
            "status": pd.Series([row.status for row in rows], dtype="str"),
            "tags": pd.Series([tuple(tags.get(row.number, ())) for row in rows], dtype="object"),
            "description": pd.Series([row.description for row in rows], dtype="str"),
            "created_at": _times([row.created_at for row in rows]),
            "duration": pd.Series([_duration(row) for row in rows], dtype="float64"),
            "study": pd.Series([row.study for row in rows], dtype="object"),
            "trial": pd.Series([row.trial for row in rows], dtype="Int64"),
            "git_commit": pd.Series([row.git_commit for row in rows], dtype="object"),
            "git_dirty": pd.Series([row.git_dirty for row in rows], dtype="boolean"),
            "error": pd.Series([row.error for row in rows], dtype="object"),
        }
    )
    found = [metrics.get(row.number, {}) for row in rows]
    nan = float("nan")
    names = sorted({name for values in found for name in values})
    finals = {f"{_METRICS}{name}": [values.get(name, nan) for values in found] for name in names}
    # At once: a frame that gets many columns one by one becomes slow.
    metric_frame = pd.DataFrame(finals, index=frame.index, dtype="float64")
    joined: pd.DataFrame = pd.concat([frame, metric_frame], axis=1)
    return joined


def comparison_frame(experiments: Sequence[RecordedExperiment]) -> pd.DataFrame:
    """Return the table `ExperimentManager.compare_experiments` documents.

    Args:
        experiments: What to compare.

    Returns:
        The table.
    """
    import pandas as pd

    configs = [dict(leaves(experiment.config)) for experiment in experiments]
    metrics = [experiment.get_metrics() for experiment in experiments]
    columns: dict[str, list[Any]] = {
        "name": [experiment.name for experiment in experiments],
        "status": [experiment.status for experiment in experiments],
    }
    for key in dict.fromkeys(key for config in configs for key in config):
        # By repr, so that NaN equals NaN, and True and 1 differ.
        if len({repr(config[key]) if key in config else "" for config in configs}) > 1:
            columns[f"config.{key}"] = [config.get(key) for config in configs]
    for name in sorted({name for values in metrics for name in values}):
        columns[f"{_METRICS}{name}"] = [values.get(name, float("nan")) for values in metrics]
    index = pd.Index([experiment.id for experiment in experiments], name="id")
    frame: pd.DataFrame = pd.DataFrame(columns, index=index)
    return frame


def history_frame(rows: Sequence[tuple[int | None, float, float]]) -> pd.DataFrame:
    """Return the table `ExperimentManager.get_metric_history` documents.

    Args:
        rows: Step, value, and seconds since 1970.

    Returns:
        The table.
    """
    import pandas as pd

    frame: pd.DataFrame = pd.DataFrame(
        {
            "step": pd.Series([row[0] for row in rows], dtype="Int64"),
            "value": pd.Series([row[1] for row in rows], dtype="float64"),
            "timestamp": _times([row[2] for row in rows]),
        }
    )
    return frame


def summary_table(root: str, newest: pd.DataFrame, counts: Mapping[str, int]) -> Table:
    """Return the table `ExperimentManager.print_summary` prints.

    Args:
        root: The root directory.
        newest: The experiments to show.
        counts: How many there are of each status.

    Returns:
        A rich table. Names are shown as they are, never read as markup.
    """
    from rich.table import Table
    from rich.text import Text

    total = sum(counts.values())
    parts = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    title = f"{total} experiments in {root}" + (f": {parts}" if parts else "")
    if len(newest) < total:
        title += f" (the newest {len(newest)})"
    table = Table(title=Text(title), title_justify="left")
    for heading in ("id", "name", "status", "tags", "seconds", "metrics"):
        table.add_column(heading, overflow="fold")
    names = [column for column in newest.columns if column.startswith(_METRICS)]
    for _, row in newest.iterrows():
        metrics = [f"{name[len(_METRICS) :]}={row[name]:.4g}" for name in names]
        shown = [text for text in metrics if not text.endswith("=nan")]
        table.add_row(
            Text(row["id"]),
            Text(row["name"]),
            Text(row["status"], style=_COLORS.get(row["status"], "")),
            Text(" ".join(row["tags"])),
            Text("" if row["duration"] != row["duration"] else f"{row['duration']:.1f}"),
            Text(" ".join(shown)),
        )
    return table


def _times(seconds: Sequence[float]) -> pd.Series[pd.Timestamp]:
    import pandas as pd

    series = pd.Series(seconds, dtype="float64")
    times: pd.Series[pd.Timestamp] = pd.to_datetime(series, unit="s", utc=True)
    return times


def _duration(row: sa.Row[Any]) -> float | None:
    if row.started_at is None or row.finished_at is None:
        return None
    return float(row.finished_at - row.started_at)
