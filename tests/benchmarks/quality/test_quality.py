"""The quality benchmark in small: its figures, its simulated workers, and that auto learns."""

from __future__ import annotations

import pytest

from frameworm.search.space.spaces import Real
from tests.benchmarks.quality.__main__ import ranks
from tests.benchmarks.quality.problem import Problem
from tests.benchmarks.quality.runs import found_losses
from tests.benchmarks.quality.surrogates import PROBLEMS

LINE = Problem("line", {"x": Real(0, 1)}, lambda points: [each["x"] for each in points])


def test_the_figure_is_the_share_of_random_configurations_that_are_better() -> None:
    assert LINE.per_mille_better(0.0) == 0
    assert LINE.per_mille_better(0.25) == pytest.approx(250, abs=10)
    assert LINE.per_mille_better(2.0) == 1000


def test_equals_share_their_ranks() -> None:
    assert ranks({"a": 1.0, "b": 2.0, "c": 1.0}) == {"a": 1.5, "b": 3.0, "c": 1.5}


@pytest.mark.parametrize("jobs", [1, 8])
def test_every_worker_delivers_and_a_seed_finds_the_same_again(jobs: int) -> None:
    found = found_losses(LINE, "tpe", seed=3, trials=30, jobs=jobs)
    assert len(found) == 30
    assert found == found_losses(LINE, "tpe", seed=3, trials=30, jobs=jobs)


@pytest.mark.slow
def test_the_default_finds_what_few_random_configurations_beat() -> None:
    pytest.importorskip("sklearn")
    (boosting,) = [problem for problem in PROBLEMS if "boosting" in problem.name]
    best = min(found_losses(boosting, "auto", seed=0, trials=40, jobs=1))
    assert boosting.per_mille_better(best) < 10
