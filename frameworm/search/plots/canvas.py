"""What all plots share: colours, titles, legends, messages."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.font_manager import FontProperties

from frameworm.search.plots.figures import whole_figure
from frameworm.search.plots.shades import Shades

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "BLUE",
    "GREEN",
    "ORANGE",
    "PURPLE",
    "SKY",
    "VERMILLION",
    "dot_style",
    "extent_of",
    "message",
    "shorten",
    "title",
]

# Okabe and Ito's colours, told apart with every common colour blindness
# (https://jfly.uni-koeln.de/color/).
BLUE = "#0072B2"
GREEN = "#009E73"
ORANGE = "#E69F00"
PURPLE = "#CC79A7"
SKY = "#56B4E9"
VERMILLION = "#D55E00"

_CHARACTER = 5.25
_SMALL = 3.7
"""How wide a character is on average, in points at Matplotlib's own font size of 10."""
_ROW = 12.5
_LINE = 12.0
_NARROW = 170.0
_TINY = 140.0
"""Narrower axes have a small title, and less high ones no line under it; in points."""
_MOST_OF_AXES = 0.5
"""A legend that would be higher than this share of the axes is left out."""


def title(ax: Axes, text: str, under: str = "") -> None:
    """Set the title and a line under it, above the legend if there is one.

    The legend goes between the axes and the title, where it hides no trial; so this is called when
    everything is drawn. What is wider than the axes is wrapped, since it would lie over the
    neighbours in a figure of several axes, or make all of them narrower.
    """
    size, width, height = extent_of(ax)
    lines = textwrap.wrap(under, max(20, int(width / (_SMALL * size))))
    if height < _TINY * size:
        lines = []
    rows = _legend_above(ax, int(width / (_SMALL * size)), height / size)
    pad = ((_ROW * rows + 3 if rows else 6) + (_LINE * len(lines) + 3 if lines else 0)) * size
    font, share = ("large", 1.2) if width > _NARROW * size else ("small", 0.83)
    room = max(16, min(60, int(width / (_CHARACTER * share * size))))
    heading = textwrap.wrap(shorten(text, max(60, room)), room)
    ax.set_title("\n".join(heading), loc="left", pad=pad, fontsize=font)
    note = ax.annotate(
        "\n".join(lines),
        (0, 1),
        xytext=(0, pad - 4 * size),
        xycoords="axes fraction",
        textcoords="offset points",
        va="top",
        fontsize="small",
        color=Shades.of(ax).muted,
        parse_math=False,
    )
    note.set_in_layout(False)


def extent_of(ax: Axes) -> tuple[float, float, float]:
    """Return the font size as a share of 10 points, and how wide and high axes are in points."""
    extent = ax.get_window_extent()
    scale = 72 / whole_figure(ax).dpi
    size = float(FontProperties(size="medium").get_size_in_points()) / 10
    return size, float(extent.width) * scale, float(extent.height) * scale


def _legend_above(ax: Axes, room: int, height: float) -> int:
    """Put the legend above the axes if there is room for it; return how many rows it takes."""
    handles, labels = ax.get_legend_handles_labels()
    if not handles:
        return 0
    rows = _legend_rows(labels, room)
    if rows * _ROW > _MOST_OF_AXES * height:
        return 0
    legend = ax.legend(
        loc="lower left",
        bbox_to_anchor=(-0.01, 1.0),
        ncols=math.ceil(len(handles) / rows),
        frameon=False,
        fontsize="small",
        borderaxespad=0.0,
        borderpad=0.2,
        handletextpad=0.4,
        columnspacing=1.2,
    )
    # The title above it already keeps its place.
    legend.set_in_layout(False)
    for handle in legend.legend_handles:
        # Dots of a crowded plot are too small and faint to know again.
        if isinstance(handle, PathCollection):
            handle.set_sizes(np.clip(handle.get_sizes(), 22, 90).tolist())
        if handle is not None:
            handle.set_alpha(1.0)
    return rows


def _legend_rows(labels: list[str], room: int) -> int:
    """Return the fewest rows in which labels fit; wider ones would lie over what is beside."""
    for rows in range(1, len(labels)):
        columns = [labels[start : start + rows] for start in range(0, len(labels), rows)]
        if sum(max(map(len, column)) + 8 for column in columns) <= room:
            return rows
    return len(labels)


def message(ax: Axes, text: str) -> None:
    """Say on the axes why there is nothing to draw."""
    ax.set_xticks([])
    ax.set_yticks([])
    place: dict[str, Any] = {"transform": ax.transAxes, "ha": "center", "va": "center"}
    ax.text(0.5, 0.5, textwrap.fill(text, 72), parse_math=False, **place)


def dot_style(count: int) -> dict[str, Any]:
    """Return size and opacity that keep ``count`` dots readable."""
    crowded = [(50, 30.0, 0.85), (300, 18.0, 0.6), (2000, 10.0, 0.4)]
    size, alpha = next(((s, a) for most, s, a in crowded if count <= most), (5.0, 0.25))
    # Thousands of vector dots make an SVG or PDF large and slow to open.
    return {"s": size, "alpha": alpha, "linewidths": 0, "rasterized": count > 1000}


def shorten(text: str, width: int) -> str:
    """Return the text with its middle left out if it is longer than ``width``.

    Dollar signs are escaped, since Matplotlib would read what is between two as a formula.

    Example:
        >>> shorten("model.encoder.hidden_dim", 15)
        'model.e…den_dim'
    """
    text = " ".join(text.split())
    if len(text) > width:
        tail = (width - 1) // 2
        text = f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}"
    return text.replace("$", r"\$")
