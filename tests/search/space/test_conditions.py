"""Conditions between parameters: `when=`."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameworm.errors import SpaceError
from frameworm.search import Categorical, Integer, Real, expand_search_space
from frameworm.search.space.conditions import active, holds, is_conditional, ordered
from frameworm.search.space.grid_points import grid_points

CHAIN = {
    "nesterov": Categorical([True, False], when={"momentum": [0.5, 0.9]}),
    "momentum": Categorical([0.0, 0.5, 0.9], when={"optimizer": "sgd"}),
    "optimizer": Categorical(["adam", "sgd"]),
    "layers": Integer(1, 3),
}


def test_a_value_or_a_list_of_values() -> None:
    one = Real(0, 1, when={"a": "x"})
    assert one == Real(0, 1, when={"a": ["x"]})
    assert one != Real(0, 1, when={"a": ["x", "y"]})
    assert hash(one) == hash(Real(0, 1, when={"a": ["x"]}))
    assert repr(one) == "Real(0.0, 1.0, when={'a': 'x'})"
    assert repr(Integer(1, 2, when={"a": [1, 2]})) == "Integer(1, 2, when={'a': [1, 2]})"


@pytest.mark.parametrize("values", [range(1, 4), np.array([1, 2, 3]), [1, np.int64(2), 3]])
def test_ranges_and_arrays_are_several_values(values) -> None:
    assert Real(0, 1, when={"n": values}) == Real(0, 1, when={"n": [1, 2, 3]})
    assert Real(0, 1, when={"n": np.int64(2)}) == Real(0, 1, when={"n": 2})


def test_a_tuple_is_one_value() -> None:
    space = {"a": Categorical([(1, 2), 1]), "b": Real(0, 1, when={"a": (1, 2)})}
    assert holds(space, "b", {"a": (1, 2)})
    assert not holds(space, "b", {"a": 1})


def test_parents_come_first_else_by_name() -> None:
    assert ordered(CHAIN) == ["layers", "optimizer", "momentum", "nesterov"]
    assert is_conditional(CHAIN)
    assert not is_conditional({"a": Real(0, 1)})


@pytest.mark.parametrize(
    ("params", "left"),
    [
        ({"optimizer": "adam", "momentum": 0.9, "nesterov": True}, {"optimizer"}),
        ({"optimizer": "sgd", "momentum": 0.0, "nesterov": True}, {"optimizer", "momentum"}),
        (
            {"optimizer": "sgd", "momentum": 0.9, "nesterov": True},
            {"optimizer", "momentum", "nesterov"},
        ),
        ({"momentum": 0.9, "nesterov": True}, set()),
    ],
)
def test_a_chain_ends_where_a_link_is_missing(params, left) -> None:
    assert set(active(CHAIN, params)) == left


def test_several_conditions_must_all_hold() -> None:
    space = {
        "a": Categorical([1, 2]),
        "b": Categorical([1, 2]),
        "c": Real(0, 1, when={"a": 1, "b": [1, 2]}),
    }
    assert holds(space, "c", {"a": 1, "b": 2})
    assert not holds(space, "c", {"a": 2, "b": 2})
    assert not holds(space, "c", {"a": 1})


def test_choices_are_told_apart_by_type_and_numbers_are_not() -> None:
    space = {"a": Categorical([True, 1]), "n": Integer(1, 3)}
    space["b"] = Real(0, 1, when={"a": True})
    space["c"] = Real(0, 1, when={"n": 2.0})
    assert not holds(space, "b", {"a": 1})
    assert holds(space, "c", {"n": 2})


@pytest.mark.parametrize(
    ("space", "message"),
    [
        (
            {"a": Real(0, 1, when={"optimiser": "x"}), "optimizer": ["x"]},
            "Did you mean 'optimizer'",
        ),
        ({"a": Real(0, 1, when={"b": "y"}), "b": ["x"]}, "a is searched when b is 'y', which"),
        ({"a": Real(0, 1, when={"b": 1}), "b": [True, False]}, "which .* cannot be"),
        ({"a": Real(0, 1, when={"b": 5}), "b": Integer(1, 4)}, "cannot be"),
        ({"a": Real(0, 1, when={"b": 1.5}), "b": Integer(1, 4)}, "cannot be"),
        ({"a": Real(0, 1, when={"b": 2}), "b": Integer(1, 5, step=2)}, "cannot be"),
        ({"a": Real(0, 1, when={"b": 0.3}), "b": Real(0, 1, step=0.25)}, "cannot be"),
        ({"a": Real(0, 1, when={"b": "1"}), "b": Real(0, 1)}, "cannot be"),
        ({"a": Real(0, 1, when={"a": 0.5})}, "circle: a -> a"),
        (
            {
                "a": Categorical([1], when={"b": 1}),
                "b": Categorical([1], when={"c": 1}),
                "c": Categorical([1], when={"a": 1}),
            },
            "circle: a -> b -> c -> a",
        ),
    ],
)
def test_refused_conditions(space, message) -> None:
    with pytest.raises(SpaceError, match=message):
        expand_search_space(space)


def test_a_step_that_can_be() -> None:
    space = {
        "a": Real(0, 1, when={"b": 0.3, "n": 5}),
        "b": Real(0, 1, step=0.1),
        "n": Integer(1, 9, step=2),
    }
    assert expand_search_space(space) == space


def test_a_step_is_the_same_as_written_and_as_drawn() -> None:
    space = {"a": Integer(1, 2, when={"b": 0.3}), "b": Real(0, 1, step=0.1)}
    assert holds(space, "a", {"b": 3 * 0.1})
    assert holds(space, "a", {"b": 0.3})
    assert not holds(space, "a", {"b": 0.4})


@given(st.integers(-50, 50), st.integers(1, 300), st.integers(1, 60), st.data())
def test_every_step_holds_as_optuna_draws_it(low, step, count, data) -> None:
    low, step = low / 10, step / 100
    dimension = Real(low, round(low + step * count, 10), step=step)
    drawn, other = (data.draw(st.integers(0, count)) for _ in "ab")
    written = dimension.get_grid_values(count + 1)
    space = {"a": Integer(1, 2, when={"b": written[drawn]}), "b": dimension}
    assert expand_search_space(space) == space
    # As in Optuna's samplers: low + number * step.
    assert holds(space, "a", {"b": low + drawn * step})
    assert holds(space, "a", {"b": low + other * step}) == (drawn == other)


@st.composite
def spaces(draw) -> dict[str, Categorical]:
    """Categoricals that depend on any of those before them, written in any order."""
    space: dict[str, Categorical] = {}
    for name in "abcd"[: draw(st.integers(1, 4))]:
        parents = draw(st.sets(st.sampled_from(sorted(space)))) if space else set()
        when = {parent: draw(st.sampled_from([1, 2, [1, 2]])) for parent in sorted(parents)}
        space[name] = Categorical([1, 2, 3], when=when)
    return {name: space[name] for name in draw(st.permutations(sorted(space)))}


@given(spaces())
def test_the_grid_of_a_conditional_space_is_every_active_combination_once(space) -> None:
    axes = {name: dimension.choices for name, dimension in space.items()}
    points = grid_points(space, axes)
    full = [{}]
    for name in space:
        full = [{**point, name: value} for point in full for value in (1, 2, 3)]
    expected = {tuple(sorted(active(space, point).items())) for point in full}
    found = [tuple(sorted(point.items())) for point in points]
    assert len(found) == len(set(found))
    assert set(found) == expected


@given(spaces(), st.permutations(["a", "b", "c", "d"]))
def test_active_is_a_fixed_point_whatever_the_order_of_the_keys(space, order) -> None:
    params = {name: 1 for name in order if name in space}
    once = active(space, params)
    assert active(space, once) == once
    assert all(holds(space, name, once) for name in once)
