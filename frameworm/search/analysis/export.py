"""Write the trials of a search for other tools: CSV, Parquet, Markdown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from frameworm.core.json_values import name_of
from frameworm.errors import MissingPackageError, SearchArgumentError

if TYPE_CHECKING:
    import os

    import pandas as pd

__all__ = ["flat_frame", "to_csv", "to_markdown", "to_parquet"]


def to_csv(frame: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write trials as CSV: a header line, then a line a trial; times as ISO 8601.

    Args:
        frame: The trials; see `flat_frame` for how values are written.
        path: The file; missing folders are made.
    """
    # pandas' own newline is the platform's: a file made on Windows would differ.
    flat_frame(frame).to_csv(
        _target(path), index=False, date_format="%Y-%m-%dT%H:%M:%S.%f", lineterminator="\n"
    )


def to_parquet(frame: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write trials as Parquet, with the types of their columns.

    Args:
        frame: The trials; see `flat_frame` for how values are written.
        path: The file; missing folders are made.

    Raises:
        MissingPackageError: If pyarrow is not installed.
    """
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise MissingPackageError(
            "Writing Parquet needs the package pyarrow, which is not installed: "
            "pip install 'frameworm[parquet]'; or write CSV with to_csv."
        ) from error
    flat_frame(frame).to_parquet(_target(path), engine="pyarrow", index=False)


def to_markdown(frame: pd.DataFrame, path: str | os.PathLike[str] | None = None) -> str:
    """Return trials as a Markdown table, and write it if a path is given.

    Args:
        frame: The trials.
        path: The file; missing folders are made.

    Example:
        >>> import pandas as pd
        >>> print(to_markdown(pd.DataFrame({"trial_idx": [0], "score": [0.25]})), end="")
        | trial_idx | score |
        | --------: | ----: |
        | 0         | 0.25  |
    """
    flat = flat_frame(frame)
    numeric = [flat[column].dtype.kind in "iuf" for column in flat]
    header = [_cell(column) for column in flat]
    rows = [[_cell(value) for value in row] for row in flat.itertuples(index=False, name=None)]
    widths = [max(3, *map(len, column)) for column in zip(header, *rows, strict=True)]
    rules = [
        f"{'-' * (width - 1)}:" if is_number else "-" * width
        for width, is_number in zip(widths, numeric, strict=True)
    ]
    text = "".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        "\n"
        for row in [header, rules, *rows]
    )
    if path is not None:
        _target(path).write_text(text, encoding="utf-8")
    return text


def flat_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return trials with values that every file format holds.

    ``duration`` becomes seconds. Columns of mixed values become text, missing ones stay missing:
    text as it is, other values as JSON, and what JSON cannot hold by its name.

    Args:
        frame: The trials; not changed.

    Example:
        >>> import pandas as pd
        >>> flat_frame(pd.DataFrame({"layers": [(64, 64), None]}))["layers"].tolist()
        ['[64, 64]', 'null']
    """
    import pandas as pd

    flat: pd.DataFrame = frame.copy()
    for column in flat:
        if flat[column].dtype.kind == "m":
            flat[column] = flat[column].dt.total_seconds()
        elif flat[column].dtype == object:
            # An error is text or nothing; for a parameter None is a value, NaN is none.
            empty = None if column == "error" else ...
            texts = [
                None if _is_nan(value) or value is empty else _text(value) for value in flat[column]
            ]
            flat[column] = pd.Series(texts, dtype="str", index=flat.index)
    return flat


def _text(value: Any) -> str:
    if isinstance(value, str):
        return str.__str__(value)
    try:
        return json.dumps(value)
    except (TypeError, ValueError):
        return name_of(value)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and value != value


def _cell(value: Any) -> str:
    if value is None or _is_nan(value) or str(value) == "NaT":
        return ""
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return " ".join(text.split()).replace("|", "\\|")


def _target(path: str | os.PathLike[str]) -> Path:
    target = Path(path)
    if target.is_dir():
        raise SearchArgumentError(
            f"Trials are written to a file, but {str(path)!r} is a folder; name a file in it."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    return target
