"""A parameter as users hold it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from frameworm.errors import SpaceError
from frameworm.search import Categorical, Integer, Real
from frameworm.search.space.conversion.axes import choices_of, dimension_of
from tests.dimensions import ranges


@pytest.mark.parametrize(
    ("value", "choices"),
    [
        ([1, 2], [1, 2]),
        (("adam", None), ["adam", None]),
        (range(16, 49, 16), [16, 32, 48]),
        (np.array([0.1, 0.2]), [0.1, 0.2]),
        (np.arange(3), [0, 1, 2]),
        (np.array(["a", "b"]), ["a", "b"]),
        (pd.Series([3, 1]), [3, 1]),
        (pd.Index(["a", "b"]), ["a", "b"]),
        (torch.tensor([1, 2]), [1, 2]),
        ([np.float64(0.5), np.int64(1)], [0.5, 1.0]),
        ([np.float32(0.5), np.bool_(True)], [0.5, True]),
        # One kind of number, whatever the search.
        ([32, 64, 96.5], [32.0, 64.0, 96.5]),
        ([0, 0.5, 1], [0.0, 0.5, 1.0]),
        ([True, 0.5], [True, 0.5]),
        ([2**60, 0.5], [2**60, 0.5]),
        ([(1, 2), (3, 4)], [(1, 2), (3, 4)]),
        ([np.zeros(2), np.ones(2)], None),
    ],
)
def test_lists_of_values(value, choices) -> None:
    dimension = dimension_of(value)
    assert isinstance(dimension, Categorical)
    if choices is not None:
        assert dimension == Categorical(choices)


def test_a_long_axis_is_made_in_no_time() -> None:
    assert len(dimension_of(np.linspace(0, 1, 20_000)).choices) == 20_000


@pytest.mark.parametrize(
    ("value", "dimension"),
    [
        ((1e-4, 1e-1, "log-uniform"), Real(1e-4, 1e-1, log=True)),
        ([0, 1.0, "uniform"], Real(0, 1)),
        ((1, 8, "log-uniform", 2), Integer(1, 8, log=True)),
        ((np.int64(1), np.int64(8), "uniform"), Integer(1, 8)),
        (("a", "b", "uniform"), Categorical(["a", "b", "uniform"])),
        ((1, 2, "other"), Categorical([1, 2, "other"])),
        (((1, 2), (3, 4), "uniform"), Categorical([(1, 2), (3, 4), "uniform"])),
    ],
)
def test_the_shorthand_of_scikit_optimize(value, dimension) -> None:
    assert dimension_of(value) == dimension


@given(ranges)
def test_a_dimension_stays_itself(dimension) -> None:
    assert dimension_of(dimension) is dimension


@given(st.lists(st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False)), min_size=1))
def test_numbers_keep_their_value_and_are_of_one_kind(values) -> None:
    found = choices_of(values)
    assert found == values
    assert len({type(value) for value in found}) == 1


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ((1e-4, 1e-1), r"write Real\(0\.0001, 0\.1\) or \[0\.0001, 0\.1\]"),
        ((np.int64(32), 64), r"write Integer\(32, 64\) or \[32, 64\]"),
        ("adam", r"got 'adam'; write \['adam'\] for a single value"),
        (0.1, r"write \[0\.1\]"),
        (None, r"write \[None\]"),
        (np.float64(0.1), r"write \[.*0\.1.*\] for a single value"),
        (np.zeros((2, 2)), r"which has 2 dimensions; write list\(\.\.\.\)"),
        ({1, 2}, r"which has no order; write sorted\(\.\.\.\)"),
        ((x for x in "ab"), r"write list\(\.\.\.\) of it"),
        (len, r"write Real\(low, high\)"),
        ([1, 1.0], r"the choice 1\.0 twice"),
        ([], "at least one choice"),
    ],
)
def test_what_is_refused_says_what_to_write(value, message) -> None:
    with pytest.raises(SpaceError, match=message):
        dimension_of(value)
