"""What a search is told is checked when it is made, and typing errors are named."""

from __future__ import annotations

import inspect
import pickle

import pytest

from frameworm import BayesianSearch, GridSearch, QuasiRandomSearch, RandomSearch
from frameworm.errors import MetricError, SearchArgumentError, UnknownArgumentError
from frameworm.search.study.entry_point import find_backend
from frameworm.search.study.settings import PRUNERS
from frameworm_optuna.translate.pruners import make_pruner

BASE = {"x": 1.0}
SPACE = {"x": [1.0, 2.0]}
SEARCHES = [GridSearch, RandomSearch, QuasiRandomSearch, BayesianSearch]


@pytest.mark.parametrize("kind", SEARCHES)
def test_every_argument_is_in_the_signature(kind) -> None:
    shown = inspect.signature(kind).parameters
    assert {"storage", "study_name", "random_state", "pruner", "keep_checkpoints"} <= set(shown)
    assert not any(p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) for p in shown.values())
    assert all(f"        {name}:" in kind.__doc__ for name in shown) or kind is QuasiRandomSearch


@pytest.mark.parametrize("kind", SEARCHES)
@pytest.mark.parametrize(
    ("name", "meant"),
    [("storag", "storage"), ("direction", "mode"), ("seed", "random_state"), ("prune", "pruner")],
)
def test_a_mistyped_or_foreign_argument_is_told_with_the_right_one(kind, name, meant) -> None:
    with pytest.raises(UnknownArgumentError, match=rf"{kind.__name__} has no .*{meant!r}\?"):
        kind(BASE, SPACE, **{name: None})
    with pytest.raises(TypeError, match=name):
        kind(BASE, SPACE, **{name: None})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pruner": "medain"}, "Did you mean 'median'"),
        ({"pruner": 3}, "an Optuna pruner or None, got 3"),
        ({"pruner": int}, r"give int\(\)"),
        ({"durability": "ful"}, "Did you mean 'full'"),
        ({"study_name": 5}, "study_name is a text"),
        ({"study_name": ""}, "study_name is a text"),
        ({"study_name": "x" * 513}, "study_name is a text"),
        ({"random_state": -1}, "whole number from 0"),
        ({"random_state": True}, "whole number from 0"),
    ],
)
def test_values_are_checked_before_anything_is_stored(url, options, message) -> None:
    with pytest.raises(SearchArgumentError, match=message):
        RandomSearch(BASE, SPACE, storage=url, **options)


def test_the_pruners_that_are_taken_are_those_there_are() -> None:
    assert all(make_pruner(name) is not None for name in PRUNERS)


def test_a_search_travels_to_other_processes() -> None:
    again = pickle.loads(pickle.dumps(RandomSearch(BASE, SPACE, random_state=3)))
    assert (again.random_state, again.n_trials) == (3, 50)


def test_a_mistyped_metric_leaves_no_study_behind(url) -> None:
    search = RandomSearch(BASE, SPACE, metric="val_los", storage=url, study_name="s", n_trials=2)
    with pytest.raises(MetricError, match="Did you mean 'val_loss'"):
        search.run(lambda config: {"val_loss": config.x}, verbose=False)
    assert find_backend().studies(url) == []
    RandomSearch(BASE, SPACE, storage=url, study_name="s", n_trials=2).run(
        lambda config: {"val_loss": config.x}, verbose=False
    )


def test_a_mistyped_metric_is_told_of_a_search_in_memory_too() -> None:
    search = RandomSearch(BASE, SPACE, metric="val_los", storage="sqlite://", n_trials=2)
    with pytest.raises(MetricError, match="Did you mean 'val_loss'"):
        search.run(lambda config: {"val_loss": config.x}, verbose=False)


def test_a_metric_that_is_missing_later_costs_nothing(url) -> None:
    def train(config):
        train.calls += 1
        return {"val_loss" if train.calls < 3 else "val_los": config.x}

    train.calls = 0
    search = GridSearch({"x": 0}, {"x": [1, 2, 3, 4]}, storage=url, study_name="s")
    with pytest.raises(MetricError):
        search.run(train, verbose=False)
    assert [study.counts["COMPLETE"] for study in find_backend().studies(url)] == [2]


def test_a_constrained_study_is_not_resumed_without_its_constraints(url) -> None:
    def small(config):
        return config.x < 3

    search = GridSearch(
        {"x": 0}, {"x": [1, 2, 3]}, constraints=small, storage=url, study_name="s", random_state=0
    )
    search.run(lambda config: {"val_loss": config.x}, verbose=False)
    with pytest.raises(SearchArgumentError, match="has constraints"):
        GridSearch.resume("s", url)


@pytest.mark.parametrize("gpus", [1, "0", ["0"], [-1], [True], [1.0], None])
def test_what_names_no_devices_is_refused_before_anything_is_stored(url, gpus) -> None:
    search = RandomSearch(BASE, SPACE, storage=url)
    with pytest.raises(SearchArgumentError, match="gpus is a list of device numbers"):
        search.run(lambda config: 1.0, gpus=gpus, verbose=False)
    assert search._study is None


def test_at_the_end_a_run_says_what_failed_and_what_to_do(url, caplog) -> None:
    def train(config):
        if config.x % 2:
            raise ValueError(f"no room for {config.x} rows")
        if config.x == 4:
            raise KeyError("b")
        return {"val_loss": config.x}

    search = GridSearch({"x": 0}, {"x": list(range(1, 9))}, storage=url, random_state=0)
    search.run(train)
    assert "5 of 8 trials failed" in caplog.text
    assert "4 with ValueError: no room for" in caplog.text
    assert "1 with KeyError: 'b'" in caplog.text
    assert "retry_failed=True" in caplog.text
