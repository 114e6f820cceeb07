from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameworm.core.json_values import Placeholder
from frameworm.errors import SpaceError
from frameworm.search.space import Categorical, Integer, Real
from frameworm.search.space.serialization import space_from_json, space_to_json
from tests.dimensions import ranges


def round_trip(space):
    return space_from_json(json.loads(json.dumps(space_to_json(space), allow_nan=False)))


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [
        (Real(0, 1), {"type": "real", "low": 0.0, "high": 1.0, "log": False, "step": None}),
        (Integer(1, 9, log=True), {"type": "integer", "low": 1, "high": 9, "log": True, "step": 1}),
        (Categorical(["a", None]), {"type": "categorical", "choices": ["a", None]}),
        (Categorical([(1, 2)]), {"type": "categorical", "choices": [{"$tuple": [1, 2]}]}),
    ],
)
def test_table(dimension, expected):
    assert space_to_json({"p": dimension}) == {"p": expected}
    assert space_from_json({"p": expected}) == {"p": dimension}


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text())
choices = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.one_of(st.text(), st.sampled_from(["$tuple", "$repr"])), inner),
        st.dictionaries(st.integers(), inner, max_size=2),
    ),
    max_leaves=5,
)
categoricals = st.lists(choices, min_size=1, max_size=5, unique_by=lambda c: repr(c)).map(
    Categorical
)


@given(st.dictionaries(st.text(min_size=1), ranges | categoricals, max_size=3))
def test_every_space_comes_back_exactly(space):
    again = round_trip(space)
    assert list(again) == list(space)
    assert repr(again) == repr(space)


def test_functions_and_classes_come_back_as_names():
    def relu(x): ...

    found = round_trip({"p": Categorical([relu, dict, len, (relu, 1)])})["p"].choices
    assert all(isinstance(choice, Placeholder) for choice in found[:3])
    assert found[0].endswith(".relu")
    assert found[2] == "builtins.len"
    assert found[3][1] == 1


def test_two_lambdas_stay_two_choices():
    space = {"p": Categorical([lambda x: x, lambda x: -x, (lambda: 0,), (lambda: 1,)])}
    found = round_trip(space)["p"].choices
    assert len(found) == 4
    assert found[1] == f"{found[0]} #2"
    assert round_trip(round_trip(space)) == round_trip(space)


@pytest.mark.parametrize(
    ("stored", "error", "words"),
    [
        ({"p": {"type": "gaussian"}}, TypeError, "p: .* type among .*'gaussian'"),
        ({"p": [1, 2]}, TypeError, "p: .*got"),
        ({"p": {"type": "real", "low": 0}}, TypeError, "p: .* missing"),
        ({"p": {"type": "real", "low": 2, "high": 1}}, SpaceError, "low <= high"),
    ],
)
def test_wrong_json_is_refused(stored, error, words):
    with pytest.raises(error, match=words):
        space_from_json(stored)


def test_what_is_no_dimension_is_refused():
    with pytest.raises(TypeError, match=r"\[1, 2\].*give Real, Integer or Categorical"):
        space_to_json({"p": [1, 2]})
