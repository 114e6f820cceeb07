"""A whole search space: expansion, its fit with the base config, drawing from it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameworm import Config
from frameworm.core.tree import find
from frameworm.errors import SpaceError
from frameworm.search import (
    Categorical,
    Integer,
    Real,
    expand_search_space,
    sample_configuration,
)
from frameworm.search.space.spaces import check_space, warn_of_slips
from tests.dimensions import ranges

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
        ({"a": {}}, "The section 'a' of the search space is empty"),
        ({"a": {"b": {3: [1]}}}, "dotted path like 'training.lr', got 3"),
        ({"a.b": [1], "a": {"b": [1]}}, "'a.b' is given twice, flat and in a section"),
        ({"a": {"b": 0.1}}, r"a\.b: a parameter is a Real.*got 0\.1"),
        ({"lr": {"low": 0, "high": 1}}, r"lr\.low: .* if 'lr' is a range, write Real\(low, high\)"),
        ({"lr": {"type": "real"}}, r"if 'lr' is a range, write Real"),
    ],
)
def test_refused_spaces(space, message) -> None:
    with pytest.raises(SpaceError, match=message):
        expand_search_space(space)


def test_sections_are_flattened() -> None:
    space = {"training": {"lr": Real(0, 1), "schedule.steps": [1, 2]}, "optimizer": ["adam"]}
    assert expand_search_space(space) == {
        "training.lr": Real(0, 1),
        "training.schedule.steps": Categorical([1, 2]),
        "optimizer": Categorical(["adam"]),
    }
    assert expand_search_space(Config.from_dict(space)) == expand_search_space(space)


keys = st.text("abc", min_size=1, max_size=3)
sections = st.recursive(
    ranges, lambda inner: st.dictionaries(keys, inner, min_size=1, max_size=3), max_leaves=8
)


@given(st.dictionaries(keys, sections, min_size=1, max_size=3))
def test_sections_and_dotted_keys_are_one(space) -> None:
    flat = expand_search_space(space)
    assert expand_search_space(flat) == flat
    assert all(find(space, key) is dimension for key, dimension in flat.items())


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


def test_an_empty_base_config_has_room_for_any_key() -> None:
    assert check_space({"training.lr": Real(0, 1)}, {}) is None
    with pytest.raises(SpaceError, match="lies inside"):
        check_space(dict.fromkeys(["training", "training.lr"], Real(0, 1)), {})


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (["training.lrr"], "'training.lrr' is a new key of the config. Did you mean 'training.lr'"),
        (["optimiser"], "'optimiser' is a new key of the config. Did you mean 'optimizer'"),
        (["lr"], "'lr' is a new key of the config. Did you mean 'training.lr'"),
        (["training.lr", "optimizer"], None),
        (["training.momentum", "seed"], None),
        (["training.optimizer"], None),
        # Both are searched: the new one is meant.
        (["training.lr", "training.lr2"], None),
    ],
)
def test_a_new_key_that_is_nearly_an_old_one_is_told(keys, told, caplog) -> None:
    warn_of_slips(dict.fromkeys(keys, Real(0, 1)), BASE)
    assert [record.getMessage() for record in caplog.records if told] == [
        f"The parameter {told}?"
    ] * bool(told)
    assert bool(caplog.records) == bool(told)


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
