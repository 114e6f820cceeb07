from __future__ import annotations

import enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameworm.core.interpolation import escape, has_interpolation, resolve
from frameworm.errors import ConfigValueError


class Color(str, enum.Enum):
    RED = "red"


def source(key: str) -> str:
    return "config.yaml"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FW_ROOT", "/data")
    monkeypatch.setenv("FW_SEED", "42")
    monkeypatch.setenv("model", "the variable, not the key")
    monkeypatch.delenv("FW_UNSET", raising=False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${FW_ROOT}", "/data"),
        ("${ FW_ROOT }", "/data"),
        ("${FW_ROOT}/mnist/${FW_SEED}", "/data/mnist/42"),
        ("${oc.env:FW_ROOT}", "/data"),
        ("${oc.env:FW_UNSET,default}", "default"),
        ("${oc.env:FW_UNSET,${FW_ROOT}}", "/data"),
        ("${oc.decode:${FW_SEED}}", 42),
        ("${FW_SEED}", "42"),
        ("${model.dim}", 8),
        ("${model}", {"dim": 8, "color": Color.RED, "classes": [int, str]}),
        ("${model.classes}", [int, str]),
        ("dim ${model.dim}", "dim 8"),
        (r"\${FW_ROOT}", "${FW_ROOT}"),
        (r"\\${FW_ROOT}", "\\/data"),
        (["${FW_ROOT}", {"deep": "${model.dim}"}], ["/data", {"deep": 8}]),
    ],
)
def test_resolve(text: Any, value: Any) -> None:
    tree = {"model": {"dim": 8, "color": Color.RED, "classes": [int, str]}, "x": text}
    assert resolve(tree, source)["x"] == value


def test_objects_keep_their_type() -> None:
    resolved = resolve({"color": Color.RED, "pair": (1, 2), "x": "${color}"}, source)
    assert resolved["color"] is Color.RED
    assert resolved["x"] is Color.RED
    assert resolved["pair"] == (1, 2)


def test_relative_keys_and_the_tree_itself_is_left_alone() -> None:
    tree = {"a": {"b": "${.c}", "c": 1}}
    assert resolve(tree, source) == {"a": {"b": 1, "c": 1}}
    assert tree == {"a": {"b": "${.c}", "c": 1}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${FW_UNSET}", r"variable 'FW_UNSET' is not set, but 'a\.x' in config\.yaml needs it"),
        ("${oc.env:FW_UNSET}", r"variable 'FW_UNSET' is not set, but 'a\.x' in config\.yaml"),
        ("${FW_UNSET}", r"\$\{oc\.env:FW_UNSET,default\}"),
        ("${seeed}", r"variable 'seeed' is not set.*Did you mean 'seed'\?"),
        ("${a.dimm}", r"no key 'a\.dimm', but 'a\.x' in config\.yaml.*Did you mean 'a\.dim'\?"),
        ("${a.x}", r"'a\.x' in config\.yaml cannot be resolved: Recursive interpolation"),
        ("${unknown:1}", "Unsupported interpolation type unknown"),
        ("${a.dim", r"cannot be resolved: .*write \\\$\{ for the characters"),
    ],
)
def test_resolve_refuses(text: str, message: str) -> None:
    with pytest.raises(ConfigValueError, match=message):
        resolve({"a": {"x": text, "dim": 1}, "seed": 1}, source)


@settings(deadline=None)
@given(*[st.text(alphabet="\\${}ab:.", max_size=6)] * 2)
def test_escaped_text_is_read_as_itself(before: str, after: str) -> None:
    text = f"{before}${{{after}"
    assert resolve({"x": escape(text)}, source) == {"x": text}


@pytest.mark.parametrize(
    ("tree", "expected"),
    [({"a": "${"}, True), ({"a": [["x${y}"]]}, True), ({"a": "$x"}, False), ({"${": 1}, False)],
)
def test_has_interpolation(tree: dict[str, Any], expected: bool) -> None:
    assert has_interpolation(tree) is expected
