"""Learning curves."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.search.drawing import analyzer, collections, curve, drawn, many, texts, trial


def test_learning_curves_draw_what_was_reported_by_state():
    ax = analyzer(
        trial(0, 0.5, facts=curve(3, 2, 0.5)),
        trial(1, 0.7, facts=curve(4, 3, 0.7)),
        trial(2, state="PRUNED", facts=curve(9, 8)),
        trial(3, facts=curve(5)),
        trial(4, 0.9),
    ).plot_learning_curves()
    assert drawn(ax, "best: 0.5 (trial 0)") == [[1, 3], [2, 2], [3, 0.5]]
    (complete,) = collections(ax, "1 complete")
    assert complete.get_segments()[0].tolist() == [[1, 4], [2, 3], [3, 0.7]]
    assert len(collections(ax, "1 pruned")) == len(collections(ax, "1 failed")) == 1
    assert "4 of 5 trials reported values" in texts(ax)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step", "val_loss")


def test_learning_curves_leave_out_what_is_no_number_and_clip_what_is_wild():
    values = [1.0, 1.1, math.nan, 1.2, math.inf, 1.3, 1e9]
    ax = analyzer(
        trial(0, 1.0, facts=curve(*values)), trial(1, 1.1, facts=curve(1, 1.1, 1.2))
    ).plot_learning_curves()
    line = drawn(ax, "best")
    assert np.isnan([y for _, y in line]).tolist() == [
        False,
        False,
        True,
        False,
        True,
        False,
        False,
    ]
    assert ax.get_ylim()[1] < 2
    assert "1 values off the scale" in texts(ax)[0]


def test_the_median_curve_ends_where_few_trials_go_on():
    trials = [trial(i, 1.0, facts=curve(*[2.0 + i % 3] * 5)) for i in range(39)]
    trials.append(trial(39, 1.0, facts=curve(*[2.0] * 50)))
    line = drawn(analyzer(*trials).plot_learning_curves(), "median")
    assert line == [[step, 3] for step in range(1, 6)]


def test_without_reports_the_axes_say_how_to_report():
    assert any(
        "report(step" in text for text in texts(analyzer(trial(0, 1.0)).plot_learning_curves())
    )
    ax = analyzer(trial(0, 1.0, facts=curve(math.nan))).plot_learning_curves()
    assert any("infinite or NaN" in text for text in texts(ax))


@pytest.mark.parametrize("plot", ["plot_learning_curves", "plot_timeline"])
@pytest.mark.parametrize("count", [1, 10, 1000])
def test_drawn_with_few_and_many_trials(plot, count, tmp_path, recwarn):
    ax = getattr(analyzer(*many(count)), plot)(save_path=tmp_path / "plot.svg")
    assert (tmp_path / "plot.svg").stat().st_size > 3000
    legend = ax.get_legend().get_window_extent()
    assert legend.x1 <= ax.figure.bbox.x1
    assert not [str(warning.message) for warning in recwarn]
