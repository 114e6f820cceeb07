"""The grid's plan is Optuna's `GridSampler`, point by point."""

from __future__ import annotations

import optuna
import pytest

from frameworm import GridSearch
from frameworm.search.space.dimensions import Categorical, Integer, Real
from frameworm.search.study.strategy import Grid
from frameworm_optuna.plan.grid import GridPlanner
from frameworm_optuna.plan.planner import CHUNK
from frameworm_optuna.plan.study_points import point_key

BASE = {"training": {"lr": 0.1, "size": 1}, "optimizer": "adam"}
GRID = {
    "training.size": [8, 16, 32],
    "optimizer": ["sgd", "adam", None],
    "training.lr": [0.1, 0.001, 0.01],
}


def suggest(trial: optuna.Trial) -> float:
    trial.suggest_float("training.lr", 0.001, 0.1)
    trial.suggest_int("training.size", 8, 32)
    trial.suggest_categorical("optimizer", GRID["optimizer"])
    return 0.0


def same_attrs(one: dict, other: dict) -> bool:
    names = ("grid_id", "search_space")
    return all(one[name] == other[name] for name in names)


@pytest.mark.parametrize("seed", [0, 1, 7, 12345, 2**32 - 1])
def test_order_ids_and_attributes_are_optunas(tmp_path, seed: int) -> None:
    url = f"sqlite:///{tmp_path}/s.db"
    search = GridSearch(BASE, GRID, storage=url, study_name="s", random_state=seed)
    search.run(lambda config: 0.0, verbose=False)
    ours = optuna.load_study(storage=url, study_name="s").trials

    sampler = optuna.samplers.GridSampler(GRID, seed=seed)
    plain = optuna.create_study(sampler=sampler)
    plain.optimize(suggest)

    assert len(ours) == len(plain.trials) == 27
    for one, other in zip(ours, plain.trials, strict=True):
        assert one.params == other.params
        assert one.distributions == other.distributions
        assert same_attrs(one.system_attrs, other.system_attrs)


def test_optuna_sees_our_points_as_visited(tmp_path) -> None:
    url = f"sqlite:///{tmp_path}/s.db"
    search = GridSearch(BASE, GRID, storage=url, study_name="s", random_state=3)
    search.run(lambda config: 0.0, verbose=False)
    sampler = optuna.samplers.GridSampler(GRID, seed=3)
    assert sampler.is_exhausted(optuna.load_study(storage=url, study_name="s"))


SPACE = {"a": Integer(0, 59), "b": Real(0, 1), "c": Categorical([True, (1, 2)])}
AXES = {"a": tuple(range(60)), "b": (0.0, 0.25, 0.5, 0.75, 1.0), "c": (True, (1, 2))}


def planner(evaluated=set) -> GridPlanner:
    return GridPlanner(Grid(AXES, seed=2), SPACE, evaluated)


def test_chunks_together_are_the_whole_grid_once() -> None:
    made = planner()
    assert made.total == 600 > CHUNK
    chunks = []
    planned = 0
    while (chunk := made.next_chunk(planned, planned)) is not None:
        chunks.append(chunk)
        planned = chunk.planned
    assert [len(chunk.points) for chunk in chunks] == [CHUNK, 600 - CHUNK]
    points = [point for chunk in chunks for point in chunk.points]
    assert len({point_key(point.values) for point in points}) == 600
    assert [point.attrs["grid_id"] for point in points] == list(range(600))


def test_points_are_internal_numbers_sorted_by_name() -> None:
    made = planner()
    for number in range(0, 600, 37):
        point = made.point(number)
        assert list(point) == ["a", "b", "c"]
        assert all(type(value) is float for value in point.values())
        assert point["c"] in (0.0, 1.0)
    assert made.point(600) == made.point(0)


def test_points_the_study_has_are_left_out() -> None:
    first = point_key(planner().point(0))
    # One trial that the plan does not know of: the study is asked what it has.
    chunk = planner(lambda: {first}).next_chunk(1, 0)
    assert chunk is not None
    assert [point.attrs["grid_id"] for point in chunk.points] == list(range(1, CHUNK))


def test_an_interrupted_plan_goes_on_where_it_stopped() -> None:
    def never() -> set:
        raise AssertionError("equal counts need no look at the study")

    chunk = planner(never).next_chunk(150, 150)
    assert chunk is not None
    assert [point.attrs["grid_id"] for point in chunk.points] == list(range(150, 600))
