from __future__ import annotations

import numpy as np
import pytest
import torch

from frameworm import Config
from frameworm.errors import SearchArgumentError
from frameworm.search.space.constraints import as_constraints, is_allowed, try_out

CONFIG = Config.from_dict({"x": 2, "y": 3})


@pytest.mark.parametrize("true", [True, np.bool_(True), np.array(True), torch.tensor(True)])
def test_truth_values_of_any_library(true) -> None:
    assert is_allowed(CONFIG, [lambda config: true])


@pytest.mark.parametrize("false", [False, np.bool_(False), torch.tensor(False)])
def test_all_must_hold(false) -> None:
    assert not is_allowed(CONFIG, [lambda config: config.x < 3, lambda config: false])
    assert is_allowed(CONFIG, [])


def distance(config):
    return config.x - config.y


@pytest.mark.parametrize(
    ("constraint", "message"),
    [
        (distance, r"distance returned -1; compare, as in `return value <= 0`.*Optuna"),
        (lambda config: 0, "<lambda> returned 0; compare"),
        (lambda config: (1.0, -2.0), r"returned \(1\.0, -2\.0\); compare"),
        (lambda config: None, "returned None; let it return what it compares"),
        (lambda config: np.array([True]), "returned array"),
        (lambda config: np.float64(1), "returned np.float64"),
    ],
)
def test_anything_but_a_truth_value_is_refused(constraint, message) -> None:
    with pytest.raises(SearchArgumentError, match=message):
        is_allowed(CONFIG, [constraint])


def test_trying_out_asks_all_of_them() -> None:
    with pytest.raises(SearchArgumentError, match="distance"):
        try_out([lambda config: False, distance], CONFIG)
    try_out([lambda config: False], CONFIG)


def test_one_function_or_several() -> None:
    assert as_constraints(distance) == (distance,)
    assert as_constraints([distance, callable]) == (distance, callable)
    assert as_constraints(()) == ()


@pytest.mark.parametrize("wrong", [3, "x > 2", ["x > 2"], [distance, None]])
def test_what_is_no_function_is_refused(wrong) -> None:
    with pytest.raises(SearchArgumentError, match=r"constraints=\[lambda config: \.\.\.\]"):
        as_constraints(wrong)
