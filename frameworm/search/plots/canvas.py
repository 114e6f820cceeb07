"""What all plots share: colours, titles, legends, messages."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import PathCollection

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "BLACK",
    "BLUE",
    "DARK_GREY",
    "GREEN",
    "GREY",
    "LIGHT_GREY",
    "ORANGE",
    "PURPLE",
    "SKY",
    "VERMILLION",
    "dot_style",
    "message",
    "shorten",
    "title",
]

# Okabe and Ito's colours, told apart with every common colour blindness
# (https://jfly.uni-koeln.de/color/).
BLACK = "#000000"
BLUE = "#0072B2"
GREEN = "#009E73"
ORANGE = "#E69F00"
PURPLE = "#CC79A7"
SKY = "#56B4E9"
VERMILLION = "#D55E00"
GREY = "#747474"
DARK_GREY = "#555555"
LIGHT_GREY = "#A0A0A0"

_LEGEND_WIDTH = 105
"""How many small characters fit above the axes."""


def title(ax: Axes, text: str, under: str = "") -> None:
    """Set the title and a line under it, above the legend if there is one.

    The legend goes between the axes and the title, where it hides no trial; so this is called when
    everything is drawn.
    """
    rows = _legend_above(ax)
    pad = 6 + 17 * rows + (15 if under else 0)
    ax.set_title(shorten(text, 60), loc="left", pad=pad, fontsize="large")
    ax.annotate(
        under,
        (0, 1),
        xytext=(0, pad - 13),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize="small",
        color=GREY,
    )


def _legend_above(ax: Axes) -> int:
    """Put the legend above the axes; return how many rows it takes."""
    handles, labels = ax.get_legend_handles_labels()
    if not handles:
        return 0
    rows = _legend_rows(labels)
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
    for handle in legend.legend_handles:
        # Dots of a crowded plot are too small and faint to know again.
        if isinstance(handle, PathCollection):
            handle.set_sizes(np.clip(handle.get_sizes(), 22, 90).tolist())
        if handle is not None:
            handle.set_alpha(1.0)
    return rows


def _legend_rows(labels: list[str]) -> int:
    """Return the fewest rows in which labels fit; wider ones would make the axes narrower."""
    for rows in range(1, len(labels)):
        columns = [labels[start : start + rows] for start in range(0, len(labels), rows)]
        if sum(max(map(len, column)) + 8 for column in columns) <= _LEGEND_WIDTH:
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
