"""The plots of what a search's parameters did to its scores, as methods."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from frameworm.errors import NoResultError
from frameworm.search.analysis.drawn_results import DrawnResults

if TYPE_CHECKING:
    import os

    from matplotlib.axes import Axes

__all__ = ["ParameterPlots"]


class ParameterPlots(DrawnResults):
    """Plots of parameters; each returns the axes it drew on."""

    def plot_parameter_importance(
        self,
        save_path: str | os.PathLike[str] | None = None,
        ax: Axes | None = None,
        *,
        evaluator: str = "ped-anova",
        metric: str | None = None,
    ) -> Axes:
        """Draw how much each parameter explains of each metric searched for.

        Where that cannot be told, because the trials are too few or do not differ, the axes say so.

        Args:
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure.
            evaluator: See `SearchAnalyzer.importance`.
            metric: One of the metrics searched for; by default all of them.

        Returns:
            The axes drawn on.

        Raises:
            SearchArgumentError: If there is no such evaluator or metric.
            MissingPackageError: If the evaluator needs a package that is not installed.
        """
        from frameworm.search.plots import draw_importance

        shares: dict[str, dict[str, float]] = {}
        problems: dict[str, str] = {}
        for name in self._results.goals.metrics if metric is None else [metric]:
            try:
                found = self.importance(evaluator, name)
                shares[name] = {str(key): float(value) for key, value in found.items()}
            except NoResultError as error:
                problems[name] = str(error)
        return self._plot(
            draw_importance,
            save_path,
            ax,
            metric=metric,
            shares=shares,
            evaluator=evaluator,
            problems=problems,
        )

    def plot_parameter_vs_score(
        self,
        name: str,
        save_path: str | os.PathLike[str] | None = None,
        ax: Axes | None = None,
        *,
        metric: str | None = None,
    ) -> Axes:
        """Draw the score over the values of one parameter.

        Args:
            name: The parameter's dotted key.
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure.
            metric: One of the metrics searched for; by default the first.

        Returns:
            The axes drawn on.

        Raises:
            SearchArgumentError: If there is no such parameter or metric.
        """
        from frameworm.search.plots import draw_parameter

        return self._plot(draw_parameter, save_path, ax, metric=metric, name=name)

    def plot_heatmap(
        self,
        x: str,
        y: str,
        save_path: str | os.PathLike[str] | None = None,
        ax: Axes | None = None,
        *,
        metric: str | None = None,
    ) -> Axes:
        """Draw the median score over two parameters; ranges are cut into bins.

        Args:
            x: The dotted key of the parameter along the bottom.
            y: The dotted key of the parameter along the side.
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure.
            metric: One of the metrics searched for; by default the first.

        Returns:
            The axes drawn on.

        Raises:
            SearchArgumentError: If there is no such parameter or metric, or both parameters are
                the same.
        """
        from frameworm.search.plots import draw_heatmap

        return self._plot(draw_heatmap, save_path, ax, metric=metric, x=x, y=y)

    def plot_contour(
        self,
        x: str,
        y: str,
        save_path: str | os.PathLike[str] | None = None,
        ax: Axes | None = None,
        *,
        metric: str | None = None,
    ) -> Axes:
        """Draw the score over two numeric parameters as a smooth landscape.

        Args:
            x: The dotted key of the parameter along the bottom.
            y: The dotted key of the parameter along the side.
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure.
            metric: One of the metrics searched for; by default the first.

        Returns:
            The axes drawn on.

        Raises:
            SearchArgumentError: If there is no such parameter or metric, both parameters are the
                same, or one has choices that are no numbers.
        """
        from frameworm.search.plots import draw_contour

        return self._plot(draw_contour, save_path, ax, metric=metric, x=x, y=y)

    def plot_parallel_coordinates(
        self,
        save_path: str | os.PathLike[str] | None = None,
        ax: Axes | None = None,
        *,
        names: Sequence[str] | None = None,
        metric: str | None = None,
    ) -> Axes:
        """Draw a line for each trial through its parameters to its score.

        Args:
            save_path: Where to save the figure.
            ax: Where to draw; by default a new figure.
            names: The parameters to show, in this order; by default up to nine, the most important
                first.
            metric: One of the metrics searched for; by default the first.

        Returns:
            The axes drawn on.

        Raises:
            SearchArgumentError: If there is no such parameter or metric, or the list is empty.
        """
        from frameworm.search.plots import draw_parallel

        ranked: list[str] = []
        if names is None:
            # Where that cannot be told, they are shown in the order of the space.
            with contextlib.suppress(NoResultError):
                ranked = [str(name) for name in self.importance(metric=metric).index]
        return self._plot(draw_parallel, save_path, ax, metric=metric, names=names, ranked=ranked)
