"""The plots of a search as methods."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from frameworm.errors import SearchArgumentError, SearchError

if TYPE_CHECKING:
    import os

    import pandas as pd
    from matplotlib.axes import Axes

    from frameworm.search.plots.comparison import Against
    from frameworm.search.results.results import SearchResults

__all__ = ["SearchPlots"]

_REFERENCE = 1.1
"""A tenth beyond the worst, so that the ends of the front count too."""


class SearchPlots(ABC):
    """What `SearchAnalyzer` draws; every plot returns the axes it drew on.

    Each method takes ``save_path``, where the figure is saved in the format its ending names, and
    ``ax``, where to draw; by default a new figure.
    """

    _results: SearchResults

    @abstractmethod
    def importance(self, evaluator: str = "ped-anova") -> pd.Series[float]:
        """Return how much each parameter explains of the score."""

    def plot_convergence(
        self, save_path: str | os.PathLike[str] | None = None, ax: Axes | None = None
    ) -> Axes:
        """Draw each trial's score, and the best so far as a step line.

        With several objectives, draw the hypervolume that the Pareto front dominates instead.

        Args:
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure.

        Returns:
            The axes drawn on.
        """
        from frameworm.search.plots import (
            PlotTrials,
            draw_convergence,
            draw_hypervolume,
            unit_losses,
        )

        if self._results.goals.is_single:
            return self._plot(draw_convergence, save_path, ax)
        from frameworm.search.analysis.importance import hypervolumes

        losses = unit_losses(PlotTrials.of(self._results))
        size = losses.shape[1]
        volumes = [v / _REFERENCE**size for v in hypervolumes(losses.tolist(), [_REFERENCE] * size)]
        return self._plot(functools.partial(draw_hypervolume, volumes=volumes), save_path, ax)

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
            evaluator: See `SearchAnalyzer.importance`.

        Returns:
            The axes drawn on.

        Raises:
            SearchArgumentError: If there is no such evaluator.
            MissingPackageError: If the evaluator needs a package that is not installed.
        """
        from frameworm.search.plots import draw_importance

        shares: dict[str, float] = {}
        problem = None
        try:
            shares = {str(key): float(value) for key, value in self.importance(evaluator).items()}
        except (SearchArgumentError, ImportError):
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

    def plot_contour(
        self,
        x: str,
        y: str,
        save_path: str | os.PathLike[str] | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Draw the score over two numeric parameters as a smooth landscape.

        Args:
            x: The dotted key of the parameter along the bottom.
            y: The dotted key of the parameter along the side.
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure.

        Returns:
            The axes drawn on.

        Raises:
            SearchArgumentError: If there is no such parameter, both are the same, or one has
                choices that are no numbers.
        """
        from frameworm.search.plots import draw_contour

        return self._plot(functools.partial(draw_contour, x=x, y=y), save_path, ax)

    def plot_parallel_coordinates(
        self,
        save_path: str | os.PathLike[str] | None = None,
        ax: Axes | None = None,
        *,
        names: Sequence[str] | None = None,
    ) -> Axes:
        """Draw a line for each trial through its parameters to its score.

        Args:
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure.
            names: The parameters to show, in this order; by default the first nine.

        Returns:
            The axes drawn on.

        Raises:
            SearchArgumentError: If there is no such parameter, or the list is empty.
        """
        from frameworm.search.plots import draw_parallel

        return self._plot(functools.partial(draw_parallel, names=names), save_path, ax)

    def plot_learning_curves(
        self, save_path: str | os.PathLike[str] | None = None, ax: Axes | None = None
    ) -> Axes:
        """Draw the values that each trial reported while it ran.

        Args:
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure.

        Returns:
            The axes drawn on.
        """
        from frameworm.search.plots import draw_learning_curves

        return self._plot(draw_learning_curves, save_path, ax)

    def plot_timeline(
        self, save_path: str | os.PathLike[str] | None = None, ax: Axes | None = None
    ) -> Axes:
        """Draw when each trial ran, and on which worker.

        Args:
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure.

        Returns:
            The axes drawn on.
        """
        from frameworm.search.plots import draw_timeline

        return self._plot(draw_timeline, save_path, ax)

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

    def plot_pareto_front(
        self, save_path: str | os.PathLike[str] | None = None, ax: Axes | None = None
    ) -> Axes:
        """Draw the trials over their objectives, with the Pareto front.

        With more than two objectives, every pair of them is drawn, inside the axes.

        Args:
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure, larger the more objectives there are.

        Returns:
            The axes drawn on.
        """
        from frameworm.search.plots import draw_pareto_front, new_axes

        if ax is None:
            ax = new_axes(scale=max(1.0, 0.5 * (len(self._results.goals) - 1)))
        return self._plot(draw_pareto_front, save_path, ax)

    @staticmethod
    def compare(
        searches: Sequence[Any] | Mapping[str, Any],
        save_path: str | os.PathLike[str] | None = None,
        ax: Axes | None = None,
        *,
        against: Against = "trials",
    ) -> Axes:
        """Draw the best score so far of several searches.

        Args:
            searches: What to compare, each an analyzer or anything that makes one; with names of
                your own as a mapping, else they are called as their studies.
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure.
            against: ``"trials"`` for how many have finished, or ``"time"`` for the time they ran.

        Returns:
            The axes drawn on.

        Raises:
            SearchArgumentError: If they differ in metric or mode, or there is none.

        Example:
            >>> from frameworm.search import SearchAnalyzer
            >>> one = [{"params": {"lr": 0.1}, "score": 0.5}, {"params": {"lr": 0.2}, "score": 0.3}]
            >>> ax = SearchAnalyzer.compare({"random": one, "grid": one[:1]})
            >>> ax.get_legend_handles_labels()[1]
            ['random: 0.3', 'grid: 0.5']
        """
        from frameworm.search.plots import PlotTrials, draw_comparison, new_axes, save

        if isinstance(searches, str) or not isinstance(searches, (Sequence, Mapping)):
            raise SearchArgumentError(
                f"compare takes a list of searches or a mapping from names to them, got "
                f"{type(searches).__name__}."
            )
        named = searches if isinstance(searches, Mapping) else {}
        found: dict[str, PlotTrials] = {}
        for number, source in enumerate(named.values() or searches, 1):
            results = _results_in(source)
            name = results.study_name or f"search {number}"
            if named:
                name = str(list(named)[number - 1])
            while name in found:
                name += "'"
            found[name] = PlotTrials.of(results)
        axes = new_axes() if ax is None else ax
        draw_comparison(axes, found, against=against)
        if save_path is not None:
            save(axes, save_path)
        return axes

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


def _results_in(source: Any) -> SearchResults:
    from frameworm.search.results.sources import results_from

    return source._results if isinstance(source, SearchPlots) else results_from(source)
