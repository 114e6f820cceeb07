"""A search's time without its pauses."""

from __future__ import annotations

import numpy as np
import pytest

from frameworm.search.plots.course.clock import RunningClock, time_unit


def test_the_running_clock_leaves_pauses_out_and_keeps_short_gaps():
    first = np.datetime64("2026-05-01T09:00:00", "us")
    seconds = np.array([0, 30, 1000, 5000])
    starts = first + seconds.astype("timedelta64[s]")
    clock = RunningClock.of(starts, starts + np.timedelta64(20, "s"))
    assert clock.seconds(starts).tolist() == [0, 30, 50, 70]
    assert clock.marks == [(50, 950), (70, 3980)]


@pytest.mark.parametrize(
    ("seconds", "unit"), [(5, "s"), (600, "min"), (7200, "h"), (10 * 86400, "days")]
)
def test_time_has_a_fitting_unit(seconds, unit):
    assert time_unit(seconds)[1] == unit
