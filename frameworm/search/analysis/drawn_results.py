"""What the plot methods stand on: results, a figure to draw them in, a file to save it to."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os

    import pandas as pd
    from matplotlib.axes import Axes
    from typing_extensions import Self

    from frameworm.search.results.results import SearchResults

__all__ = ["DrawnResults"]


class DrawnResults(ABC):
    """Results that can be drawn."""

    _results: SearchResults
    _is_shown = True

    @abstractmethod
    def importance(
        self, evaluator: str = "ped-anova", metric: str | None = None
    ) -> pd.Series[float]:
        """Return how much each parameter explains of a metric."""

    def offscreen(self) -> Self:
        """Return the same results, with plots that are made for a file and shown to nobody.

        A report draws a dozen pictures that would else all appear in the notebook that writes it.
        """
        other = copy.copy(self)
        other._is_shown = False
        return other

    def _plot(
        self,
        draw: Callable[..., None],
        save_path: str | os.PathLike[str] | None,
        ax: Axes | None,
        *,
        metric: str | None = None,
        scale: float = 1.0,
        **options: Any,
    ) -> Axes:
        """Draw a plot; a new one is a ``draw_...(ax, trials)`` and a method that calls this."""
        from frameworm.search.plots import PlotTrials, new_axes, save, shown_axes

        trials = PlotTrials.of(self._results, metric)
        if ax is None:
            ax = (shown_axes if self._is_shown else new_axes)(scale)
        draw(ax, trials, **options)
        if save_path is not None:
            save(ax, save_path)
        return ax
