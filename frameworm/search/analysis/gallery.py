"""The pictures that say something about a search: which there are, and what draws them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from frameworm.errors import NoResultError
from frameworm.search.analysis.plot_methods import SearchPlots
from frameworm.search.results.results import SearchResults
from frameworm.search.space.dimensions import Dimension, Integer, Real

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Picture", "gallery"]

_MOST_PARAMETERS = 4
_FEW_VALUES = 12


@dataclass(frozen=True)
class Picture:
    """A picture of a search.

    Attributes:
        name: What it shows.
        draw: Draws it on axes in a figure of their own.
    """

    name: str
    draw: Callable[[], Axes]


def gallery(results: SearchResults, plots: SearchPlots) -> Iterator[Picture]:
    """Yield every picture that says something about a search.

    Args:
        results: What the search has found.
        plots: What draws it.
    """
    scored = sum(record.score is not None for record in results.records)
    names = _ranked_parameters(results, plots)
    if not results.goals.is_single:
        yield Picture("pareto front", plots.plot_pareto_front)
    yield Picture("convergence", plots.plot_convergence)
    if scored >= 2 and names:
        yield Picture("importance", plots.plot_parameter_importance)
    if any(record.intermediate for record in results.records):
        yield Picture("learning curves", plots.plot_learning_curves)
    if scored and len(names) > 1:
        yield Picture("parallel coordinates", plots.plot_parallel_coordinates)
    if scored:
        for name in names[:_MOST_PARAMETERS]:
            draw = functools.partial(plots.plot_parameter_vs_score, name)
            yield Picture(f"score by {name}", draw)
    if scored >= 4 and len(names) > 1:
        x, y = names[:2]
        has_cells = results.strategy == "grid" or any(
            _is_coarse(results.space.get(n)) for n in (x, y)
        )
        plot = plots.plot_heatmap if has_cells else plots.plot_contour
        yield Picture(f"score by {x} and {y}", functools.partial(plot, x, y))
    if scored:
        yield Picture("distribution", plots.plot_distribution)
    if any(record.duration is not None for record in results.records):
        yield Picture("timeline", plots.plot_timeline)


def _is_coarse(dimension: Dimension | None) -> bool:
    """Whether a parameter has so few values that between them there is nothing."""
    if isinstance(dimension, Integer):
        return dimension.high - dimension.low < _FEW_VALUES
    return not isinstance(dimension, Real)


def _ranked_parameters(results: SearchResults, plots: SearchPlots) -> list[str]:
    """Return the parameters any trial has, the most important first where that can be told."""
    present = dict.fromkeys(key for record in results.records for key in record.params)
    try:
        ranked = [str(name) for name in plots.importance().index]
    except NoResultError:
        ranked = []
    return [*(name for name in ranked if name in present), *(n for n in present if n not in ranked)]
