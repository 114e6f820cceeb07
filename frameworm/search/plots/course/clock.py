"""A search's time without the pauses in which nothing ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["RunningClock", "time_unit"]

_SHORTEST_PAUSE = 60.0
_PAUSE_SHARE = 0.5
"""A gap is a pause where it is longer than this share of all the time trials ran."""


@dataclass(frozen=True)
class RunningClock:
    """Seconds since a search's first start, pauses left out.

    A search that was stopped in the evening and resumed the next day would else be two slivers
    at the ends of a picture.

    Attributes:
        first: The first start.
        pauses: Begin and end of each pause, in true seconds since the first start.
    """

    first: np.datetime64
    pauses: npt.NDArray[np.float64]

    @classmethod
    def of(
        cls, started: npt.NDArray[np.datetime64], finished: npt.NDArray[np.datetime64]
    ) -> RunningClock:
        """Return the clock of trials.

        Args:
            started: When each trial started; at least one.
            finished: When each finished.
        """
        first = started.min()
        starts, ends = _seconds(started, first), _seconds(finished, first)
        order = np.argsort(starts, kind="stable")
        reached = np.maximum.accumulate(ends[order])
        gaps = starts[order][1:] - reached[:-1]
        busy = reached[-1] - np.clip(gaps, 0, None).sum()
        is_pause = gaps > max(_SHORTEST_PAUSE, _PAUSE_SHARE * busy)
        pauses = np.column_stack([reached[:-1][is_pause], starts[order][1:][is_pause]])
        return cls(first, pauses)

    def seconds(self, times: npt.NDArray[np.datetime64]) -> npt.NDArray[np.float64]:
        """Return seconds from the first start to each time, pauses left out."""
        true = _seconds(times, self.first)
        shown: npt.NDArray[np.float64] = true.copy()
        for begin, end in self.pauses:
            shown -= np.clip(true - begin, 0, end - begin)
        return shown

    @property
    def marks(self) -> list[tuple[float, float]]:
        """Each pause: where it lies on this clock, and how long it was; in seconds."""
        lengths = self.pauses[:, 1] - self.pauses[:, 0]
        before = np.concatenate([[0.0], np.cumsum(lengths)[:-1]]) if lengths.size else lengths
        places = self.pauses[:, 0] - before
        return [(float(place), float(long)) for place, long in zip(places, lengths, strict=True)]


def _seconds(times: npt.NDArray[np.datetime64], first: np.datetime64) -> npt.NDArray[np.float64]:
    return np.asarray((times - first) / np.timedelta64(1, "s"), dtype=np.float64)


def time_unit(seconds: float) -> tuple[float, str]:
    """Return the unit to show a span of time in: its seconds and its name.

    Example:
        >>> time_unit(90), time_unit(7200)
        ((1.0, 's'), (3600.0, 'h'))
    """
    for most, size, name in ((120, 1.0, "s"), (7200, 60.0, "min"), (172800, 3600.0, "h")):
        if seconds < most:
            return size, name
    return 86400.0, "days"
