"""Convergence of several objectives."""

from __future__ import annotations

import pytest

from tests.search.drawing import labels, objectives


def test_convergence_of_several_objectives_is_the_hypervolume():
    ax = objectives((4.0, 1.0), (1.0, 4.0), (4.0, 4.0), (2.0, 2.0)).plot_convergence()
    heights = [y for _, y in ax.lines[0].get_xydata().tolist()]
    assert heights == sorted(heights)
    assert heights[1] == heights[2] < heights[3] < 1
    # Losses 0 and 1 in both, up to 1.1: the box is 1.21.
    assert heights[0] == pytest.approx(1.1 * 0.1 / 1.21)
    assert heights[3] == pytest.approx((2 * 1.1 * 0.1 - 0.1**2 + (1 - 1 / 3) ** 2) / 1.21)
    assert any("moved the front" in label for label in labels(ax))
    assert "hypervolume" in ax.get_ylabel()
