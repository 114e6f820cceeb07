"""Whatever a train function returns or raises has one clear outcome."""

from __future__ import annotations

import sys
import threading

import numpy as np
import pytest
import torch

from frameworm import GridSearch
from frameworm.errors import MetricError, NoResultError, ObjectiveError, PicklingError
from frameworm.search import report

BASE = {"x": 0}


def search(url: str, **settings) -> GridSearch:
    return GridSearch(BASE, {"x": [0, 1, 2, 3]}, storage=url, random_state=0, **settings)


def at(x: int, value):
    """A train function that does `value` at one point and well at the others."""

    def train(config):
        if config.x != x:
            return {"val_loss": float(config.x)}
        return value() if callable(value) else value

    return train


def raises():
    raise ZeroDivisionError("no learning rate")


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (raises, "ZeroDivisionError: no learning rate"),
        (lambda: sys.exit(3), "SystemExit: 3"),
        (lambda: None, "the metric 'val_loss' is no number: None"),
        (lambda: "0.5", "the metric 'val_loss' is no number: '0.5'"),
        ({"val_loss": "low"}, "the metric 'val_loss' is no number: 'low'"),
        ({"val_loss": [1.0, 2.0]}, "is no number"),
        ({"val_loss": float("nan")}, "nan"),
        ({"val_loss": float("inf")}, "inf"),
        ({"val_loss": -float("inf")}, "inf"),
        ({"val_loss": torch.tensor(float("nan"))}, "nan"),
        ({"val_loss": torch.tensor([1.0, 2.0])}, "is no number"),
    ],
)
def test_a_bad_trial_fails_alone(url: str, n_jobs: int, value, reason: str) -> None:
    grid = search(url)
    _, best = grid.run(at(0, value), n_jobs=n_jobs, verbose=False)
    assert best == 1.0
    failed = [result for result in grid.results if result["state"] == "FAIL"]
    assert len(failed) == 1
    assert failed[0]["params"] == {"x": 0}
    assert reason in failed[0]["error"]
    assert len(grid.results) == 4


@pytest.mark.parametrize(
    "value",
    [
        0.5,
        {"val_loss": 0.5},
        {"val_loss": np.float32(0.5)},
        {"val_loss": torch.tensor(0.5, requires_grad=True)},
        {"val_loss": torch.tensor([0.5])},
        {"val_loss": np.array(0.5)},
        {"val_loss": 0.5, "history": [1, 2], "name": "adam", "model": object()},
        torch.tensor(0.5),
    ],
)
def test_numbers_of_every_kind_are_scores(url: str, value) -> None:
    grid = search(url)
    grid.run(lambda config: value, verbose=False)
    assert [result["score"] for result in grid.results] == [0.5] * 4
    assert grid.results[0]["metrics"] == {"val_loss": 0.5}


def test_a_traceback_is_kept_with_the_trial(url: str) -> None:
    grid = search(url)
    grid.run(at(2, raises), verbose=False)
    attrs = [trial.user_attrs for trial in grid.study.trials if trial.state.name == "FAIL"]
    assert "in raises" in attrs[0]["frameworm:traceback"]


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_missing_metric_is_an_error_at_once(url: str, n_jobs: int) -> None:
    grid = search(url, study_name="s")
    with pytest.raises(MetricError, match=r"'val_los', 'z'.*Did you mean 'val_los'"):
        grid.run(lambda config: {"val_los": 1.0, "z": 2}, n_jobs=n_jobs, verbose=False)
    grid.run(lambda config: 1.0, verbose=False)
    assert len(grid.results) == 4


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_only_failures_end_the_search_with_the_first_as_cause(url: str, n_jobs: int) -> None:
    grid = search(url, study_name="s")
    with pytest.raises(
        ObjectiveError, match=r"first [23] trials all failed.*no learning rate"
    ) as info:
        grid.run(lambda config: raises(), n_jobs=n_jobs, max_failures=2, verbose=False)
    assert "ZeroDivisionError" in str(info.value.__cause__)
    assert grid.stop_reason == "max_failures"
    grid.run(lambda config: config.x, retry_failed=True, verbose=False)
    assert [result["state"] for result in grid.results] == ["COMPLETE"] * 4
    assert len(grid.study.trials) == 4


def test_all_failed_without_the_limit_has_no_best(url: str) -> None:
    grid = search(url)
    with pytest.raises(NoResultError):
        grid.run(lambda config: raises(), max_failures=10, verbose=False)
    assert len(grid.results) == 4


def test_what_cannot_be_pickled_is_refused_before_anything_runs(url: str, tmp_path) -> None:
    lock = threading.Lock()
    grid = search(url)
    with pytest.raises(PicklingError, match=r"cannot be pickled.*inside the train function"):
        grid.run(lambda config: lock, n_jobs=2, verbose=False)
    assert not (tmp_path / "s.db").exists()


def test_an_exception_that_cannot_be_pickled_fails_its_trial(url: str) -> None:
    class StrangeError(Exception):
        def __init__(self, one, two):
            super().__init__("strange")
            self.lock = threading.Lock()

    def strange():
        raise StrangeError(1, 2)

    grid = search(url)
    grid.run(at(1, strange), n_jobs=2, verbose=False)
    assert [result["error"] for result in grid.results if result["error"]] == [
        "StrangeError: strange"
    ]


def test_a_failed_trial_keeps_what_it_last_reported(url: str) -> None:
    def train(config):
        report(0, val_loss=0.5, accuracy=0.25)
        return raises() if config.x == 0 else 1.0

    grid = search(url)
    grid.run(train, verbose=False)
    (failed,) = (result for result in grid.results if result["state"] == "FAIL")
    assert failed["metrics"] == {"val_loss": 0.5, "accuracy": 0.25}
