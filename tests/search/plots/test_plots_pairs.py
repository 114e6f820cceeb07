"""Plots over several parameters or objectives: contour, parallel coordinates, Pareto front."""

from __future__ import annotations

import math

import numpy as np
import pytest
from matplotlib.collections import LineCollection

from frameworm.errors import SearchArgumentError
from frameworm.search.space import Categorical, Integer, Real
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState
from tests.search.drawing import LONG, analyzer, drawn, labels, many, texts, trial

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


MORE = [("latency", "min"), ("accuracy", "max"), ("size", "min")]


def objectives(*values, count=2, **more):
    trials = [trial(i, value) for i, value in enumerate(values)]
    return analyzer(*trials, further=MORE[: count - 1], **more)


def test_the_pareto_front_is_strong_and_the_dominated_pale():
    found = objectives((1.0, 3.0), (2.0, 2.0), (3.0, 1.0), (3.0, 3.0), None)
    ax = found.plot_pareto_front()
    assert drawn(ax, "3 on the front") == [[1, 3], [2, 2], [3, 1]]
    assert drawn(ax, "1 dominated") == [[3, 3]]
    assert (ax.get_xlabel(), ax.get_ylabel()) == (
        "val_loss (lower is better)",
        "latency (lower is better)",
    )
    assert {"0", "1", "2"} <= set(texts(ax))
    assert "3 on the front" in texts(ax)[-1]
    (step,) = ax.lines
    assert step.get_xydata().tolist() == [[1, 3], [2, 2], [3, 1]]
    assert step.get_drawstyle() == "steps-post"


def test_the_front_respects_each_objectives_mode():
    trials = [trial(0, (1.0, 0.9)), trial(1, (2.0, 0.95)), trial(2, (2.0, 0.5))]
    ax = analyzer(*trials, further=[("accuracy", "max")]).plot_pareto_front()
    assert drawn(ax, "2 on the front") == [[1, 0.9], [2, 0.95]]
    assert ax.get_ylabel() == "accuracy (higher is better)"


def test_more_than_two_objectives_are_drawn_in_pairs(tmp_path):
    random = np.random.default_rng(0)
    values = [tuple(random.uniform(1, 2, 4).tolist()) for _ in range(50)]
    ax = objectives(*values, count=4).plot_pareto_front(tmp_path / "front.png")
    pairs = ax.child_axes
    assert len(pairs) == 6
    assert {pair.get_ylabel() for pair in pairs} - {""} == {
        "latency (lower better)",
        "accuracy (higher better)",
        "size (lower better)",
    }
    front = len(objectives(*values, count=4).results.pareto_front)
    assert any(label.startswith(f"{front} on the front") for label in labels(ax))
    assert (tmp_path / "front.png").stat().st_size > 5000


def test_a_front_trial_that_is_wild_in_one_objective_does_not_squash_the_rest():
    values = [(1 + i / 100, 5 - i / 100) for i in range(100)]
    ax = objectives(*values, (1e6, 0.1)).plot_pareto_front()
    assert ax.get_xscale() == "log"
    assert ax.get_xlim()[1] > 1e6


def test_what_cannot_be_a_front_is_said():
    assert any("one objective" in t for t in texts(analyzer(trial(0, 1.0)).plot_pareto_front()))
    assert any("No trial is complete" in t for t in texts(objectives(None).plot_pareto_front()))
    ax = objectives((1.0, math.inf), (2.0, 1.0)).plot_pareto_front()
    assert "1 infinite" in texts(ax)[-1]


def test_convergence_of_several_objectives_is_the_hypervolume():
    ax = objectives((4.0, 1.0), (1.0, 4.0), (4.0, 4.0), (2.0, 2.0)).plot_convergence()
    heights = [y for _, y in ax.lines[0].get_xydata().tolist()]
    assert heights == sorted(heights)
    assert heights[1] == heights[2] < heights[3] < 1
    # Losses 0 and 1 in both, up to 1.1: the box is 1.21.
    assert heights[0] == pytest.approx(1.1 * 0.1 / 1.21)
    assert heights[3] == pytest.approx((2 * 1.1 * 0.1 - 0.1**2 + (1 - 1 / 3) ** 2) / 1.21)
    assert any("moved the front" in label for label in labels(ax))
    assert "hypervolume" in ax.get_ylabel()
