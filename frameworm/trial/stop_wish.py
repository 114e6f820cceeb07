"""The wish that a trial stops soon, and whether its train function would listen to it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["StopWish"]


@dataclass(eq=False)
class StopWish:
    """Whether a running trial shall stop.

    Attributes:
        is_made: Whether it shall.
        is_heard: Whether the train function has ever asked: it will again, and stop by itself.
        is_told: Whether it has been answered that it shall, so that what it returns is unfinished.
    """

    is_made: bool = False
    is_heard: bool = False
    is_told: bool = False
