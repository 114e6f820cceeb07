"""Several searches side by side."""

from __future__ import annotations

import pytest

from frameworm.errors import SearchArgumentError
from frameworm.search.analysis.analyzer import SearchAnalyzer
from tests.search.drawing import analyzer, drawn, labels, ran, texts, trial


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
