"""A list of grids as one space."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import ParameterGrid

from frameworm.errors import SpaceError
from frameworm.search import Integer, Real, expand_search_space
from frameworm.search.space.grid_points import grid_points
from frameworm.search.space.grids import one_space

SVC = [
    {"kernel": ["rbf"], "C": [1, 10], "gamma": [0.1, 0.01]},
    {"kernel": ["linear", "sigmoid"], "C": [1, 10]},
    {"kernel": ["poly"], "C": [1, 10], "degree": [2, 3]},
]


def points(space) -> set[tuple]:
    found = grid_points(space, {key: dim.get_grid_values() for key, dim in space.items()})
    assert len({tuple(sorted(point.items())) for point in found}) == len(found)
    return {tuple(sorted(point.items())) for point in found}


def test_the_points_are_scikit_learns() -> None:
    expected = {tuple(sorted(point.items())) for point in ParameterGrid(SVC)}
    assert points(one_space(SVC)) == expected


axes = st.sampled_from([[1], [1, 2], [1, 2, 3]])


@given(st.integers(1, 4), st.fixed_dictionaries({"a": axes, "b": axes, "c": axes}), st.data())
def test_the_points_are_scikit_learns_whichever_parameters_each_has(count, shared, data) -> None:
    grids = [
        {
            "kind": [f"kind{index}", *(["other"] if index == 0 else [])],
            **{key: shared[key] for key in data.draw(st.sets(st.sampled_from("abc")))},
        }
        for index in range(count)
    ]
    expected = {tuple(sorted(point.items())) for point in ParameterGrid(grids)}
    assert points(one_space(grids)) == expected


def test_dimensions_sections_and_conditions_are_kept() -> None:
    grids = [
        {"model": {"kind": ["a"], "n": [1, 2]}, "lr": Real(0, 1, when={"model.n": 2})},
        {"model.kind": ["b"], "depth": Integer(1, 3)},
    ]
    space = one_space(grids)
    assert list(space) == ["model.kind", "model.n", "lr", "depth"]
    assert space["lr"] == Real(0, 1, when={"model.n": 2, "model.kind": "a"})
    assert space["depth"] == Integer(1, 3, when={"model.kind": "b"})
    assert expand_search_space(space) == space


def test_a_single_grid_is_that_grid() -> None:
    assert one_space([{"a": [1, 2]}]) == expand_search_space({"a": [1, 2]})


@pytest.mark.parametrize(
    ("grids", "message"),
    [
        ([{"a": [1]}, {"b": [1]}], "they share no parameter; add one, or make a search for each"),
        ([{"a": [1, 2]}, {"a": [2, 3]}], r"they share \['a'\]; add"),
        ([{"a": [1]}, {"a": [1.0]}], r"they share \['a'\]"),
        ([{"a": Real(0, 1)}, {"a": Real(2, 3)}], "other values in each"),
        (
            [{"k": [1], "C": [1]}, {"k": [2], "C": [1, 2]}],
            "C has other values in the grid 2 than in the grid 1; give it the same in both, or",
        ),
        ([], "dictionary of dimensions"),
        ([1], "dictionary of dimensions"),
        (5, "dictionary of dimensions"),
        ([{}], "empty"),
    ],
)
def test_what_cannot_be_one_space(grids, message) -> None:
    with pytest.raises(SpaceError, match=message):
        one_space(grids)


def test_other_searches_say_so() -> None:
    with pytest.raises(SpaceError, match=r"A list of spaces is for GridSearch; .* when="):
        expand_search_space(SVC)


def test_an_axis_that_differs_only_in_order_is_told() -> None:
    with pytest.raises(SpaceError, match="C has other values"):
        one_space([{"k": [1], "C": [1, 2]}, {"k": [2], "C": [2, 1]}])
