"""Importance: a bar for each parameter and metric, or why there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from frameworm.errors import SearchArgumentError
from frameworm.search.plots import PlotTrials, draw_importance, new_axes
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState
from tests.search.drawing import LONG, analyzer, labels, many, texts, trial


def importance_axes(shares, trials=(), problems=None):
    ax = new_axes()
    found = analyzer(*trials).results
    shares = {"val_loss": shares} if shares else {}
    draw_importance(
        ax, PlotTrials.of(found), shares=shares, evaluator="ped-anova", problems=problems or {}
    )
    return ax


def test_importance_has_the_largest_bar_at_the_top_and_says_what_it_is_from():
    ax = importance_axes({"depth": 0.25, LONG: 0.75}, many(100))
    assert [bar.get_width() for bar in ax.patches] == [0.75, 0.25]
    assert ax.yaxis_inverted()
    shown = [text.get_text() for text in ax.get_yticklabels()]
    assert len(shown[0]) == 32
    assert shown[1] == "depth"
    assert "PED-ANOVA, 80 complete trials" in texts(ax)
    assert "val_loss" in ax.get_xlabel()


def test_importance_says_why_it_cannot_be_told():
    ax = importance_axes(
        {}, [trial(0, 0.5)], problems={"val_loss": "Importance needs at least 2 trials."}
    )
    assert "Importance needs at least 2 trials." in texts(ax)
    assert any("1 complete trial; too few" in text for text in texts(ax))
    assert not ax.patches


def test_importance_of_too_few_trials_is_a_message_and_of_a_wrong_evaluator_an_error():
    ax = analyzer(trial(0, 0.5)).plot_parameter_importance()
    assert any("at least 2 complete trials" in text for text in texts(ax))
    with pytest.raises(SearchArgumentError, match="evaluator is"):
        analyzer(trial(0, 0.5)).plot_parameter_importance(evaluator="guess")


def test_importance_of_scores_that_do_not_differ_is_not_told():
    found = analyzer(*(trial(i, 0.5, lr=10.0 ** (-1 - i / 10)) for i in range(40)))
    ax = found.plot_parameter_importance()
    assert any(
        "val_loss is 0.5 in all 40 complete trials" in " ".join(t.split()) for t in texts(ax)
    )
    assert not ax.patches


def test_importance_is_told_for_each_metric():
    random = np.random.default_rng(0)
    points = [(10 ** random.uniform(-5, -1), int(random.integers(1, 9))) for _ in range(200)]
    trials = [
        trial(i, (math.log10(lr), float(depth)), lr=lr, depth=depth)
        for i, (lr, depth) in enumerate(points)
    ]
    found = analyzer(*trials, further=[("latency", "max")])
    assert found.importance().index[0] == "lr"
    assert found.importance(metric="latency").index[0] == "depth"
    ax = found.plot_parameter_importance()
    assert labels(ax) == ["val_loss", "latency"]
    assert ax.get_title(loc="left") == "What matters for val_loss and latency"
    ax = found.plot_parameter_importance(metric="latency")
    assert ax.get_yticklabels()[0].get_text() == "depth"
    assert "latency" in ax.get_xlabel()
    with pytest.raises(
        SearchArgumentError, match=r"metric is one of .*val_loss, latency; got 'los'"
    ):
        found.plot_parameter_importance(metric="los")


def test_importance_names_the_parameters_it_cannot_rank():
    trials = [
        TrialRecord(
            i,
            TrialState.COMPLETE,
            {"lr": 10.0 ** (-1 - i / 20), **({"depth": i % 8 + 1} if i % 2 else {})},
            values=(float(i),),
        )
        for i in range(60)
    ]
    ax = analyzer(*trials).plot_parameter_importance(evaluator="mdi")
    assert any("not in every trial: depth" in text for text in texts(ax))


def test_importance_of_many_parameters_shows_the_first_twenty():
    ax = importance_axes({f"p{i}": 1 / (i + 1) for i in range(50)})
    assert len(ax.patches) == 20
    assert "30 less important not shown" in ax.get_xlabel()
