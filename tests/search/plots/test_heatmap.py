"""The median score over two parameters."""

from __future__ import annotations

import math

import numpy as np
import pytest

from frameworm.search.space import Categorical
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState
from tests.search.drawing import analyzer, many, texts


def test_heatmap_shows_the_median_of_each_cell():
    space = {"a": Categorical(["x", "y"]), "b": Categorical([2, 1])}
    scores = [("x", 1, 3.0), ("x", 1, 5.0), ("x", 1, math.inf), ("y", 2, 7.0), ("y", 1, None)]
    trials = [
        TrialRecord(
            i,
            TrialState.FAIL if score is None else TrialState.COMPLETE,
            {"a": a, "b": b},
            values=None if score is None else (score,),
        )
        for i, (a, b, score) in enumerate(scores)
    ]
    ax = analyzer(*trials, space=space).plot_heatmap("a", "b")
    cells = ax.collections[0].get_array()
    assert np.ma.filled(cells, -1).tolist() == [[4.0, -1], [-1, 7.0]]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["1", "2"]
    assert {"4", "7"} <= set(texts(ax))
    assert ax.figure.axes[1].get_ylabel() == "val_loss (lower is better)"


def test_heatmap_cuts_ranges_into_bins_that_hold_every_trial():
    found = analyzer(*many(200))
    ax = found.plot_heatmap("lr", "depth")
    cells = ax.collections[0].get_array()
    assert cells.shape == (8, 10)
    assert [text.get_text() for text in ax.get_xticklabels()][::10] == ["1e-05", "0.1"]


def test_a_heatmap_cuts_the_range_of_a_conditional_number_and_has_a_cell_without_it():
    random = np.random.default_rng(0)
    trials = []
    for i in range(40):
        params = {
            "depth": i % 8 + 1,
            **({"lr": 10 ** random.uniform(-5, -1)} if i % 4 == 0 else {}),
        }
        trials.append(TrialRecord(i, TrialState.COMPLETE, params, values=(float(i),)))
    ax = analyzer(*trials).plot_heatmap("lr", "depth")
    shown = [text.get_text() for text in ax.get_xticklabels()]
    assert (shown[0], shown[-2], shown[-1]) == ("1e-05", "0.1", "inactive")
    assert len(shown) < 8
    cells = ax.collections[0].get_array()
    assert np.isfinite(np.ma.filled(cells, np.nan)[:, -1]).sum() == 6


@pytest.mark.parametrize("mode", ["min", "max"])
def test_better_is_brighter_in_the_heatmap(mode):
    space = {"a": Categorical(["x", "y"]), "b": Categorical([1])}
    trials = [
        TrialRecord(i, TrialState.COMPLETE, {"a": a, "b": 1}, values=(float(i),))
        for i, a in enumerate("xy")
    ]
    ax = analyzer(*trials, space=space, mode=mode).plot_heatmap("a", "b")
    mesh = ax.collections[0]
    bright = [sum(mesh.to_rgba(value)[:3]) for value in (0.0, 1.0)]
    assert bright.index(max(bright)) == (0 if mode == "min" else 1)
