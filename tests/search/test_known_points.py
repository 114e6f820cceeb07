"""Points a user brings: run first, or recorded with their result."""

from __future__ import annotations

import math

import optuna
import pytest

from frameworm.errors import SearchArgumentError, SpaceError
from frameworm.search import BayesianSearch, GridSearch, Integer, RandomSearch, Real

BASE = {"a": {"x": 0.5, "n": 1, "opt": "sgd"}}
SPACE = {"a.x": Real(0, 1), "a.n": Integer(1, 9), "a.opt": ["sgd", "adam"]}
POINT = {"a.x": 0.25, "a.n": 3, "a.opt": "adam"}


def train(config) -> float:
    return config.a.x


def search(storage, **options) -> RandomSearch:
    options = {"n_trials": 6, "random_state": 1, "storage": storage, "study_name": "s", **options}
    return RandomSearch(BASE, SPACE, **options)


@pytest.fixture(params=["sqlite", "memory"])
def storage(request, url: str):
    return url if request.param == "sqlite" else optuna.storages.InMemoryStorage()


def order_of(found, run=None) -> list[dict]:
    seen = []

    class Order:
        def on_trial_start(self, trial) -> None:
            seen.append(dict(trial.params))

    found.run(train, verbose=False, callbacks=[Order()])
    return seen


def test_an_enqueued_point_runs_first_and_counts(storage) -> None:
    found = search(storage)
    found.enqueue(POINT)
    seen = order_of(found)
    assert seen[0] == POINT
    assert len(found.results) == 6


def test_what_it_leaves_out_is_drawn(storage) -> None:
    found = search(storage)
    found.enqueue({"a.n": 7})
    first = order_of(found)[0]
    assert first["a.n"] == 7
    assert first.keys() == SPACE.keys()


def test_it_runs_first_in_a_study_that_is_planned_already(storage) -> None:
    class Stop:
        def on_trial_end(self, trial, outcome) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search(storage).run(train, verbose=False, callbacks=[Stop()])
    found = search(storage)
    found.enqueue(POINT)
    assert order_of(found)[0] == POINT
    # The plan was written for six; the point takes the place of the last one.
    assert len(found.results) == 6


def test_the_same_script_again_does_not_run_it_again(storage) -> None:
    for _ in range(2):
        found = search(storage)
        found.enqueue(POINT)
        found.add_result({**POINT, "a.n": 4}, {"val_loss": 0.1})
        found.run(train, verbose=False)
        assert len(found.results) == 6


def test_a_known_result_is_recorded_without_running(storage) -> None:
    found = search(storage)
    found.add_result(POINT, {"val_loss": -1.0, "time": 3.0})
    seen = order_of(found)
    assert POINT not in seen
    assert found.best_params == POINT
    assert found.results[0]["metrics"] == {"val_loss": -1.0, "time": 3.0}
    assert len(seen) == 5


def test_a_grid_does_not_repeat_a_known_point(url: str) -> None:
    grid = GridSearch(BASE, {"a.n": [1, 2, 3], "a.opt": ["sgd", "adam"]}, storage=url)
    grid.add_result({"a.n": 2, "a.opt": "sgd"}, {"val_loss": 9.0})
    grid.enqueue({"a.n": 3, "a.opt": "adam"})
    seen = order_of(grid)
    assert seen[0] == {"a.n": 3, "a.opt": "adam"}
    assert {"a.n": 2, "a.opt": "sgd"} not in seen
    assert len(grid.results) == 6


def test_an_adaptive_search_learns_from_known_results(url: str) -> None:
    seeds = []
    for name, known in (("with", True), ("without", False)):
        found = BayesianSearch(
            BASE, SPACE, n_trials=30, random_state=1, storage=url, study_name=name
        )
        for i in range(15 if known else 0):
            found.add_result({"a.x": 0.5 + i / 50, "a.n": 5, "a.opt": "sgd"}, {"val_loss": i})
        found.enqueue(POINT)
        first = order_of(found)
        assert first[0] == POINT
        seeds.append(first[1:])
    assert seeds[0] != seeds[1][: len(seeds[0])]
    assert len(seeds[0]) == 14


def test_plain_optuna_sees_an_enqueued_trial_as_its_own(url: str) -> None:
    found = search(url, n_trials=1)
    found.enqueue(POINT)
    found.run(train, verbose=False)
    trial = optuna.load_study(storage=url, study_name="s").trials[0]
    assert trial.params == POINT
    assert trial.system_attrs["fixed_params"] == POINT


@pytest.mark.parametrize(
    ("point", "message"),
    [
        ({}, "dictionary"),
        ({"a.z": 1}, "no parameter of the search space. Did you mean"),
        ({"a.x": 2.0}, "does not lie in"),
        ({"a.n": 1.5}, "does not lie in"),
        ({"a.opt": "adamw"}, "not among the choices"),
    ],
)
def test_points_outside_the_space_are_refused_at_once(url: str, point: dict, message: str) -> None:
    with pytest.raises(SpaceError, match=message):
        search(url).enqueue(point)


@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        ({"val_loss": float("nan")}, "'val_loss' is nan; leave it out"),
        ({"val_loss": float("-inf")}, "'val_loss' is -inf"),
        ({"val_loss": "0.1"}, "A metric is a number, but 'val_loss' is '0.1'"),
        ({"val_loss": 1, "note": [1, 2]}, r"'note' is \[1, 2\]"),
        ({"val_los": 1}, r"missing among \['val_los'\]. Did you mean 'val_los'"),
    ],
)
def test_results_that_are_no_numbers_are_refused(url: str, metrics: dict, message: str) -> None:
    with pytest.raises(SearchArgumentError, match=message):
        search(url).add_result(POINT, metrics)


def test_the_best_config_of_another_search_runs_first(url: str) -> None:
    before = search(url, study_name="before")
    before.run(train, verbose=False)
    found = search(url, random_state=2)
    found.enqueue(before.best_config)
    found.add_result({"a": {"x": 1, "n": 2.0, "opt": "sgd"}}, {"val_loss": 5})
    assert order_of(found)[0] == before.best_params
    assert {"a.x": 1.0, "a.n": 2, "a.opt": "sgd"} in [item["params"] for item in found.results]


def test_incomplete_results_are_refused(url: str) -> None:
    with pytest.raises(SpaceError, match=r"a\.opt"):
        search(url).add_result({"a.x": 0.1, "a.n": 1}, {"val_loss": 1.0})
    with pytest.raises(SearchArgumentError, match="val_loss"):
        search(url).add_result(POINT, {"loss": 1.0})


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 0.123])
def test_a_value_off_the_range_or_its_steps_is_refused(value) -> None:
    space = {"a.lr": Real(0, 1, step=0.1), "a.n": Integer(1, 9, step=2)}
    found = RandomSearch({"a": {"lr": 0.1, "n": 1}}, space)
    for key in space:
        with pytest.raises(SpaceError, match="does not lie in"):
            found.enqueue({key: value})
    found.enqueue({"a.lr": 0.1 * 3, "a.n": 3.0})
