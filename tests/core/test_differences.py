from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from frameworm.core import Config
from frameworm.core.differences import differences, leaves
from frameworm.core.tree import MISSING
from tests.trees import trees

TREES = trees(st.integers() | st.text(max_size=3), st.sampled_from(["a", "b", "c"]))


def test_leaves_keep_empty_sections() -> None:
    assert dict(leaves({"a": {"b": 1, "c": {}}, "d": [1]})) == {"a.b": 1, "a.c": {}, "d": [1]}


def test_what_differs_by_dotted_key() -> None:
    config = Config.from_dict({"training": {"lr": 0.1, "epochs": 3}, "seed": 1})
    other = {"training": {"lr": 0.5, "epochs": 3}, "name": "x"}
    assert config.diff(other) == {
        "training.lr": (0.1, 0.5),
        "seed": (1, MISSING),
        "name": (MISSING, "x"),
    }
    assert repr(config.diff({})["seed"]) == "(1, <missing>)"


def test_a_truth_value_is_no_number_and_arrays_do_not_fail() -> None:
    array = np.zeros(2)
    here = {"a": 1, "b": array, "c": math.nan}
    assert differences(here, {**here, "a": True}) == {"a": (1, True)}
    assert differences(here, {**here, "a": 1.0}) == {}
    assert list(differences(here, {**here, "b": np.zeros(2)})) == ["b"]


@given(TREES, TREES)
def test_nothing_differs_only_between_equals(here, there) -> None:
    assert differences(here, here) == {}
    assert {key: (b, a) for key, (a, b) in differences(there, here).items()} == differences(
        here, there
    )
