"""The landscape of the scores over two numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from frameworm.errors import SearchArgumentError
from frameworm.search.space import Real
from tests.search.drawing import LONG, analyzer, drawn, texts, trial

PLANE = {"x": Real(0, 1), "y": Real(1e-3, 1, log=True)}


def plane(score, count=200, **more):
    random = np.random.default_rng(0)
    trials = []
    for number in range(count):
        x, y = random.uniform(0, 1), 10 ** random.uniform(-3, 0)
        trials.append(trial(number, score(x, y), x=x, y=y))
    return analyzer(*trials, space=PLANE, **more)


def test_the_contour_is_the_landscape_of_the_scores():
    ax = plane(lambda x, y: (x - 0.2) ** 2 + 1).plot_contour("x", "y")
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "log")
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 1), (1e-3, 1))
    best = drawn(ax, "best:")[0]
    assert best[0] == pytest.approx(0.2, abs=0.02)
    levels = ax.collections[0].levels
    assert levels[0] >= 0.9
    assert levels[-1] <= 1.7
    assert len(drawn(ax, "trial")) == 200
    assert ax.figure.axes[1].get_ylabel() == "val_loss (lower is better)"


@pytest.mark.parametrize("count", [100, 2000])
def test_the_best_lies_in_the_brightest_band_of_the_contour(count):
    ax = plane(lambda x, y: 1 + (x - 0.7) ** 2 + (math.log10(y) + 1) ** 2, count).plot_contour(
        "x", "y"
    )
    field = ax.collections[0]
    best = drawn(ax, "best:")[0]
    brightest = field.get_paths()[0]
    assert brightest.contains_point(best)


def test_scores_over_decades_have_a_contour_of_decades():
    ax = plane(lambda x, y: 10 ** (2 * abs(x - 0.5) + abs(math.log10(y) + 1))).plot_contour(
        "x", "y"
    )
    assert ax.collections[0].levels[-1] < 5  # exponents
    bar = ax.figure.axes[1]
    ax.figure.draw_without_rendering()
    assert "100" in [text.get_text() for text in bar.get_yticklabels()]


def test_the_contour_says_nothing_where_no_trial_is_near():
    corner = [trial(i, float(i), x=0.1 * (i % 3), y=1e-3 * (1 + i // 3)) for i in range(9)]
    ax = analyzer(*corner, space=PLANE).plot_contour("x", "y")
    drawn_to = max(path.vertices[:, 0].max() for path in ax.collections[0].get_paths() if len(path))
    assert drawn_to < 0.8


def test_failed_and_pruned_trials_are_in_their_places_on_the_contour():
    trials = [trial(i, float(i), x=i / 9, y=1e-3 + i / 10) for i in range(9)]
    trials += [trial(9, x=0.5, y=0.25), trial(10, state="PRUNED", x=0.75, y=0.5)]
    ax = analyzer(*trials, space=PLANE).plot_contour("x", "y")
    assert drawn(ax, "1 failed") == [[0.5, 0.25]]
    assert drawn(ax, "1 pruned") == [[0.75, 0.5]]


def test_a_contour_of_too_few_trials_or_of_choices_is_refused():
    few = analyzer(*(trial(i, 1.0, x=0.5, y=0.1) for i in range(9)), space=PLANE)
    assert any("needs 4 trials" in text for text in texts(few.plot_contour("x", "y")))
    with pytest.raises(SearchArgumentError, match="use plot_heatmap"):
        analyzer(trial(0, 1.0)).plot_contour("lr", LONG)
    with pytest.raises(SearchArgumentError, match="two different"):
        few.plot_contour("x", "x")
