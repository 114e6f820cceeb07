"""Nested dictionaries and lists for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st


def trees(
    leaves: st.SearchStrategy[Any], keys: st.SearchStrategy[str]
) -> st.SearchStrategy[dict[str, Any]]:
    """Dictionaries of leaves, lists and dictionaries."""
    inner = st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
        max_leaves=8,
    )
    return st.dictionaries(keys, inner, max_size=4)
