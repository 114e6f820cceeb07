"""The Pareto front."""

from __future__ import annotations

import math

import numpy as np

from tests.search.drawing import analyzer, drawn, labels, objectives, texts, trial


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
