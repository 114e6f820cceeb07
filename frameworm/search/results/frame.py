"""The DataFrame of a search: one row a trial, with documented columns and types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from frameworm.core.tree import MISSING
from frameworm.search.space.dimensions import Categorical, Dimension, Integer, Real
from frameworm.search.study.columns import TrialColumns
from frameworm.trial.state import TrialState

if TYPE_CHECKING:
    import pandas as pd


__all__ = ["param_columns", "trials_frame"]


_FIRST = ("trial_idx", "state", "score")
_LAST = ("datetime_start", "datetime_complete", "duration", "error")


def param_columns(params: Iterable[str], metrics: Iterable[str]) -> dict[str, str]:
    """Return the name of each parameter's column.

    It is the parameter's dotted key; with ``params.`` before it where another column already has
    that name, as for a parameter called ``score``.

    Args:
        params: The parameters' dotted keys.
        metrics: The names of the metrics.

    Example:
        >>> param_columns(["training.lr", "score"], ["val_loss"])
        {'training.lr': 'training.lr', 'score': 'params.score'}
    """
    params = list(params)
    taken = {*_FIRST, *_LAST, *(f"metrics.{name}" for name in metrics)}
    columns = {}
    for key in params:
        column = key
        while column in taken or (column != key and column in params):
            column = f"params.{column}"
        columns[key] = column
    return columns


def trials_frame(
    columns: TrialColumns, *, space: Mapping[str, Dimension], metric: str
) -> pd.DataFrame:
    """Return trials as a DataFrame; see `frameworm.search.results.results.SearchResults.to_frame`.

    Args:
        columns: The trials.
        space: The search space; its parameters have a column even without trials.
        metric: The metric searched for; it has a column even without trials.
    """
    import numpy as np
    import pandas as pd

    keys = [*space, *(key for key in columns.params if key not in space)]
    # Sorted, since a database returns a trial's attributes in an order of its own.
    names = [metric, *sorted(name for name in columns.metrics if name != metric)]
    labels = param_columns(keys, names)
    count = len(columns.numbers)
    start = np.array(columns.started, dtype="datetime64[us]")
    end = np.array(columns.finished, dtype="datetime64[us]")
    complete = np.array([state is TrialState.COMPLETE for state in columns.states], dtype=bool)
    scores = np.where(complete, np.array(columns.scores, dtype=float), np.nan)
    metrics = {
        f"metrics.{name}": np.array(columns.metrics.get(name, [None] * count), dtype=float)
        for name in names
    }
    # A study Frameworm did not write has scores but no metrics; the score is the metric.
    searched = metrics[f"metrics.{metric}"]
    metrics[f"metrics.{metric}"] = np.where(np.isnan(searched), scores, searched)
    series: dict[str, pd.Series[Any]] = {
        "trial_idx": pd.Series(columns.numbers, dtype="int64"),
        "state": pd.Series([state.value for state in columns.states], dtype="str"),
        "score": pd.Series(scores, dtype="float64"),
        **{
            labels[key]: _param(columns.params.get(key, [MISSING] * count), space.get(key))
            for key in keys
        },
        **{label: pd.Series(values, dtype="float64") for label, values in metrics.items()},
        "datetime_start": pd.Series(start),
        "datetime_complete": pd.Series(end),
        "duration": pd.Series(end - start),
        "error": _objects(columns.errors),
    }
    frame: pd.DataFrame = pd.DataFrame(series)
    return frame


def _param(values: Sequence[Any], dimension: Dimension | None) -> pd.Series[Any]:
    import pandas as pd

    dtype = _dtype(values, dimension)
    if dtype == "int64" and any(value is MISSING for value in values):
        dtype = "float64"
    filled = [float("nan") if value is MISSING else value for value in values]
    if dtype == "object":
        return _objects(filled)
    try:
        series: pd.Series[Any] = pd.Series(filled, dtype=dtype)
    except (TypeError, ValueError, OverflowError):
        # Values from outside the space, or too large for 64 bits.
        return _objects(filled)
    return series


def _objects(values: Sequence[Any]) -> pd.Series[Any]:
    import numpy as np
    import pandas as pd

    # Item by item: NumPy would make rows of a two-dimensional array out of equally long lists.
    objects = np.empty(len(values), dtype=object)
    for index, value in enumerate(values):
        objects[index] = value
    series: pd.Series[Any] = pd.Series(objects, dtype="object")
    return series


def _dtype(values: Sequence[Any], dimension: Dimension | None) -> str:
    if isinstance(dimension, Real):
        return "float64"
    if isinstance(dimension, Integer):
        return "int64"
    known = dimension.choices if isinstance(dimension, Categorical) else values
    types = {type(value) for value in known if value is not MISSING}
    if types == {float}:
        return "float64"
    return "int64" if types == {int} else "object"
