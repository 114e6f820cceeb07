from __future__ import annotations

import enum
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from frameworm.core import Config
from frameworm.errors import ExperimentError
from frameworm.experiment.values import (
    as_metric,
    as_metrics,
    from_json,
    plain_config,
    to_json,
    to_yaml,
)
from tests.trees import trees

leaf = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(["1e-5", "null", "yes", "${a}", "\\${a}", "???", "a: b", "#x", "2020-01-01"])
)
keys = st.text(max_size=8) | st.sampled_from(["on", "no", "a.b", "1", "null", "~", "- x"])
nested_values = trees(leaf, keys)


@given(nested_values)
def test_json_round_trip(tree: dict[str, Any]) -> None:
    text = to_json(tree)
    json.loads(text, parse_constant=pytest.fail)
    assert from_json(text) == tree


@given(
    st.dictionaries(
        st.from_regex(r"[a-z_]{1,5}|on|no|null", fullmatch=True), leaf.filter(lambda x: x != "???")
    )
)
def test_config_reads_back_the_yaml(tmp_path_factory: Any, tree: dict[str, Any]) -> None:
    path = tmp_path_factory.mktemp("yaml") / "config.yaml"
    nested = {"section": tree, "values": list(tree.values()), "x": 1}
    path.write_text(to_yaml(nested), encoding="utf-8")
    assert Config(path).to_dict() == nested


def _without_dollar(value: Any) -> bool:
    return "$" not in json.dumps(value)


@given(nested_values.filter(_without_dollar))
def test_any_yaml_reader_reads_the_yaml(tree: dict[str, Any]) -> None:
    read = yaml.safe_load(to_yaml(tree))
    assert read == tree
    assert json.dumps(read, sort_keys=True) == json.dumps(tree, sort_keys=True)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_survives_both(value: float) -> None:
    for read in (from_json(to_json({"a": [value]})), yaml.safe_load(to_yaml({"a": [value]}))):
        assert repr(read["a"][0]) == repr(value)


class _Text(str, enum.Enum):
    A = "letter a"


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ((1, (2,)), [1, [2]]),
        ({2, 1}, [1, 2]),
        (Path("a/b"), "a/b"),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array(2.0), 2.0),
        (_Text.A, "letter a"),
        (dict, "builtins.dict"),
        ({1: {None: 2}}, {"1": {"None": 2}}),
        (1 + 2j, "(1+2j)"),
    ],
)
def test_whatever_yaml_lacks_becomes_plain(value: Any, stored: Any) -> None:
    result = plain_config({"key": value})["key"]
    assert result == stored
    assert type(result) is type(stored)


def test_a_config_is_a_mapping() -> None:
    config = Config.from_dict({"training": {"lr": 0.1}})
    assert plain_config(config) == {"training": {"lr": 0.1}}
    assert type(plain_config(config)["training"]) is dict
    assert plain_config(None) == {}
    with pytest.raises(ExperimentError, match="got str"):
        plain_config("config.yaml")


@pytest.mark.parametrize(
    ("value", "stored"),
    [(1, 1.0), (True, 1.0), (np.float64(2), 2.0), (np.array([3]), 3.0), (math.inf, math.inf)],
)
def test_metrics_become_floats(value: Any, stored: float) -> None:
    assert as_metric("loss", value) == stored
    assert type(as_metric("loss", value)) is float


def test_a_tensor_is_a_metric() -> None:
    torch = pytest.importorskip("torch")
    assert as_metric("loss", torch.tensor(0.5, requires_grad=True)) == 0.5
    with pytest.raises(ExperimentError, match="reduce a tensor first"):
        as_metric("loss", torch.zeros(2))


@pytest.mark.parametrize("value", ["0.5", b"1", None, [1], {}, 1j, 10**400, np.zeros(2)])
def test_what_is_no_number_is_no_metric(value: Any) -> None:
    with pytest.raises(ExperimentError, match="A metric is one number, but 'loss' is"):
        as_metric("loss", value)


def test_metrics_are_a_mapping() -> None:
    with pytest.raises(ExperimentError, match="got list"):
        as_metrics([1])  # type: ignore[arg-type]
