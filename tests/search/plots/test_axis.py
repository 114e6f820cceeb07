"""The axis of a parameter."""

from __future__ import annotations

import pytest

from frameworm.search.plots.axis import Categories, label_of
from frameworm.search.space import Categorical
from tests.search.drawing import relu


def test_numbers_to_choose_from_are_in_rising_order():
    found = Categories.of([10, 1, 2, 99], Categorical([10, 2, 1]))
    assert found.labels == ["1", "2", "10", "99"]
    assert found.positions.tolist() == [2, 0, 1, 3]


@pytest.mark.parametrize(
    ("value", "expected"),
    [((64, 64), "(64, 64)"), (relu, "relu"), (0.1 + 0.2, "0.3"), ("", "''"), (None, "None")],
)
def test_labels(value, expected):
    assert label_of(value) == expected
