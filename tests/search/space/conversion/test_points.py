from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameworm import Config
from frameworm.errors import SpaceError
from frameworm.search import Categorical, Integer, Real, sample_configuration
from frameworm.search.space.conversion.points import point_of
from tests.dimensions import ranges

SPACE = {
    "training.lr": Real(0, 1, step=0.1),
    "training.n": Integer(1, 9, step=2),
    "model": Categorical([{"kind": "a"}, {"kind": "b"}]),
}


@pytest.mark.parametrize(
    ("params", "point"),
    [
        ({"training.lr": 0.3}, {"training.lr": 0.3}),
        ({"training.lr": 3 * 0.1}, {"training.lr": 3 * 0.1}),
        ({"training": {"lr": 1, "n": 3.0}}, {"training.lr": 1.0, "training.n": 3}),
        ({"training": {"n": np.int64(5)}}, {"training.n": 5}),
        ({"model": {"kind": "b"}}, {"model": {"kind": "b"}}),
        (Config.from_dict({"training": {"lr": 0.5, "other": 1}}), {"training.lr": 0.5}),
    ],
)
def test_flat_in_sections_or_a_whole_config(params, point) -> None:
    found = point_of(SPACE, params)
    assert found == point
    assert list(map(type, found.values())) == list(map(type, point.values()))


@given(st.dictionaries(st.sampled_from(["a", "b.c", "b.d"]), ranges, min_size=1), st.integers(0))
def test_what_is_drawn_is_a_point_flat_and_as_a_config(space, seed) -> None:
    drawn = sample_configuration(space, seed)
    assert point_of(space, drawn) == drawn
    assert point_of(space, Config().replace(drawn)) == drawn
    assert point_of(space, Config().replace(drawn).to_dict()) == drawn


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "dictionary from parameter to value"),
        ([1], "dictionary from parameter to value"),
        ({"training.lrr": 1}, "'training.lrr' is no parameter.*Did you mean 'training.lr'"),
        ({"lr": 1}, "'lr' is no parameter.*Did you mean 'training.lr'"),
        ({"training": {"lrr": 1}}, "'training.lrr' is no parameter.*Did you mean 'training.lr'"),
        ({"other": {"lr": 1}}, "'other' is no parameter"),
        ({"training.lr": 0.35}, r"training.lr: 0.35 does not lie in Real\(0.0, 1.0, step=0.1\)"),
        ({"training.n": 4}, "4 does not lie"),
        ({"training.lr": math.inf}, "inf does not lie"),
        ({"training.lr": math.nan}, "nan does not lie"),
        ({"training.lr": "0.1"}, "'0.1' does not lie"),
        ({"training.n": True}, "True does not lie"),
        ({"model": "a"}, "model: 'a' is not among"),
        (Config.from_dict({"seed": 1}), "The config has none of the parameters"),
    ],
)
def test_what_is_no_point(params, message) -> None:
    with pytest.raises(SpaceError, match=message):
        point_of(SPACE, params)
