"""Plots of a search, each a function that draws `PlotTrials` on Matplotlib axes."""

from __future__ import annotations

from frameworm.search.plots.canvas import new_axes, save
from frameworm.search.plots.convergence import draw_convergence
from frameworm.search.plots.distribution import draw_distribution
from frameworm.search.plots.heatmap import draw_heatmap
from frameworm.search.plots.importance import draw_importance
from frameworm.search.plots.parameter import draw_parameter
from frameworm.search.plots.trials import PlotTrials

__all__ = [
    "PlotTrials",
    "draw_convergence",
    "draw_distribution",
    "draw_heatmap",
    "draw_importance",
    "draw_parameter",
    "new_axes",
    "save",
]
