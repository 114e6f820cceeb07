"""The best trials as a DataFrame that prints what one wants to read of them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["BestTrials"]


class BestTrials(pd.DataFrame):
    """A DataFrame with all columns, of which it prints the trial, the score and the parameters.

    pandas leaves out columns in the middle where the line is too short, and there they are.

    Args:
        data: The rows.
        shown: The columns to print.
    """

    _metadata = ["_shown"]  # noqa: RUF012  # pandas' way to name what is no column

    def __init__(self, data: Any, shown: Sequence[str] | None = None) -> None:
        super().__init__(data)  # type: ignore[call-arg]  # the stubs give it a __new__ only
        self._shown = list(self.columns if shown is None else shown)

    def _printed(self) -> pd.DataFrame:
        printed: pd.DataFrame = pd.DataFrame(self)[[n for n in self._shown if n in self.columns]]
        return printed

    def __repr__(self) -> str:
        width = shutil.get_terminal_size().columns
        return self._printed().to_string(line_width=width)

    def _repr_html_(self) -> str:
        return self._printed().to_html(notebook=True)
