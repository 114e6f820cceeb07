from __future__ import annotations

import math
from typing import Any

import pytest

from frameworm.errors import ExperimentQueryError
from frameworm.experiment.query import OPERATORS, conditions, meets


@pytest.mark.parametrize(
    ("value", "wanted", "expected"),
    [
        (0.1, 0.1, True),
        (0.1, ("==", 0.1), True),
        (0.1, ("!=", 0.1), False),
        (0.1, ("<", 0.1), False),
        (0.1, ("<=", 0.1), True),
        (0.1, (">", 0.05), True),
        (0.1, (">=", 0.2), False),
        ("adam", ("in", ["adam", "sgd"]), True),
        ("adam", ("in", {"sgd"}), False),
        (3, ("in", range(3)), False),
        ([8, 4], (8, 4), True),
        (["a", "b"], ("==", ("a", "b")), True),
        ([8, 4], ("in", [(8, 4)]), True),
        ("adam", ("<", 3), False),
        (None, None, True),
        (None, (">", 0), False),
        (math.nan, ("<=", math.inf), False),
        (math.nan, ("!=", 0.5), True),
        (math.inf, (">", 1e308), True),
    ],
)
def test_operators(value: Any, wanted: Any, expected: bool) -> None:
    assert meets({"a": {"b": value}}, conditions("config_filter", {"a.b": wanted})) is expected


@pytest.mark.parametrize("name", OPERATORS)
def test_a_missing_key_meets_nothing(name: str) -> None:
    operand: Any = [1] if name == "in" else 1
    assert not meets({"a": {}}, conditions("config_filter", {"a.b": (name, operand)}))


def test_all_conditions_must_hold() -> None:
    wanted = conditions("config_filter", {"a": 1, "b": (">", 1)})
    assert meets({"a": 1, "b": 2}, wanted)
    assert not meets({"a": 1, "b": 1}, wanted)
    assert meets({}, conditions("config_filter", None))


@pytest.mark.parametrize("name", ["=", "=<", "like", "; DROP TABLE experiments", "__class__", ""])
def test_an_unknown_operator_lists_those_known(name: str) -> None:
    with pytest.raises(ExperimentQueryError, match="== != < <= > >= in") as caught:
        conditions("metric_filter", {"loss": (name, 1)})
    assert repr(name) in str(caught.value)


def test_malformed_filters() -> None:
    with pytest.raises(ExperimentQueryError, match="takes a list of values"):
        conditions("config_filter", {"a": ("in", "adam")})
    with pytest.raises(ExperimentQueryError, match="is a mapping"):
        conditions("config_filter", [("a", 1)])  # type: ignore[arg-type]
    with pytest.raises(ExperimentQueryError, match="are strings, got 3"):
        conditions("config_filter", {3: 1})  # type: ignore[dict-item]
