"""The score over the values of one parameter."""

from __future__ import annotations

import numpy as np
import pytest

from frameworm.errors import SearchArgumentError
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState
from tests.search.drawing import LONG, analyzer, drawn, labels, relu, texts, trial


def test_parameter_on_the_scale_it_is_searched_on():
    found = analyzer(trial(0, 0.5, lr=1e-3), trial(1, 0.25, lr=1e-2))
    ax = found.plot_parameter_vs_score("lr")
    assert ax.get_xscale() == "log"
    assert drawn(ax, "trial") == [[1e-3, 0.5], [1e-2, 0.25]]
    assert drawn(ax, "best:") == [[1e-2, 0.25]]
    assert ax.get_xlabel() == "lr"
    assert found.plot_parameter_vs_score("depth").get_xscale() == "linear"


def test_categorical_parameter_has_readable_categories():
    ax = analyzer(*(trial(i, float(i)) for i in range(4))).plot_parameter_vs_score(LONG)
    shown = [" ".join(text.get_text().split()) for text in ax.get_xticklabels()]
    assert shown[:3] == ["(64, 64)", "relu", "[1, 2]"]
    assert "…" in shown[3]
    assert drawn(ax, "trial") == [[0, 0], [1, 1], [2, 2], [3, 3]]


def test_category_medians():
    trials = [trial(i, float(i), **{LONG: relu if i < 5 else (64, 64)}) for i in range(10)]
    ax = analyzer(*trials).plot_parameter_vs_score(LONG)
    medians = {round(float(np.mean(line.get_xdata()))): line.get_ydata()[0] for line in ax.lines}
    assert medians == {0: 7.0, 1: 2.0}
    assert labels(ax).count("median") == 1


def test_the_range_searched_is_shown_where_only_failed_trials_are_at_its_ends():
    ax = analyzer(trial(0, 0.5, lr=1e-3), trial(1, lr=0.09)).plot_parameter_vs_score("lr")
    low, high = ax.get_xlim()
    assert low <= 1e-5
    assert 0.1 <= high < 0.2
    assert drawn(ax, "1 failed")[0][0] == pytest.approx(0.09)


def test_trials_in_which_the_parameter_is_inactive_have_a_place_of_their_own():
    lacking = [TrialRecord(i, TrialState.COMPLETE, {}, values=(0.1 + i,)) for i in range(3)]
    ax = analyzer(*lacking, trial(3, 0.5)).plot_parameter_vs_score("lr")
    beside = [x for x, _ in drawn(ax, "trial") if x > 0.1]
    assert len(beside) == 3
    assert ax.get_xlim()[1] > max(beside)
    assert drawn(ax, "best:")[0][0] in beside
    assert "inactive" in texts(ax)
    assert any("inactive in 3" in text for text in texts(ax))
    assert max(ax.get_xticks()) <= 0.1 * 1.001
    ax = analyzer(*lacking, trial(3, 0.5)).plot_parameter_vs_score(LONG)
    assert ax.get_xticklabels()[-1].get_text() == "inactive"
    assert sum(round(x) == 4 for x, _ in drawn(ax, "trial")) == 3


def test_the_trend_follows_the_scores_and_not_their_noise():
    random = np.random.default_rng(0)
    units = random.uniform(0, 1, 200)
    trials = [
        trial(i, float((unit - 0.4) ** 2 + random.normal(0, 0.1)), lr=10.0 ** (-5 + 4 * unit))
        for i, unit in enumerate(units)
    ]
    line = np.array(drawn(analyzer(*trials).plot_parameter_vs_score("lr"), "median"))
    truth = ((np.log10(line[:, 0]) + 5) / 4 - 0.4) ** 2
    assert np.abs(line[:, 1] - truth).mean() < 0.03
    # A valley goes down and up once: little more than that is the way of the line.
    way = np.abs(np.diff(line[:, 1])).sum()
    assert way < 1.5 * (np.abs(np.diff(truth)).sum())


def test_the_trend_over_few_values_is_the_median_of_each():
    trials = [trial(i, float(i % 3), depth=1 + i % 3) for i in range(60)]
    ax = analyzer(*trials).plot_parameter_vs_score("depth")
    assert drawn(ax, "median") == [[1, 0], [2, 1], [3, 2]]
    assert len({x for x, _ in drawn(ax, "trial")}) == 60
    assert {round(x) for x, _ in drawn(ax, "trial")} == {1, 2, 3}


def test_an_unknown_parameter_is_refused_with_the_nearest():
    with pytest.raises(SearchArgumentError, match=r"no parameter 'depht'.*Did you mean 'depth'"):
        analyzer(trial(0, 0.5)).plot_parameter_vs_score("depht")
    with pytest.raises(SearchArgumentError, match="two different parameters"):
        analyzer(trial(0, 0.5)).plot_heatmap("lr", "lr")
    with pytest.raises(SearchArgumentError, match="no parameter 'x'"):
        analyzer().plot_heatmap("lr", "x")
