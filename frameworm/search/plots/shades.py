"""Ink, paper and the greys between them: turned round where the axes are dark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.colors import to_hex, to_rgba

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Shades"]


@dataclass(frozen=True)
class Shades:
    """Colours without meaning, and the blue of ordinary trials, that are seen on some paper.

    Attributes:
        paper: What is drawn on, and outlines dots that lie on each other.
        ink: Lines that must be seen.
        dim: Lines and marks of less weight.
        muted: Small text.
        pale: Areas of less weight.
        empty: Where there is nothing.
        blue: Ordinary trials.
    """

    paper: str = "#ffffff"
    ink: str = "#000000"
    dim: str = "#555555"
    muted: str = "#747474"
    pale: str = "#A0A0A0"
    empty: str = "#e8e8e8"
    blue: str = "#0072B2"

    @classmethod
    def of(cls, ax: Axes) -> Shades:
        """Return the shades for axes, such as those of the style ``dark_background``."""
        red, green, blue, alpha = to_rgba(ax.get_facecolor())
        if alpha < 0.5:
            # Nothing is behind the axes yet: their labels are made to be read on what will be.
            red, green, blue = (1 - part for part in to_rgba(ax.xaxis.label.get_color())[:3])
        if 0.299 * red + 0.587 * green + 0.114 * blue >= 0.5:
            if alpha < 0.5:
                return cls()
            paper = (red, green, blue)
            return cls(paper=to_hex(paper), empty=to_hex((0.91 * red, 0.91 * green, 0.91 * blue)))
        return cls(
            paper=to_hex((red, green, blue)),
            ink="#f4f4f4",
            dim="#b8b8b8",
            muted="#a8a8a8",
            pale="#7c7c7c",
            empty="#3a3a3a",
            blue="#56B4E9",
        )
