"""Each score, and the best so far."""

from __future__ import annotations

from tests.search.drawing import analyzer, drawn, labels, trial


def test_convergence_draws_each_score_and_the_best_so_far():
    ax = analyzer(trial(0, 0.5), trial(1), trial(2, 0.7), trial(3, 0.2)).plot_convergence()
    assert drawn(ax, "trial") == [[0, 0.5], [2, 0.7], [3, 0.2]]
    assert drawn(ax, "best so far") == [[0, 0.5], [1, 0.5], [2, 0.5], [3, 0.2]]
    assert drawn(ax, "best:") == [[3, 0.2]]
    assert "best: 0.2 (trial 3)" in labels(ax)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("trial", "val_loss")


def test_convergence_rises_where_more_is_better():
    ax = analyzer(trial(0, 0.5), trial(1, 0.7), trial(2, 0.2), mode="max").plot_convergence()
    assert drawn(ax, "best so far") == [[0, 0.5], [1, 0.7], [2, 0.7]]
    assert drawn(ax, "best:") == [[1, 0.7]]


def test_failed_and_pruned_trials_are_marked_at_the_bottom_and_counted():
    ax = analyzer(trial(0, 0.5), trial(1), trial(2), trial(3, 0.1, "PRUNED")).plot_convergence()
    assert [x for x, _ in drawn(ax, "2 failed")] == [1, 2]
    assert [x for x, _ in drawn(ax, "1 pruned")] == [3]
    assert all(0 < height < 0.1 for _, height in drawn(ax, "2 failed"))
    assert drawn(ax, "best:") == [[0, 0.5]]
