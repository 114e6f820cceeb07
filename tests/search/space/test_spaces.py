"""A whole search space: expansion, its fit with the base config, drawing from it."""

from __future__ import annotations

import numpy as np
import pytest

from frameworm.errors import SpaceError
from frameworm.search import (
    Categorical,
    Integer,
    Real,
    expand_search_space,
    sample_configuration,
)
from frameworm.search.space.spaces import check_space

BASE = {"training": {"lr": 0.1, "batch_size": 8}, "optimizer": "adam"}


def test_lists_and_tuples_become_choices_and_dimensions_stay() -> None:
    space = {"a": [1, 2], "b": ("x", "y"), "c": Real(0, 1), "d": range(3)}
    assert expand_search_space(space) == {
        "a": Categorical([1, 2]),
        "b": Categorical(["x", "y"]),
        "c": Real(0, 1),
        "d": Categorical([0, 1, 2]),
    }
    assert space["a"] == [1, 2]


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ([1], "dictionary of dimensions by key"),
        ({}, "empty; give at least one parameter"),
        ({"": [1]}, "dotted path like 'training.lr', got ''"),
        ({"a..b": [1]}, r"dotted path.*got 'a\.\.b'"),
        ({3: [1]}, "dotted path.*got 3"),
        ({"a": []}, "a: Categorical needs at least one choice"),
        ({"a": [1, 1]}, "a: Categorical has the choice 1 twice"),
        ({"a": "adam"}, "a: a parameter is a Real.*got 'adam'"),
        ({"a": 0.1}, "a: a parameter is a Real.*got 0.1"),
        ({"a": {1, 2}}, "a list of values"),
    ],
)
def test_refused_spaces(space, message) -> None:
    with pytest.raises(SpaceError, match=message):
        expand_search_space(space)


@pytest.mark.parametrize("key", ["training.lr", "training.new", "optimizer", "new"])
def test_a_key_needs_its_section_only(key) -> None:
    assert check_space({key: Real(0, 1)}, BASE) is None


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (["trainin.lr"], r"no section 'trainin'.*Did you mean 'training.lr'"),
        (["training.deep.lr"], "no section 'training.deep'"),
        (["optimizer.lr"], "'optimizer' is a value in the base config"),
        (["training", "training.lr"], "'training.lr' lies inside 'training'"),
    ],
)
def test_keys_that_do_not_fit_the_base_config(keys, message) -> None:
    with pytest.raises(SpaceError, match=message):
        check_space(dict.fromkeys(keys, Real(0, 1)), BASE)


SPACE = {
    "training.lr": Real(1e-5, 1e-1, log=True),
    "training.batch_size": Integer(1, 64),
    "optimizer": ["adam", "sgd"],
    "momentum": Real(0, 1, when={"optimizer": "sgd"}),
}


def test_a_seed_fixes_the_drawn_configuration() -> None:
    assert sample_configuration(SPACE, 3) == sample_configuration(SPACE, 3)
    assert sample_configuration(SPACE, 3) != sample_configuration(SPACE, 4)
    assert sample_configuration(SPACE) != sample_configuration(SPACE)


def test_drawn_configurations_keep_to_the_conditions() -> None:
    random = np.random.default_rng(0)
    drawn = [sample_configuration(SPACE, random) for _ in range(50)]
    assert {config["optimizer"] for config in drawn} == {"adam", "sgd"}
    assert all(("momentum" in config) == (config["optimizer"] == "sgd") for config in drawn)
    assert len({config["training.lr"] for config in drawn}) == 50
