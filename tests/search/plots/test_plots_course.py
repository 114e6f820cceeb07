"""Plots of how a search went on: learning curves, timeline, comparison, hypervolume."""

from __future__ import annotations

import math

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PolyCollection

from frameworm.errors import SearchArgumentError
from frameworm.search.analysis.analyzer import SearchAnalyzer
from frameworm.search.plots.course.clock import RunningClock, time_unit
from tests.search.drawing import analyzer, curve, drawn, labels, many, ran, texts, trial


def collections(ax, label):
    return [
        found
        for found in ax.collections
        if isinstance(found, (LineCollection, PolyCollection))
        and str(found.get_label()).startswith(label)
    ]


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


def test_the_timeline_has_a_row_for_each_worker_and_a_bar_for_each_trial():
    ax = analyzer(
        trial(0, 0.5, facts=ran(0, 4, "host:1")),
        trial(1, 0.9, facts=ran(1, 3, "host:2")),
        trial(2, facts=ran(5, 9, "host:1")),
        trial(3, state="PRUNED", facts=ran(3, 4, "host:2")),
        trial(4, 0.7),
    ).plot_timeline()
    assert [text.get_text() for text in ax.get_yticklabels()] == ["process 1", "process 2"]
    assert ax.get_ylabel() == "worker on host"
    (failed,) = collections(ax, "1 failed")
    corners = failed.get_paths()[0].vertices
    assert (corners[:, 0].min(), corners[:, 0].max()) == (5, 9)
    assert round(corners[:, 1].mean()) == 0
    assert len(collections(ax, "best (trial 0)")) == 1
    assert ax.get_xlabel() == "time since the first start (s)"
    assert "1 without times" in texts(ax)[-1]
    assert "1.2 at once" in texts(ax)[-1]


def test_trials_at_once_on_one_worker_do_not_hide_each_other():
    ax = analyzer(
        trial(0, 0.5, facts=ran(0, 4)),
        trial(1, 0.6, facts=ran(1, 3)),
        trial(2, 0.7, facts=ran(4, 5)),
    ).plot_timeline()
    heights = sorted(
        round(path.vertices[:, 1].mean())
        for bars in collections(ax, "")
        for path in bars.get_paths()
    )
    assert heights == [0, 0, 1]


def test_very_many_workers_are_drawn_as_trials_at_once():
    ax = analyzer(
        *(trial(i, 1.0, facts=ran(i, i + 1.5, f"host:{i}")) for i in range(50))
    ).plot_timeline()
    assert ax.get_ylabel() == "trials at once"
    assert [text.get_text() for text in ax.get_yticklabels()] == ["1", "2"]


def test_a_pause_between_stop_and_resume_is_cut_out_and_named():
    ax = analyzer(
        trial(0, 0.5, facts=ran(0, 10)), trial(1, 0.6, facts=ran(36010, 36020))
    ).plot_timeline()
    assert ax.get_xlim()[1] < 25
    assert "pause of 10 h" in " ".join(texts(ax))


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


def test_without_times_the_timeline_says_so():
    assert "The trials have no times." in texts(analyzer(trial(0, 0.5)).plot_timeline())
    assert "No trial has finished yet." in texts(analyzer().plot_timeline())


def test_comparison_against_trials_and_time():
    slow = analyzer(trial(0, 3.0, facts=ran(0, 10)), trial(1, 1.0, facts=ran(10, 20)))
    quick = analyzer(trial(0, facts=ran(0, 1)), trial(1, 2.0, facts=ran(1, 2)))
    ax = SearchAnalyzer.compare({"slow": slow, "quick": quick.results})
    assert drawn(ax, "slow: 1") == [[1, 3], [2, 1]]
    assert drawn(ax, "quick: 2") == [[2, 2]]
    assert ax.get_xlabel() == "finished trials"
    ax = SearchAnalyzer.compare({"slow": slow, "quick": quick}, against="time")
    assert drawn(ax, "slow: 1") == [[10, 3], [20, 1]]
    assert ax.get_xlabel() == "time running (s)"


def test_comparison_rises_where_more_is_better_and_goes_by_the_end_of_trials():
    found = analyzer(
        trial(0, 0.9, facts=ran(0, 30)), trial(1, 0.2, facts=ran(0, 10)), mode="max", study_name="s"
    )
    assert drawn(SearchAnalyzer.compare([found]), "s: 0.9") == [[1, 0.2], [2, 0.9]]


def test_where_a_search_ended_is_never_off_the_scale():
    good = analyzer(*(trial(i, 1 + 0.01 * i) for i in range(20)))
    bad = analyzer(trial(0, 50.0))
    assert SearchAnalyzer.compare([good, bad]).get_ylim()[1] > 50


def test_searches_of_one_name_stay_apart_and_those_without_scores_are_named():
    one = analyzer(trial(0, 0.5), study_name="same")
    ax = SearchAnalyzer.compare([one, one, analyzer(trial(0), study_name="_failed")])
    assert labels(ax) == ["same: 0.5", "same': 0.5"]
    assert "without a score: _failed" in texts(ax)[-1]


def test_searches_that_cannot_be_compared_are_refused():
    with pytest.raises(SearchArgumentError, match=r"one metric and mode, got val_loss \(max\)"):
        SearchAnalyzer.compare([analyzer(trial(0, 1.0)), analyzer(trial(0, 1.0), mode="max")])
    with pytest.raises(SearchArgumentError, match="'trials' or 'time'"):
        SearchAnalyzer.compare([analyzer(trial(0, 1.0))], against="epochs")
    with pytest.raises(SearchArgumentError, match="no search"):
        SearchAnalyzer.compare([])
    with pytest.raises(SearchArgumentError, match="list of searches"):
        SearchAnalyzer.compare("sqlite:///x.db")


@pytest.mark.parametrize("plot", ["plot_learning_curves", "plot_timeline"])
@pytest.mark.parametrize("count", [1, 10, 1000])
def test_drawn_with_few_and_many_trials(plot, count, tmp_path, recwarn):
    ax = getattr(analyzer(*many(count)), plot)(save_path=tmp_path / "plot.svg")
    assert (tmp_path / "plot.svg").stat().st_size > 3000
    legend = ax.get_legend().get_window_extent()
    assert legend.x1 <= ax.figure.bbox.x1
    assert not [str(warning.message) for warning in recwarn]


def test_formulas_in_names_are_text(tmp_path):
    name = "price_$x$_$\\frac{"
    ax = analyzer(
        trial(0, 0.5, **{name: 1.0}), trial(1, 0.6, **{name: 2.0})
    ).plot_parameter_vs_score(name, save_path=tmp_path / "plot.png")
    assert ax.get_xlabel() == name.replace("$", r"\$")
    assert (
        SearchAnalyzer.compare({"$a$": analyzer(trial(0, 0.5))}, tmp_path / "plot.png") is not None
    )
