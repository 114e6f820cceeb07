"""A picture of a report, as SVG that takes the page's colours."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["to_svg"]

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


def to_svg(axes: Axes) -> str:
    """Return the figure of axes as an ``svg`` element to put into a page.

    Args:
        axes: The axes of a figure of their own.
    """
    from matplotlib import rc_context

    from frameworm.search.plots.figures import whole_figure

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
