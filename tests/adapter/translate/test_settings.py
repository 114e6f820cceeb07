"""A study's settings in its user attributes, and back."""

from __future__ import annotations

import dataclasses
import json

import pytest

from frameworm.errors import StudyMismatchError
from frameworm.search.space.dimensions import Categorical, Integer, Real
from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Adaptive, Grid, QuasiRandom, Random
from frameworm.trial.goals import Goals
from frameworm_optuna.translate.settings import (
    changed_keys,
    check_same,
    read_settings,
    write_settings,
)


def function() -> None: ...


SPACE = {
    "training.lr": Real(1e-5, 1e-1, log=True),
    "size": Integer(0, 8, step=2),
    "layers": Categorical([(8, 8), [8], {"a": 1}, True, 1, None]),
    "momentum": Real(0, 1, when={"layers": [True, (8, 8)]}),
}
GRID = Grid(
    {
        "training.lr": (1e-5, 1e-1),
        "size": (0, 4),
        "layers": ((8, 8), True, 1),
        "momentum": (0.5,),
    },
    seed=2**32 - 1,
)
SETTINGS = StudySettings(
    SPACE, Random(10, seed=3), Goals.of("val_loss", "min"), {"training": {"lr": 0.1}, "name": "x"}
)


def round_trip(settings: StudySettings) -> StudySettings:
    attrs = json.loads(json.dumps(write_settings(settings), allow_nan=False))
    read = read_settings(attrs)
    assert read is not None
    return read


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"strategy": GRID},
        {"strategy": QuasiRandom(8, seed=0)},
        {"strategy": Adaptive(8, seed=0, sampler="gp", n_initial_points=3)},
        {"goals": Goals.of(["acc", "size", "time"], ["max", "min", "max"])},
        {"pruner": "median", "repeats": 3},
        {"base_config": {}},
    ],
)
def test_settings_come_back(changes) -> None:
    settings = dataclasses.replace(SETTINGS, **changes)
    assert round_trip(settings) == settings
    assert list(round_trip(settings).space) == list(SPACE)


def test_a_study_that_is_not_ours_has_none() -> None:
    assert read_settings({}) is None
    assert read_settings({"note": "mine"}) is None


def test_the_code_a_study_was_begun_with_is_there_to_read() -> None:
    settings = dataclasses.replace(SETTINGS, provenance={"git_commit": "abc", "git_dirty": True})
    assert round_trip(settings).provenance == settings.provenance


def test_a_function_is_known_by_its_name_and_is_no_difference_on_resuming() -> None:
    space = {"f": Categorical([function, int, function.__get__(3)])}
    settings = dataclasses.replace(SETTINGS, space=space)
    stored = round_trip(settings)
    assert str(stored.space["f"].choices[0]) == f"{__name__}.function"
    assert check_same("s", stored, settings, extend=False) is None
    grid = dataclasses.replace(settings, strategy=Grid({"f": (function, int)}, seed=0))
    assert check_same("s", round_trip(grid), grid, extend=False) is None
    other = dataclasses.replace(settings, space={"f": Categorical([print, int])})
    with pytest.raises(StudyMismatchError, match=r"builtins\.print"):
        check_same("s", stored, other, extend=False)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"goals": Goals.of("acc", "min")}, "metric: 'val_loss' there, 'acc' here"),
        ({"goals": Goals.of("val_loss", "max")}, "mode: 'min' there, 'max' here"),
        ({"repeats": 2}, "repeats: 1 there, 2 here"),
        ({"goals": Goals.of(["val_loss", "size"], "min")}, "further metrics"),
        ({"strategy": GRID}, "strategy: random there, grid here"),
        ({"strategy": Random(10, seed=4)}, "random_state: 3 there, 4 here"),
    ],
)
def test_what_a_study_is_about_is_fixed(changes, message) -> None:
    asked = dataclasses.replace(SETTINGS, **changes)
    for extend in (False, True):
        with pytest.raises(StudyMismatchError, match=message) as caught:
            check_same("s", SETTINGS, asked, extend)
        assert "another study_name" in str(caught.value)


def test_more_trials_or_an_unasked_seed_are_no_difference() -> None:
    asked = dataclasses.replace(SETTINGS, strategy=Random(99, seed=3))
    assert check_same("s", SETTINGS, asked, extend=False) is None
    drawn = dataclasses.replace(SETTINGS, strategy=Random(10, seed=5), seeded=False)
    assert check_same("s", SETTINGS, drawn, extend=False) is None


@pytest.mark.parametrize(
    ("key", "dimension", "message"),
    [
        ("size", Integer(0, 10, step=2), r"size: Integer\(0, 8, step=2\) there, Integer\(0, 10"),
        ("new", Real(0, 1), r"new: absent there, Real\(0.0, 1.0\) here"),
        ("momentum", Real(0, 1), r"when={'layers': \[True, \(8, 8\)\]}\) there, Real\(0.0, 1.0\)"),
    ],
)
def test_another_space_shows_the_difference_and_two_ways_out(key, dimension, message) -> None:
    asked = dataclasses.replace(SETTINGS, space={**SPACE, key: dimension})
    with pytest.raises(StudyMismatchError, match=message) as caught:
        check_same("s", SETTINGS, asked, extend=False)
    assert "another study_name" in str(caught.value)
    assert "extend=True" in str(caught.value)
    assert check_same("s", SETTINGS, asked, extend=True) is None


def test_a_grid_is_compared_by_its_values() -> None:
    one = StudySettings({"n": Integer(1, 3)}, Grid({"n": (1, 3)}, 0), Goals.of("v", "min"), {})
    other = dataclasses.replace(one, strategy=Grid({"n": (1, 2, 3)}, 0))
    with pytest.raises(StudyMismatchError, match=r"n: \[1, 3\] there, \[1, 2, 3\] here"):
        check_same("s", one, other, extend=False)


def test_changed_keys_of_the_base_config() -> None:
    stored = {"a": {"b": 1, "c": [1, 2]}, "d": {}}
    assert changed_keys(stored, {"a": {"b": 1, "c": [1, 2]}, "d": {}}) == []
    assert changed_keys(stored, {"a": {"b": 2, "c": [1]}, "e": None}) == ["a.b", "a.c", "d", "e"]
    assert changed_keys({"a": [1, 2]}, {"a": (1, 2)}) == []
