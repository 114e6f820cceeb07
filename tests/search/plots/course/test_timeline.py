"""When each trial ran, and where."""

from __future__ import annotations

from tests.search.drawing import analyzer, collections, ran, texts, trial


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


def test_without_times_the_timeline_says_so():
    assert "The trials have no times." in texts(analyzer(trial(0, 0.5)).plot_timeline())
    assert "No trial has finished yet." in texts(analyzer().plot_timeline())
