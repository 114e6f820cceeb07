"""Figures: made for a file or for whoever sits before a screen, and saved."""

from __future__ import annotations

import io
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib
from matplotlib.figure import Figure

from frameworm.errors import SearchArgumentError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Picture", "new_axes", "save", "shown_axes", "whole_figure"]

_DPI = 150
_SIZE = (7.0, 4.5)
_FILE_BACKENDS = frozenset({"agg", "cairo", "pdf", "pgf", "ps", "svg", "template"})
"""Matplotlib's backends that write files and show nothing."""


class Picture(Figure):
    """A figure that notebooks show, with or without Matplotlib's own notebook support."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=100)
        return buffer.getvalue()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        # Who makes the figure a cell's last line sees it there, and not once more at its end.
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None and "inline" in matplotlib.get_backend():
            pyplot.close(self)
        return {}  # the formats are IPython's to choose


def new_axes(scale: float = 1.0) -> Axes:
    """Return axes in a figure of their own, which pyplot does not know and so never leaks.

    Args:
        scale: How much larger than usual the figure is.
    """
    figure = Picture(figsize=(_SIZE[0] * scale, _SIZE[1] * scale), layout="constrained")
    return _bare(figure)


def shown_axes(scale: float = 1.0) -> Axes:
    """Return axes in a figure of their own, which is shown where there is somebody to see it.

    In a notebook the figure is shown at the end of its cell and then forgotten; at a Python prompt,
    or in a script that has imported pyplot and has a screen, by ``matplotlib.pyplot.show()``.
    Elsewhere, as in a job on a cluster, pyplot does not learn of it, so that nothing leaks.

    Args:
        scale: How much larger than usual the figure is.
    """
    if not _is_watched():
        return new_axes(scale)
    from matplotlib import pyplot

    figure = pyplot.figure(
        FigureClass=Picture,
        figsize=(_SIZE[0] * scale, _SIZE[1] * scale),
        layout="constrained",
    )
    return _bare(figure)


def _is_watched() -> bool:
    """Whether pyplot would show a figure it is told of."""
    # Windows belong to the main thread.
    if threading.current_thread() is not threading.main_thread():
        return False
    ipython = sys.modules.get("IPython")
    has_prompt = hasattr(sys, "ps1") or (ipython is not None and ipython.get_ipython() is not None)
    if "matplotlib.pyplot" not in sys.modules and not has_prompt:
        return False
    return matplotlib.get_backend().lower() not in _FILE_BACKENDS


def _bare(figure: Figure) -> Axes:
    axes: Axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def save(ax: Axes, path: str | os.PathLike[str]) -> None:
    """Save the figure of the axes; the path's ending chooses the format.

    Raises:
        SearchArgumentError: If Matplotlib does not write that format.
    """
    figure = whole_figure(ax)
    target = Path(path)
    formats = figure.canvas.get_supported_filetypes()
    ending = target.suffix[1:].lower()
    if ending and ending not in formats:
        raise SearchArgumentError(
            f"save_path ends in a format of Matplotlib's ({', '.join(sorted(formats))}), "
            f"got {str(path)!r}; .png, .svg and .pdf are good choices."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target, dpi=_DPI)


def whole_figure(ax: Axes) -> Figure:
    """Return the figure the axes lie in, which may hold them in a subfigure."""
    figure = ax.figure
    while not isinstance(figure, Figure):
        figure = figure.figure
    return figure
