"""Understand trials as others hold them: DataFrames, and lists of an engine's own trials."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from frameworm.errors import SearchArgumentError, nearest
from frameworm.search.results.frame import param_columns

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["dicts_of_frame", "dicts_of_trials"]

_OWN = {"trial_idx", "state", "score", "datetime_start", "datetime_complete", "duration", "error"}


def dicts_of_frame(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the trials of a DataFrame as `SearchResults.from_dicts` takes them.

    Args:
        frame: What ``SearchResults.to_frame`` or Optuna's ``study.trials_dataframe()`` returned,
            or any other with a column ``score`` or ``metrics.<name>`` and one a parameter; read
            back from CSV is fine.

    Raises:
        SearchArgumentError: If no column holds scores.
    """
    columns = [str(column) for column in frame.columns]
    rows = [
        {key: value for key, value in zip(columns, row, strict=True) if not _is_missing(value)}
        for row in frame.itertuples(index=False, name=None)
    ]
    values = [name for name in columns if re.match(r"value$|values?_", name)]
    if "number" in columns and values:
        # Of several values the first.
        return [_of_optuna(row, values[0]) for row in rows]
    if "score" not in columns and not any(name.startswith("metrics.") for name in columns):
        raise SearchArgumentError(
            "A DataFrame of trials has a column 'score' or 'metrics.<name>', or is what "
            f"study.trials_dataframe() returns; this one has {', '.join(columns) or 'none'}."
            f"{nearest('score', columns)}"
        )
    metrics = [name[8:] for name in columns if name.startswith("metrics.")]
    params = [name for name in columns if name not in _OWN and not name.startswith("metrics.")]
    # A parameter called like another column has the prefix that to_frame gave it.
    keys = {
        name: name[7:]
        for name in params
        if name.startswith("params.") and param_columns([name[7:]], metrics)[name[7:]] == name
    }
    return [_of_own(row, {name: keys.get(name, name) for name in params}) for row in rows]


def _of_own(row: Mapping[str, Any], params: Mapping[str, str]) -> dict[str, Any]:
    return {
        **{key: row[key] for key in ("trial_idx", "state", "score", "error") if key in row},
        "params": {key: row[name] for name, key in params.items() if name in row},
        "metrics": {key[8:]: row[key] for key in row if key.startswith("metrics.")},
        **_times(row),
    }


def _of_optuna(row: Mapping[str, Any], column: str) -> dict[str, Any]:
    state = row.get("state", "COMPLETE")
    score = row.get(column) if state == "COMPLETE" else None
    metric = column.partition("_")[2]
    metrics = {
        key.removeprefix("user_attrs_"): value
        for key, value in row.items()
        if key.startswith("user_attrs_") and isinstance(value, (int, float))
    }
    if metric and not metric.isdigit() and score is not None:
        metrics[metric] = score
    return {
        "trial_idx": row["number"],
        "state": state,
        "score": score,
        "params": {
            key.removeprefix("params_"): value
            for key, value in row.items()
            if key.startswith("params_")
        },
        "metrics": metrics,
        "error": row.get("user_attrs_frameworm:error"),
        **_times(row),
    }


def _times(row: Mapping[str, Any]) -> dict[str, datetime | None]:
    times = {"started_at": "datetime_start", "finished_at": "datetime_complete"}
    return {key: _time(row[name]) for key, name in times.items() if name in row}


def _time(value: Any) -> datetime | None:
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime()
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _is_missing(value: Any) -> bool:
    import pandas as pd

    return value is None or value is pd.NaT or (isinstance(value, float) and value != value)


def dicts_of_trials(trials: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Yield trials of an engine as `SearchResults.from_dicts` takes them.

    Args:
        trials: For Optuna ``study.trials``, a list of ``FrozenTrial``.
    """
    for trial in trials:
        state = trial.state.name
        values = trial.values if state == "COMPLETE" else None
        yield {
            "trial_idx": trial.number,
            "state": state,
            "score": values[0] if values else None,
            "values": values,
            "params": dict(trial.params),
            "metrics": {
                name: value
                for name, value in trial.user_attrs.items()
                if isinstance(value, (int, float)) and not isinstance(value, bool)
            },
            "intermediate": dict(trial.intermediate_values),
            "error": trial.user_attrs.get("frameworm:error"),
            "traceback": trial.user_attrs.get("frameworm:traceback"),
            "started_at": trial.datetime_start,
            "finished_at": trial.datetime_complete,
        }
