from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameworm.core.tree import MISSING, assign, copy_tree, find, key_hint, keys_of, merge, plain
from frameworm.errors import ConfigValueError

TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.tuples(st.integers()),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3)
    ),
    max_leaves=15,
)


def containers(tree: Any) -> list[Any]:
    if isinstance(tree, dict):
        return [tree, *(found for value in tree.values() for found in containers(value))]
    if isinstance(tree, (list, tuple)):
        inner = [found for value in tree for found in containers(value)]
        return [tree, *inner] if isinstance(tree, list) else inner
    return []


@settings(deadline=None)
@given(TREES)
def test_copies_are_equal_and_share_no_container(tree: Any) -> None:
    for copied in (copy_tree(tree), plain(tree)):
        assert copied == tree
        assert not {id(part) for part in containers(copied)} & {id(p) for p in containers(tree)}


def test_a_tuple_is_copied_only_for_what_it_holds() -> None:
    constant, holder = (1, 2), ([1], {2})
    copied = copy_tree({"constant": constant, "holder": holder})
    assert copied["constant"] is constant
    assert copied["holder"] == holder
    assert copied["holder"][0] is not holder[0]
    assert copied["holder"][1] is not holder[1]


@pytest.mark.parametrize(
    ("tree", "key", "value"),
    [
        ({"a": 1}, "a", 1),
        ({"a": {"b": {"c": 2}}}, "a.b.c", 2),
        ({"a": {"b": None}}, "a.b", None),
        ({"a.b": 3, "a": {"b": 4}}, "a.b", 3),
        ({"a": {"v1.0": 5}}, "a.v1.0", 5),
        ({7: 6}, 7, 6),
        ({"a": 1}, "a.b", MISSING),
        ({"a": {}}, "a.b", MISSING),
        ({}, 7, MISSING),
    ],
)
def test_find(tree: dict[Any, Any], key: Any, value: Any) -> None:
    assert find(tree, key) is value


@pytest.mark.parametrize(
    ("tree", "key", "changed"),
    [
        ({}, "a", {"a": 9}),
        ({}, "a.b.c", {"a": {"b": {"c": 9}}}),
        ({"a": {"b": 1, "c": 2}}, "a.b", {"a": {"b": 9, "c": 2}}),
        ({"a.b": 1}, "a.b", {"a.b": 9}),
        ({"a": {"v1.0": 1}}, "a.v1.0", {"a": {"v1.0": 9}}),
        ({}, 7, {7: 9}),
        ({1.5: 0}, 1.5, {1.5: 9}),
        ({}, 1.5, {1.5: 9}),
    ],
)
def test_assign(tree: dict[Any, Any], key: Any, changed: dict[Any, Any]) -> None:
    assign(tree, key, 9)
    assert tree == changed


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("lr.x", "'lr.x' cannot be set: 'lr' is a value, 0.1"),
        ("a.lr.x.y", "'a.lr.x.y' cannot be set: 'a.lr' is a value, 0.2"),
        ("a..b", "single dots, got 'a..b'"),
        (".a", "single dots, got '.a'"),
        ("a.", "single dots, got 'a.'"),
    ],
)
def test_assign_refuses(key: str, message: str) -> None:
    with pytest.raises(ConfigValueError, match=message):
        assign({"lr": 0.1, "a": {"lr": 0.2}}, key, 1)


@pytest.mark.parametrize(
    ("base", "other", "merged"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}, {"a": {"b": 3, "c": 2}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"b": 1}}, {"a": None}, {"a": None}),
        ({"a": 1}, {"a": {"b": 1}}, {"a": {"b": 1}}),
    ],
)
def test_merge(base: dict[Any, Any], other: dict[Any, Any], merged: dict[Any, Any]) -> None:
    assert merge(base, other) == merged


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("training.lrr", " Did you mean 'training.lr'?"),
        ("lr", " Did you mean 'training.lr'?"),
        ("model.lr", " Did you mean 'training.lr'?"),
        ("trainng.lrr", " Did you mean 'training.lr'?"),
        ("training.zzz", ""),
        ("zzz", ""),
    ],
)
def test_key_hint(key: str, hint: str) -> None:
    assert key_hint(key, list(keys_of({"training": {"lr": 1}}))) == hint
