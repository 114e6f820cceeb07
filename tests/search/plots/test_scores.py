"""The axis of the scores."""

from __future__ import annotations

import math

import numpy as np
import pytest

from frameworm.search.plots.scores import ScoreScale
from tests.search.drawing import analyzer, drawn, trial


def test_infinite_and_wild_scores_are_off_the_scale():
    scores = [1.0, 1.1, 1.2, 1.3, 1.4, 1e9, math.inf]
    ax = analyzer(*(trial(i, score) for i, score in enumerate(scores))).plot_convergence()
    assert ax.get_ylim()[1] < 2
    assert [x for x, _ in drawn(ax, "2 off the scale (to inf)")] == [5, 6]
    assert len(drawn(ax, "trial")) == 5


def test_scores_over_orders_of_magnitude_are_on_a_log_axis():
    ax = analyzer(*(trial(i, 10.0**-i) for i in range(6))).plot_convergence()
    assert ax.get_yscale() == "log"
    accuracy = [trial(i, 10.0**-i) for i in range(6)]
    assert analyzer(*accuracy, mode="max").plot_convergence().get_yscale() == "linear"


def test_score_scale_keeps_every_score_without_outliers():
    scores = np.array([1.0, 2.0, 3.0, np.nan])
    assert ScoreScale.of(scores, "min") == ScoreScale(1.0, 3.0, log=False)
    assert ScoreScale.of(np.array([np.inf]), "min") is None


@pytest.mark.parametrize(("worst", "log"), [(7.0, False), (9.0, True)])
def test_scores_are_logarithmic_where_they_differ_by_eight_times(worst, log):
    scores = np.linspace(1, worst, 50)
    assert ScoreScale.of(np.concatenate([scores, [1.0] * 5, [worst] * 5]), "min").log is log
