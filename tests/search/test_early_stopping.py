"""The stoppers of Frameworm 1.3 on real searches."""

from __future__ import annotations

import time

import optuna
import pytest

from frameworm import GridSearch, RandomSearch, Real
from frameworm.errors import SearchArgumentError
from frameworm.search import report
from frameworm.search.early_stopping import (
    BudgetStopper,
    EarlyStopper,
    ImprovementStopper,
    MedianStopper,
    ThresholdStopper,
)
from frameworm_optuna.translate.pruners import make_pruner


def run(stopper, scores, mode="min", n_jobs=1):
    """Run the scores in their order; return how many were asked for."""
    left = iter(scores)
    search = RandomSearch(
        {}, {"x": Real(0, 1)}, mode=mode, n_trials=len(scores), storage="sqlite://"
    )
    search.run(lambda config: next(left), n_jobs, callbacks=[stopper], verbose=False)
    return len(search.results), search.stop_reason


@pytest.mark.parametrize(
    ("stopper", "scores", "mode", "ended"),
    [
        (ThresholdStopper(0.5), [3, 1, 0.5, 0], "min", 3),
        (ThresholdStopper(2, mode="max"), [0, 1, 2, 0], "max", 3),
        (ImprovementStopper(patience=2), [3, 2, 2, 2, 1], "min", 4),
        (ImprovementStopper(patience=2, min_delta=0.5), [3, 2, 1.9, 1.8, 0], "min", 4),
        (ImprovementStopper(patience=2, mode="max"), [1, 2, 1, 1, 3], "max", 4),
        (BudgetStopper(2), [1, 1, 1], "min", 2),
        (BudgetStopper(9, max_time=0), [1, 1, 1], "min", 1),
    ],
)
def test_a_stopper_ends_the_run(stopper, scores, mode, ended) -> None:
    assert run(stopper, scores, mode) == (ended, "callback")


def test_a_stopper_that_never_says_so_lets_the_run_finish() -> None:
    assert run(BudgetStopper(9, max_time=60), [1, 2, 3]) == (3, "finished")


def test_failed_trials_are_not_judged() -> None:
    asked = []

    class Note(EarlyStopper):
        def should_stop(self, trial_idx, score, config):
            asked.append((trial_idx, score, set(config)))
            return False

    def train(config):
        if config.x == 2:
            raise ValueError("no")
        return config.x

    search = GridSearch({"x": 0}, {"x": [1, 2, 3]}, storage="sqlite://", random_state=0)
    search.run(train, callbacks=[Note()], verbose=False)
    assert len(asked) == 2
    assert {names for _, _, (names,) in asked} == {"x"}


def test_a_run_that_a_stopper_ended_goes_on_where_it_was(tmp_path) -> None:
    def made():
        storage = f"sqlite:///{tmp_path}/s.db"
        return GridSearch({"x": 0}, {"x": [1, 2, 3]}, storage=storage, study_name="s")

    made().run(lambda config: config.x, callbacks=[BudgetStopper(1)], verbose=False)
    search = made()
    search.run(lambda config: config.x, verbose=False)
    assert sorted(record.params["x"] for record in search.results.records) == [1, 2, 3]


def test_the_median_stopper_prunes() -> None:
    def train(config):
        for step in range(4):
            report(step, val_loss=config.x)
        return config.x

    search = GridSearch(
        {"x": 0},
        {"x": list(range(12))},
        storage="sqlite://",
        pruner=MedianStopper(percentile=25, min_trials=4),
        random_state=0,
    )
    search.run(train, verbose=False)
    states = [record.state.name for record in search.results.records]
    assert states[:4] == ["COMPLETE"] * 4
    assert "PRUNED" in states


def test_the_median_stopper_is_optunas_percentile_pruner() -> None:
    pruner = make_pruner(MedianStopper(percentile=30, min_trials=7))
    theirs = optuna.pruners.PercentilePruner(30, n_startup_trials=7)
    assert type(pruner) is type(theirs)
    assert vars(pruner) == vars(theirs)


def test_stoppers_decide_in_ones_own_loop_too() -> None:
    median = MedianStopper(min_trials=3)
    assert [median.should_stop(i, score, {}) for i, score in enumerate([1, 5, 3, 4, 0])] == [
        False,
        False,
        False,
        True,
        False,
    ]
    budget = BudgetStopper(9, max_time=0.01)
    assert not budget.should_stop(0, 1.0, {})
    time.sleep(0.02)
    assert budget.should_stop(1, 1.0, {})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MedianStopper(120), "percentile is from 0 to 100, got 120"),
        (lambda: MedianStopper(min_trials=-1), "0 or more complete trials, got -1"),
        (lambda: ThresholdStopper(1, mode="least"), "mode is 'min' or 'max', got 'least'"),
        (lambda: EarlyStopper().should_stop(1, 1.0, {}), "needs should_stop"),
    ],
)
def test_refused(make, message) -> None:
    with pytest.raises(SearchArgumentError, match=message):
        make()
