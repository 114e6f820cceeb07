"""The pictures that say something about a search: which there are, and what draws them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from frameworm.search.analysis import captions
from frameworm.search.analysis.plot_methods import SearchPlots
from frameworm.search.results.frame import param_columns
from frameworm.search.results.results import SearchResults
from frameworm.search.space.dimensions import Dimension, Integer, Real

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Picture", "gallery", "ranked_parameters"]

_MOST_PARAMETERS = 4
_FEW_VALUES = 12


@dataclass(frozen=True)
class Picture:
    """A picture of a search.

    Attributes:
        name: What it shows.
        draw: Draws it on axes in a figure of their own.
        caption: What is to be seen, in a sentence.
        x: The column of the trials' frame that lies along the bottom, where each trial is a dot.
        y: The column along the side.
        has_curves: Whether each trial is a curve of what it reported over steps instead.
    """

    name: str
    draw: Callable[[], Axes]
    caption: str = ""
    x: str | None = None
    y: str | None = None
    has_curves: bool = False


def gallery(
    results: SearchResults, plots: SearchPlots, shares: Mapping[str, Mapping[str, float]]
) -> Iterator[Picture]:
    """Yield every picture that says something about a search.

    Args:
        results: What the search has found.
        plots: What draws it.
        shares: How much each parameter explains, largest first, by metric searched for.
    """
    records = results.records
    scored = sum(record.score is not None for record in records)
    names = ranked_parameters(results, shares.get(results.metric, {}))
    column = param_columns(names, results.goals.metrics)
    is_single = results.goals.is_single
    if not is_single:
        ends = ["score", *(f"metrics.{name}" for name in results.goals.metrics[1:])]
        x, y = ends if len(ends) == 2 else (None, None)
        yield Picture("pareto front", plots.plot_pareto_front, captions.front(results), x, y)
    yield Picture(
        "convergence",
        plots.plot_convergence,
        captions.convergence(results),
        *(("trial_idx", "score") if is_single else ()),
    )
    if scored >= 2 and names:
        yield Picture("importance", plots.plot_parameter_importance, captions.shares(shares))
    if any(record.intermediate for record in records):
        caption = captions.curves(results)
        yield Picture("learning curves", plots.plot_learning_curves, caption, has_curves=True)
    if scored and len(names) > 1:
        caption = captions.best_values(results, names)
        yield Picture("parallel coordinates", plots.plot_parallel_coordinates, caption)
    if scored:
        for name in names[:_MOST_PARAMETERS]:
            draw = functools.partial(plots.plot_parameter_vs_score, name)
            caption = captions.best_values(results, [name])
            yield Picture(f"score by {name}", draw, caption, column[name], "score")
    if scored >= 4 and len(names) > 1:
        yield _pair(results, plots, names[:2], column)
    if scored:
        yield Picture("distribution", plots.plot_distribution, captions.distribution(results))
    if any(record.duration is not None for record in records):
        yield Picture("timeline", plots.plot_timeline, captions.timeline(results))


def _pair(
    results: SearchResults, plots: SearchPlots, names: Sequence[str], column: Mapping[str, str]
) -> Picture:
    x, y = names
    has_cells = results.strategy == "grid" or any(_is_coarse(results.space.get(n)) for n in (x, y))
    plot = plots.plot_heatmap if has_cells else plots.plot_contour
    caption = captions.best_values(results, names)
    # Cells are of many trials, the dots of a contour each of one.
    ends = (None, None) if has_cells else (column[x], column[y])
    return Picture(f"score by {x} and {y}", functools.partial(plot, x, y), caption, *ends)


def _is_coarse(dimension: Dimension | None) -> bool:
    """Whether a parameter has so few values that between them there is nothing."""
    if isinstance(dimension, Integer):
        return dimension.high - dimension.low < _FEW_VALUES
    return not isinstance(dimension, Real)


def ranked_parameters(results: SearchResults, shares: Mapping[str, float]) -> list[str]:
    """Return the parameters any trial has, the most important first where that can be told.

    Args:
        results: The trials.
        shares: How much each parameter explains, largest first; empty where it cannot be told.
    """
    present = dict.fromkeys(key for record in results.records for key in record.params)
    return [*(name for name in shares if name in present), *(n for n in present if n not in shares)]
