"""Plots of a search, each a function that draws `PlotTrials` on Matplotlib axes."""

from __future__ import annotations

from frameworm.search.plots.contour import draw_contour
from frameworm.search.plots.course.comparison import draw_comparison
from frameworm.search.plots.course.convergence import draw_convergence
from frameworm.search.plots.course.hypervolume import draw_hypervolume, unit_losses
from frameworm.search.plots.course.learning import draw_learning_curves
from frameworm.search.plots.course.timeline import draw_timeline
from frameworm.search.plots.distribution import draw_distribution
from frameworm.search.plots.figures import new_axes, save, shown_axes
from frameworm.search.plots.heatmap import draw_heatmap
from frameworm.search.plots.importance import draw_importance
from frameworm.search.plots.parallel import draw_parallel
from frameworm.search.plots.parameter import draw_parameter
from frameworm.search.plots.pareto import draw_pareto_front
from frameworm.search.plots.trials import PlotTrials

__all__ = [
    "PlotTrials",
    "draw_comparison",
    "draw_contour",
    "draw_convergence",
    "draw_distribution",
    "draw_heatmap",
    "draw_hypervolume",
    "draw_importance",
    "draw_learning_curves",
    "draw_parallel",
    "draw_parameter",
    "draw_pareto_front",
    "draw_timeline",
    "new_axes",
    "save",
    "shown_axes",
    "unit_losses",
]
