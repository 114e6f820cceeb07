"""The pictures of a report, as SVG that takes the page's colours."""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from frameworm.errors import NoResultError
from frameworm.search.space.dimensions import Integer, Real

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from frameworm.search.analysis.analyzer import SearchAnalyzer
    from frameworm.search.space.dimensions import Dimension

__all__ = ["pictures", "to_svg"]

_MOST_PARAMETERS = 4
_FEW_VALUES = 12
_DPI = 110

# Ink and paper follow the reader's light or dark mode; the other colours that carry meaning stay.
# None of these may be a colour of a heatmap's scale, or its cells would change too.
_THEMED = {
    "#000000": "var(--ink)",
    "#ffffff": "var(--paper)",
    "#747474": "var(--muted)",
    "#555555": "var(--dim)",
    "#e8e8e8": "var(--empty)",
    "#0072b2": "var(--blue)",
}


def pictures(analyzer: SearchAnalyzer) -> Iterator[tuple[str, str]]:
    """Yield the name and the SVG of every picture that says something about a search.

    Args:
        analyzer: The search.
    """
    for name, plot in plots(analyzer):
        yield name, to_svg(plot())


def plots(analyzer: SearchAnalyzer) -> Iterator[tuple[str, Callable[[], Axes]]]:
    """Yield the name of every picture that says something about a search, and what draws it.

    Args:
        analyzer: The search.
    """
    results = analyzer.results
    scored = sum(record.score is not None for record in results.records)
    names = _ranked_parameters(analyzer)
    if not results.goals.is_single:
        yield "pareto front", analyzer.plot_pareto_front
    yield "convergence", analyzer.plot_convergence
    if scored >= 2 and names:
        yield "importance", analyzer.plot_parameter_importance
    if any(record.intermediate for record in results.records):
        yield "learning curves", analyzer.plot_learning_curves
    if scored and len(names) > 1:
        yield "parallel coordinates", analyzer.plot_parallel_coordinates
    if scored:
        for name in names[:_MOST_PARAMETERS]:
            yield f"score by {name}", functools.partial(analyzer.plot_parameter_vs_score, name)
    if scored >= 4 and len(names) > 1:
        x, y = names[:2]
        has_cells = results.strategy == "grid" or any(
            _is_coarse(results.space.get(n)) for n in (x, y)
        )
        draw = analyzer.plot_heatmap if has_cells else analyzer.plot_contour
        yield f"score by {x} and {y}", functools.partial(draw, x, y)
    if scored:
        yield "distribution", analyzer.plot_distribution
    if any(record.duration is not None for record in results.records):
        yield "timeline", analyzer.plot_timeline


def _is_coarse(dimension: Dimension | None) -> bool:
    """Whether a parameter has so few values that between them there is nothing."""
    if isinstance(dimension, Integer):
        return dimension.high - dimension.low < _FEW_VALUES
    return not isinstance(dimension, Real)


def _ranked_parameters(analyzer: SearchAnalyzer) -> list[str]:
    """Return the parameters any trial has, the most important first where that can be told."""
    records = analyzer.results.records
    present = dict.fromkeys(key for record in records for key in record.params)
    try:
        ranked = [str(name) for name in analyzer.importance().index]
    except NoResultError:
        ranked = []
    return [*(name for name in ranked if name in present), *(n for n in present if n not in ranked)]


def to_svg(axes: Axes) -> str:
    """Return the figure of axes as an ``svg`` element to put into a page.

    Args:
        axes: The axes of a figure of their own.
    """
    from matplotlib import rc_context

    from frameworm.search.plots.canvas import whole_figure

    figure = whole_figure(axes)
    buffer = io.StringIO()
    nothing = {"Creator": None, "Date": None, "Format": None, "Type": None}
    # Text stays text: small, searchable, and read aloud. The salt makes equal reports equal files.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "frameworm"}):
        figure.savefig(buffer, format="svg", transparent=True, dpi=_DPI, metadata=nothing)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->\n?|<metadata>.*?</metadata>\n?", "", svg, flags=re.DOTALL)
    # Every picture numbers its groups from 1, but in one page an id may be there once.
    svg = re.sub(r'<g id="[^"]*">', "<g>", svg)
    svg = re.sub(r"(font: [^;\"]*?px) [^;\"]*", r"\1 var(--plot-font)", svg)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    return re.sub("|".join(_THEMED), lambda found: _THEMED[found.group()], svg).strip()
