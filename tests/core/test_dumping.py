from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameworm.core import Config
from frameworm.core.dumping import to_json, to_yaml
from frameworm.core.loading import load
from frameworm.errors import ConfigValueError
from tests.trees import trees

# YAML has no form for other control characters; ??? is OmegaConf's mark of a missing value.
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.sampled_from("\n\t$\\{}"),
    max_size=8,
).filter(lambda text: text != "???")
SPELLED = st.sampled_from(["1e-5", "yes", "007", "1_000", "~", "null", "12:30", "${X}", "\\${X}"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT | SPELLED
KEYS = st.text(alphabet="abc", min_size=1, max_size=3)
TREES = trees(LEAVES, KEYS)


@settings(deadline=None, max_examples=60)
@given(TREES)
def test_what_is_written_reads_back(tmp_path_factory: pytest.TempPathFactory, tree: Any) -> None:
    path = tmp_path_factory.getbasetemp() / "round_trip.yaml"
    path.write_text(to_yaml(tree), encoding="utf-8")
    assert load(path) == tree


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Path("/data/x"), "/data/x"),
        ((1, (2, "a")), [1, [2, "a"]]),
        (np.float32(0.5), 0.5),
        (np.float64(0.25), 0.25),
        (np.int64(3), 3),
        (np.bool_(True), True),
    ],
)
def test_what_becomes_plain(tmp_path: Path, value: Any, written: Any) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(to_yaml({"x": value}), encoding="utf-8")
    read = load(path)["x"]
    assert read == written
    assert type(read) is type(written)


@pytest.mark.parametrize("value", [print, int, {1, 2}, object()])
def test_what_has_no_form_in_yaml(value: Any) -> None:
    with pytest.raises(ConfigValueError, match=r"but 'a\.b\[1\]' is .*use to_dict\(\) or pickle"):
        to_yaml({"a": {"b": [1, value]}})


@settings(deadline=None, max_examples=60)
@given(trees(LEAVES.filter(lambda leaf: leaf not in (math.inf, -math.inf)), KEYS))
def test_json_reads_back(tree: Any) -> None:
    assert json.loads(to_json(tree)) == tree


def test_json_of_a_config() -> None:
    config = Config.from_dict({"a": {"path": Path("/data"), "dims": (1, np.int64(2)), "é": "$"}})
    assert config.to_json(indent=None) == (
        '{"a": {"path": "/data", "dims": [1, 2], "\\u00e9": "$"}}'
    )
    assert config.to_json().startswith('{\n  "a"')


@pytest.mark.parametrize("value", [print, {1, 2}, float("nan"), float("inf"), np.float32("nan")])
def test_what_has_no_form_in_json(value: Any) -> None:
    with pytest.raises(ConfigValueError, match=r"JSON holds .*, but 'a\.b\[1\]' is "):
        to_json({"a": {"b": [1, value]}})
