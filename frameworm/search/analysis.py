"""Analyse a search: the best configurations, a summary, what mattered, pictures."""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any

from frameworm.errors import SearchArgumentError, SearchError
from frameworm.search.sources import results_from
from frameworm.search.summary import SearchSummary, summarize, summary_table

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

    from frameworm.search.backend import Mode
    from frameworm.search.results import SearchResults

__all__ = ["SearchAnalyzer"]

_logger = logging.getLogger("frameworm")

_SLOW_FANOVA = 200
"""From about this many trials on fANOVA takes seconds (16 s at 1,000 trials)."""


class SearchAnalyzer:
    """Rank, summarise and draw the results of a search.

    Every plot returns the Matplotlib ``Axes`` it drew on, whose ``figure`` is the picture: make
    ``analyzer.plot_convergence().figure`` the last line of a notebook cell to see it. The figures
    are not registered with pyplot, so they work without a display and need no closing. With
    ``save_path`` the figure is saved, in the format its ending names; missing folders are made.
    With ``ax`` the plot is drawn into a figure of your own.

    Args:
        source: ``search.results``, a search, an Optuna study, a storage URL such as
            ``"sqlite:///frameworm.db"``, the path of a file that ``save_results`` wrote, or a
            list of result dictionaries (see `SearchResults.from_dicts`).
        study_name: For a storage: the study; may be left out where it holds one only.
        metric: For a list of dictionaries: the metric of the scores.
        mode: For a list of dictionaries: ``"min"`` (the default) or ``"max"``.

    Raises:
        SearchArgumentError: If the source is none of these.
        ResultsFileError: If a file does not hold results.

    Example:
        >>> analyzer = SearchAnalyzer(
        ...     [
        ...         {"params": {"training.lr": 0.1}, "score": 0.5},
        ...         {"params": {"training.lr": 0.2}, "score": 0.3},
        ...     ]
        ... )
        >>> analyzer.get_best_n(1)[["trial_idx", "score", "training.lr"]]
           trial_idx  score  training.lr
        0          1    0.3          0.2
        >>> analyzer.plot_convergence().get_ylabel()
        'score'
    """

    def __init__(
        self,
        source: Any,
        study_name: str | None = None,
        *,
        metric: str | None = None,
        mode: Mode | None = None,
    ) -> None:
        self._results = results_from(source, study_name, metric, mode)

    @property
    def results(self) -> SearchResults:
        """The results analysed."""
        return self._results

    @functools.cached_property
    def df(self) -> pd.DataFrame:
        """The trials as a DataFrame, made once; see `SearchResults.to_frame` for its columns."""
        return self._results.to_frame()

    def get_best_n(self, n: int = 5) -> pd.DataFrame:
        """Return the best complete trials, best first.

        Infinite scores come after all finite ones, equal scores in trial order.

        Args:
            n: How many at most.

        Returns:
            Rows of `df`, numbered from 0.

        Raises:
            SearchArgumentError: If ``n`` is no whole number from 1.
        """
        if isinstance(n, bool) or not isinstance(n, int) or n < 1:
            raise SearchArgumentError(f"get_best_n needs a whole number n >= 1, got {n!r}.")
        import numpy as np

        scored = self.df[self.df["score"].notna()]
        scores = scored["score"].to_numpy()
        sign = 1.0 if self._results.mode == "min" else -1.0
        order = np.lexsort((scored["trial_idx"], sign * scores, np.isinf(scores)))
        best: pd.DataFrame = scored.iloc[order[:n]].reset_index(drop=True)
        return best

    def summary(self) -> SearchSummary:
        """Return counts, the best trial, mean, spread and durations."""
        return summarize(self._results)

    def print_summary(self) -> None:
        """Print the summary as a table."""
        from rich.console import Console

        Console().print(summary_table(self.summary()))

    def importance(self, evaluator: str = "ped-anova") -> pd.Series[float]:
        """Return how much each parameter explains of the score.

        Args:
            evaluator: ``"ped-anova"`` (fast; what decides whether a trial is among the best),
                ``"fanova"`` (random forests over all trials; 16 s at 1,000 trials) or ``"mdi"``.

        Returns:
            Shares by parameter, largest first.

        Raises:
            SearchError: If the complete trials are too few or do not differ.
        """
        import pandas as pd

        from frameworm.search.engine import importance

        count = len(self.df["score"].dropna())
        if evaluator == "fanova" and count > _SLOW_FANOVA:
            _logger.warning(
                "fANOVA on %d trials takes a while (16 s at 1,000); evaluator='ped-anova' is fast.",
                count,
            )
        shares: pd.Series[float] = pd.Series(
            importance(self._results, evaluator), dtype="float64", name="importance"
        )
        shares = shares.rename_axis("parameter")
        return shares.sort_values(ascending=False, kind="stable")

    def plot_convergence(
        self, save_path: str | os.PathLike[str] | None = None, ax: Axes | None = None
    ) -> Axes:
        """Draw each trial's score, and the best so far as a step line.

        Args:
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure.

        Returns:
            The axes drawn on.
        """
        from frameworm.search.plots import draw_convergence

        return self._plot(draw_convergence, save_path, ax)

    def plot_parameter_importance(
        self,
        save_path: str | os.PathLike[str] | None = None,
        ax: Axes | None = None,
        *,
        evaluator: str = "ped-anova",
    ) -> Axes:
        """Draw how much each parameter explains of the score.

        Where that cannot be told, because the trials are too few or do not differ, the axes say so.

        Args:
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure.
            evaluator: See `importance`.

        Returns:
            The axes drawn on.

        Raises:
            SearchArgumentError: If there is no such evaluator.
        """
        from frameworm.search.plots import draw_importance

        shares: dict[str, float] = {}
        problem = None
        try:
            shares = {str(key): float(value) for key, value in self.importance(evaluator).items()}
        except SearchArgumentError:
            raise
        except SearchError as error:
            problem = str(error)
        draw = functools.partial(
            draw_importance, shares=shares, evaluator=evaluator, problem=problem
        )
        return self._plot(draw, save_path, ax)

    def plot_parameter_vs_score(
        self,
        name: str,
        save_path: str | os.PathLike[str] | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Draw the score over the values of one parameter.

        Args:
            name: The parameter's dotted key.
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure.

        Returns:
            The axes drawn on.

        Raises:
            SearchArgumentError: If there is no such parameter.
        """
        from frameworm.search.plots import draw_parameter

        return self._plot(functools.partial(draw_parameter, name=name), save_path, ax)

    def plot_heatmap(
        self,
        x: str,
        y: str,
        save_path: str | os.PathLike[str] | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Draw the median score over two parameters; ranges are cut into bins.

        Args:
            x: The dotted key of the parameter along the bottom.
            y: The dotted key of the parameter along the side.
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure.

        Returns:
            The axes drawn on.

        Raises:
            SearchArgumentError: If there is no such parameter, or both are the same.
        """
        from frameworm.search.plots import draw_heatmap

        return self._plot(functools.partial(draw_heatmap, x=x, y=y), save_path, ax)

    def plot_distribution(
        self, save_path: str | os.PathLike[str] | None = None, ax: Axes | None = None
    ) -> Axes:
        """Draw how the scores are distributed.

        Args:
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure.

        Returns:
            The axes drawn on.
        """
        from frameworm.search.plots import draw_distribution

        return self._plot(draw_distribution, save_path, ax)

    def _plot(
        self,
        draw: Callable[..., None],
        save_path: str | os.PathLike[str] | None,
        ax: Axes | None,
    ) -> Axes:
        """Draw a plot; a new one is a ``draw_...(ax, trials)`` and a method like those above."""
        from frameworm.search.plots import PlotTrials, new_axes, save

        axes = new_axes() if ax is None else ax
        draw(axes, PlotTrials.of(self._results))
        if save_path is not None:
            save(axes, save_path)
        return axes
