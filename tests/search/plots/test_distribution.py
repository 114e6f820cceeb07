"""How scores are distributed."""

from __future__ import annotations

import math

import numpy as np

from tests.search.drawing import analyzer, labels, texts, trial


def test_distribution_counts_every_finite_score():
    scores = [0.1, 0.2, 0.2, 0.3, 0.9, math.inf]
    ax = analyzer(*(trial(i, s) for i, s in enumerate(scores)), trial(6)).plot_distribution()
    assert sum(bar.get_height() for bar in ax.patches) == 5
    assert labels(ax) == ["best 0.1", "median 0.2"]
    assert "1 off the scale (to inf)" in texts(ax)[0]


def test_a_distribution_with_one_good_score_far_away_is_drawn():
    trials = [trial(i, 1.0 + i * 1e-9) for i in range(50)]
    ax = analyzer(*trials, trial(50, -1e12)).plot_distribution()
    assert sum(bar.get_height() for bar in ax.patches) == 51


def test_a_distribution_of_eighty_scores_has_bars_enough_to_see_its_shape():
    scores = np.random.default_rng(0).uniform(1, 2, 80).tolist()
    ax = analyzer(*(trial(i, s) for i, s in enumerate(scores))).plot_distribution()
    assert 8 <= len(ax.patches) <= 12
