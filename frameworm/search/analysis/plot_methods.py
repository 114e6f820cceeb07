"""The plots of a search as methods, and searches compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from frameworm.errors import SearchArgumentError
from frameworm.search.analysis.drawn_results import DrawnResults
from frameworm.search.analysis.parameter_plots import ParameterPlots

if TYPE_CHECKING:
    import os

    from matplotlib.axes import Axes

    from frameworm.search.plots.course.comparison import Against

__all__ = ["SearchPlots"]

_REFERENCE = 1.1
"""A tenth beyond the worst, so that the ends of the front count too."""


class SearchPlots(ParameterPlots):
    """What `SearchAnalyzer` draws; every plot returns the axes it drew on.

    Each method takes ``save_path``, where the figure is saved in the format its ending names, and
    ``ax``, where to draw; by default a new figure. Where several metrics are searched for,
    ``metric`` chooses the one that is drawn.
    """

    def plot_convergence(
        self,
        save_path: str | os.PathLike[str] | None = None,
        ax: Axes | None = None,
        *,
        metric: str | None = None,
    ) -> Axes:
        """Draw each trial's score, and the best so far as a step line.

        Args:
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure.
            metric: One of the metrics searched for; by default the only one or, where there are
                several, the hypervolume that the Pareto front dominates in all of them.

        Returns:
            The axes drawn on.

        Raises:
            SearchArgumentError: If the metric is not searched for.
        """
        from frameworm.search.plots import (
            PlotTrials,
            draw_convergence,
            draw_hypervolume,
            unit_losses,
        )

        if metric is not None or self._results.goals.is_single:
            return self._plot(draw_convergence, save_path, ax, metric=metric)
        from frameworm.search.analysis.importance import hypervolumes

        losses = unit_losses(PlotTrials.of(self._results))
        size = losses.shape[1]
        volumes = [v / _REFERENCE**size for v in hypervolumes(losses.tolist(), [_REFERENCE] * size)]
        return self._plot(draw_hypervolume, save_path, ax, volumes=volumes)

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
        self,
        save_path: str | os.PathLike[str] | None = None,
        ax: Axes | None = None,
        *,
        metric: str | None = None,
    ) -> Axes:
        """Draw how the scores are distributed.

        Args:
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure.
            metric: One of the metrics searched for; by default the first.

        Returns:
            The axes drawn on.

        Raises:
            SearchArgumentError: If the metric is not searched for.
        """
        from frameworm.search.plots import draw_distribution

        return self._plot(draw_distribution, save_path, ax, metric=metric)

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
        from frameworm.search.plots import draw_pareto_front

        scale = max(1.0, 0.5 * (len(self._results.goals) - 1))
        return self._plot(draw_pareto_front, save_path, ax, scale=scale)

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
        from frameworm.search.plots import PlotTrials, draw_comparison, save, shown_axes
        from frameworm.search.results.sources import results_from

        if isinstance(searches, str) or not isinstance(searches, (Sequence, Mapping)):
            raise SearchArgumentError(
                f"compare takes a list of searches or a mapping from names to them, got "
                f"{type(searches).__name__}."
            )
        named = searches if isinstance(searches, Mapping) else {}
        found: dict[str, PlotTrials] = {}
        for number, source in enumerate(named.values() or searches, 1):
            is_drawn = isinstance(source, DrawnResults)
            results = source._results if is_drawn else results_from(source)
            name = results.study_name or f"search {number}"
            if named:
                name = str(list(named)[number - 1])
            while name in found:
                name += "'"
            found[name] = PlotTrials.of(results)
        axes = shown_axes() if ax is None else ax
        draw_comparison(axes, found, against=against)
        if save_path is not None:
            save(axes, save_path)
        return axes
