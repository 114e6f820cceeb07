"""The verdict says what is so, and warns where it should and not where it should not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from frameworm.errors import NoResultError, SearchArgumentError
from frameworm.search.space import Categorical, Integer, Real
from tests.search.drawing import analyzer, trial


def said(found):
    return " ".join([found.headline, *found.findings, *found.warnings])


def scored(scores, space=None, **more):
    space = space or {"lr": Real(0, 100)}
    trials = [trial(i, score, lr=50 + i % 3) for i, score in enumerate(scores)]
    return analyzer(*trials, space=space, **more).verdict()


def test_the_gap_the_top_five_and_the_trials_since():
    found = scored([5, 4, 3, 1.0, 1.02, 2, 3, 4, 5, 6, 7, 8])
    assert found.headline == "The best val_loss is 1, in trial 3."
    assert "The second best, trial 4, is 0.02 (2.0%) behind" in found.findings[0]
    assert "the five best lie between 1 and 3" in found.findings[0]
    assert found.findings[1].startswith("It came 4th of 12 complete trials, 8 before the end: more")
    assert "still improving" in said(scored(range(20, 0, -1)))
    assert "more trials" not in said(scored(range(20, 0, -1), strategy="grid"))


def test_a_lucky_best_and_few_trials_are_warned_of():
    assert "far ahead" in said(scored([1, 10, 10.1, 10.2, 10.3, *range(11, 20)]))
    assert "far ahead" not in said(scored(range(1, 20)))
    assert "Only 3 trials are complete" in said(scored([1, 2, 3]))
    assert scored([]).headline == "No trial is complete."
    assert scored([None, None]).warnings == ()
    assert said(scored([math.inf] * 12))


@pytest.mark.parametrize(
    ("dimension", "values", "word"),
    [
        (Real(1e-5, 1e-1, log=True), np.geomspace(1e-5, 1e-1, 30), "upper"),
        (Integer(1, 30), range(1, 31), "upper"),
        (Categorical([0.1, 0.2, 0.4]), [0.1, 0.2, 0.4] * 10, "upper"),
        (Real(0, 1), np.linspace(0.3, 0.7, 30), None),
        (Categorical(["a", "b", "c"]), ["a", "b", "c"] * 10, None),
    ],
)
def test_a_best_at_the_end_of_its_range_is_warned_of(dimension, values, word):
    trials = [
        trial(i, 1.0 if value == max(values) else 10.0 - 0.01 * i, depth=value)
        for i, value in enumerate(values)
    ]
    found = analyzer(*trials, space={"depth": dimension}).verdict()
    warned = [warning for warning in found.warnings if warning.startswith("depth is best at")]
    assert bool(warned) == (word is not None)
    assert all(f"at the {word} end" in warning for warning in warned)


def test_a_search_for_several_metrics_names_the_extremes_and_what_matters_for_each():
    random = np.random.default_rng(0)
    trials = []
    for number in range(60):
        lr, depth = random.uniform(0, 1), int(random.integers(1, 9))
        trials.append(trial(number, (lr, float(depth)), lr=lr, depth=depth))
    space = {"lr": Real(0, 1), "depth": Integer(1, 8)}
    found = analyzer(*trials, further=[("latency", "min")], space=space)
    text = said(found.verdict())
    assert "on the Pareto front of val_loss (min), latency (min)" in text
    assert "Best latency 1: trial " in text
    assert "last to join the front" in text
    assert found.importance(metric="val_loss").index[0] == "lr"
    assert found.importance(metric="latency").index[0] == "depth"
    assert "What matters for latency: depth" in text
    assert "the other one matters less" in text
    assert str(found.verdict()).count("\n- ") == 5
    with pytest.raises(SearchArgumentError, match=r"got 'latencyy'.*mean 'latency'"):
        found.importance(metric="latencyy")


def test_constant_scores_are_no_ground_for_importance():
    found = analyzer(*(trial(i, 0.5, lr=10.0**-i) for i in range(5)))
    with pytest.raises(NoResultError, match=r"val_loss is 0\.5 in all 5"):
        found.importance()
    assert "What matters" not in said(found.verdict())
