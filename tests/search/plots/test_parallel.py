"""Parallel coordinates."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import LineCollection

from frameworm.errors import SearchArgumentError
from frameworm.search.space import Categorical, Integer, Real
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState
from tests.search.drawing import analyzer, labels, many, texts, trial


def lines(ax):
    return [
        segment
        for found in ax.collections
        if isinstance(found, LineCollection)
        for segment in found.get_segments()
    ]


def test_parallel_coordinates_go_through_every_parameter_to_the_score():
    space = {"a": Real(0, 10), "b": Real(1e-4, 1, log=True), "c": Categorical(["x", "y", "z"])}
    trials = [
        trial(0, 1.0, a=0.0, b=1e-2, c="y"),
        trial(1, 3.0, a=10.0, b=1e-4, c="x"),
        trial(2, a=5.0, b=1.0, c="z"),
    ]
    ax = analyzer(*trials, space=space).plot_parallel_coordinates(names=["a", "b", "c"])
    found = [np.round(line, 6).tolist() for line in lines(ax)]
    assert [[0, 0], [1, 0.5], [2, 0.5], [3, 1]] in found  # the best is at the top
    assert [[0, 1], [1, 0], [2, 0], [3, 0]] in found
    assert [[0, 0.5], [1, 1], [2, 1]] in found  # a failed trial does not reach the score
    assert [text.get_text() for text in ax.get_xticklabels()] == ["a", "b", "c", "val_loss"]
    assert {"x", "y", "z", "0.01"} <= set(texts(ax))
    assert "best: 1 (trial 0)" in labels(ax)


def test_inactive_parameters_have_a_place_below_their_axes():
    space = {"a": Real(0, 10), "b": Real(0, 1), "c": Categorical(["x", "y"])}
    trials = [
        TrialRecord(0, TrialState.COMPLETE, {"a": 5.0, "c": "x"}, values=(1.0,)),
        TrialRecord(1, TrialState.COMPLETE, {"a": 10.0, "b": 0.5}, values=(2.0,)),
    ]
    ax = analyzer(*trials, space=space).plot_parallel_coordinates(names=["a", "b", "c"])
    first, second = sorted(lines(ax), key=lambda line: line[0][1])
    assert first[1][1] == second[2][1] < -0.05
    assert ax.get_ylim()[0] < first[1][1]
    assert texts(ax).count("inactive") == 2


def test_the_most_important_parameters_are_drawn_first():
    random = np.random.default_rng(0)
    space = {f"p{i}": Real(0, 1) for i in range(12)}
    trials = []
    for i in range(200):
        params = {name: random.uniform() for name in space}
        score = params["p11"] + 0.01 * params["p3"]
        trials.append(TrialRecord(i, TrialState.COMPLETE, params, values=(score,)))
    ax = analyzer(*trials, space=space).plot_parallel_coordinates()
    assert ax.get_xticklabels()[0].get_text() == "p11"
    assert any("9 of 12 parameters, the most important first" in text for text in texts(ax))


def test_the_best_is_at_the_top_where_more_is_better_too():
    ax = analyzer(trial(0, 0.2, lr=1e-5), trial(1, 0.9, lr=1e-1), mode="max")
    (best,) = [
        found.get_segments()[0]
        for found in ax.plot_parallel_coordinates(names=["lr"]).collections
        if str(found.get_label()).startswith("best: 0.9")
    ]
    assert best.tolist() == [[0, 1], [1, 1]]


def test_of_many_trials_the_best_and_a_sample_are_drawn():
    ax = analyzer(*many(2000)).plot_parallel_coordinates()
    assert len(lines(ax)) == 500
    assert "100 best and 400 others drawn" in texts(ax)[-1]


def test_of_many_parameters_the_first_are_drawn_and_their_number_is_told():
    space = {f"p{i}": Real(0, 1) for i in range(30)}
    trials = [trial(i, float(i), **dict.fromkeys(space, i / 5)) for i in range(5)]
    found = analyzer(*trials, space=space)
    assert "9 of 33 parameters" in texts(found.plot_parallel_coordinates())[-1]
    with pytest.raises(SearchArgumentError, match="no parameter 'q'"):
        found.plot_parallel_coordinates(names=["p0", "q"])
    with pytest.raises(SearchArgumentError, match="list of one or more"):
        found.plot_parallel_coordinates(names=[])


def test_whole_numbers_have_whole_marks():
    ax = analyzer(trial(0, 1.0, depth=1), trial(1, 2.0, depth=8), space={"depth": Integer(1, 8)})
    shown = texts(ax.plot_parallel_coordinates(names=["depth"]))
    assert {"1", "8", "4"} <= set(shown)
    assert not {"2.75", "4.5", "6.25"} & set(shown)
