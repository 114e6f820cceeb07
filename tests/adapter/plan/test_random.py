"""Random points are what Optuna's own sampler draws, to the last bit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.distributions import BaseDistribution
from optuna.samplers import RandomSampler

from frameworm.search.space import Categorical, Integer, Real
from frameworm.search.space.spaces import Dimension
from frameworm.search.study.strategy import Random
from frameworm_optuna.plan.random import RandomPlanner
from frameworm_optuna.translate.distributions import to_distribution

SPACE: dict[str, Dimension] = {
    "z.first_when_written": Real(0.0, 1.0),
    "learning_rate": Real(1e-5, 1e-1, log=True),
    "tiny": Real(1e-300, 1e-299, log=True),
    "huge": Real(1.0, 1e300, log=True),
    "negative": Real(-3.0, -1.0),
    "narrow": Real(1.0, math.nextafter(1.0, 2.0)),
    "stepped": Real(-0.3, 0.9, step=0.3),
    "uneven_step": Real(0.1, 1.1, step=0.25),
    "width": Integer(8, 512),
    "width_log": Integer(1, 1024, log=True),
    "width_step": Integer(-8, 64, step=8),
    "large": Integer(0, 2**52),
    "below_zero": Integer(-5, -1),
    "choice": Categorical(["sgd", "adam", "rmsprop"]),
    "objects": Categorical([(1, 2), None, {"a": 1}, True, 1, 1.0]),
    "only_real": Real(0.5, 0.5),
    "only_integer": Integer(7, 7),
    "only_choice": Categorical([("a",)]),
}


def by_optuna(space: dict[str, Dimension], seed: int, number: int) -> dict[str, float]:
    """Draw as Optuna would: a new sampler a trial, one parameter after the other."""
    words = np.random.SeedSequence([seed, number]).generate_state(1)
    sampler = RandomSampler(seed=int(words[0]))
    point = {}
    for name in sorted(space):
        distribution = to_distribution(space[name])
        value = only(distribution)
        if not distribution.single():
            value = sampler.sample_independent(
                None,  # type: ignore[arg-type]  # a random draw looks at neither study
                None,  # type: ignore[arg-type]  # nor trial
                name,
                distribution,
            )
        point[name] = distribution.to_internal_repr(value)
    return point


def only(distribution: BaseDistribution) -> Any:
    choices = getattr(distribution, "choices", None)
    return distribution.low if choices is None else choices[0]  # type: ignore[attr-defined]


def exact(point: dict[str, float]) -> list[tuple[str, str]]:
    return [(name, float(value).hex()) for name, value in point.items()]


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1, 2**40 + 3])
def test_every_kind_of_dimension_is_drawn_as_by_optuna(seed: int) -> None:
    planner = RandomPlanner(Random(300, seed=seed), SPACE)
    for number in range(300):
        assert exact(planner.point(number)) == exact(by_optuna(SPACE, seed, number)), number


@pytest.mark.parametrize("name", SPACE)
def test_a_space_of_one_dimension_is_drawn_as_by_optuna(name: str) -> None:
    space = {name: SPACE[name]}
    planner = RandomPlanner(Random(100, seed=5), space)
    drawn = [exact(planner.point(number)) for number in range(100)]
    assert drawn == [exact(by_optuna(space, 5, number)) for number in range(100)]


def test_sixty_four_parameters_are_drawn_as_by_optuna() -> None:
    space = {f"{copy}.{name}": each for copy in range(4) for name, each in SPACE.items()}
    assert len(space) >= 64
    planner = RandomPlanner(Random(20, seed=9), space)
    for number in range(20):
        assert exact(planner.point(number)) == exact(by_optuna(space, 9, number))


def test_a_point_does_not_depend_on_the_points_drawn_before_it() -> None:
    forward = RandomPlanner(Random(50, seed=3), SPACE)
    backward = RandomPlanner(Random(50, seed=3), SPACE)
    later = [backward.point(number) for number in reversed(range(50))]
    assert [forward.point(number) for number in range(50)] == later[::-1]


@settings(max_examples=200, deadline=None)
@given(
    low=st.floats(1e-12, 1e6),
    ratio=st.floats(1.0, 1e9),
    log=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_range_is_drawn_as_by_optuna(low: float, ratio: float, log: bool, seed: int) -> None:
    space: dict[str, Dimension] = {"x": Real(low, low * ratio, log=log)}
    point = RandomPlanner(Random(5, seed=seed), space).point(4)
    assert exact(point) == exact(by_optuna(space, seed, 4))


@settings(max_examples=200, deadline=None)
@given(
    low=st.integers(-1000, 1000),
    count=st.integers(0, 500),
    step=st.integers(1, 7),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_integer_range_is_drawn_as_by_optuna(
    low: int, count: int, step: int, seed: int
) -> None:
    space: dict[str, Dimension] = {"n": Integer(low, low + count * step, step=step)}
    point = RandomPlanner(Random(5, seed=seed), space).point(4)
    assert exact(point) == exact(by_optuna(space, seed, 4))
