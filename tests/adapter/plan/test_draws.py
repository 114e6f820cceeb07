"""Draws are those of Optuna's RandomSampler, to the last bit."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import RandomSampler

from frameworm.search.space import Categorical, Integer, Real
from frameworm.search.study.strategy import Random
from frameworm_optuna.plan.draws import Draws
from frameworm_optuna.plan.random import RandomPlanner

KINDS = {
    "float": FloatDistribution(-1.5, 2.5),
    "tiny": FloatDistribution(0.0, 1e-12),
    "log": FloatDistribution(1e-7, 1e3, log=True),
    "step": FloatDistribution(0.0, 1.0, step=0.1),
    "int": IntDistribution(-7, 12),
    "int step": IntDistribution(8, 64, step=8),
    "int log": IntDistribution(1, 1000, log=True),
    "choice": CategoricalDistribution(["a", "b", "c", None, 1.5]),
    "one": CategoricalDistribution(["only"]),
    "same": FloatDistribution(2.0, 2.0),
    "same int": IntDistribution(3, 3),
}


def optunas(distributions: dict, seed: int) -> dict[str, float]:
    sampler = RandomSampler(seed=seed)
    point = {}
    for name, distribution in distributions.items():
        if distribution.single():
            value = getattr(distribution, "choices", [getattr(distribution, "low", None)])[0]
        else:
            value = sampler.sample_independent(None, None, name, distribution)
        point[name] = float(distribution.to_internal_repr(value))
    return point


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 2**32 - 1), st.permutations(list(KINDS)), st.integers(1, len(KINDS)))
def test_every_kind_in_any_order_is_drawn_as_optuna_does(seed, names, count) -> None:
    distributions = {name: KINDS[name] for name in names[:count]}
    found = Draws(distributions).point(seed)
    assert found == optunas(distributions, seed)
    assert list(found) == list(distributions)


@settings(deadline=None, max_examples=100)
@given(
    st.floats(-1e6, 1e6),
    st.floats(1e-9, 1e6),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
def test_any_range_is_drawn_as_optuna_does(low, width, log, seed) -> None:
    low = abs(low) + 1e-6 if log else low
    distributions = {"x": FloatDistribution(low, low + width, log=log)}
    assert Draws(distributions).point(seed) == optunas(distributions, seed)


def test_trial_i_gets_the_draw_of_its_seed_sequence() -> None:
    space = {"b": Real(0, 1), "a": Integer(1, 9), "c": Categorical(["x", "y"])}
    planner = RandomPlanner(Random(10, seed=42), space)
    distributions = {
        "a": IntDistribution(1, 9),
        "b": FloatDistribution(0, 1),
        "c": CategoricalDistribution(["x", "y"]),
    }
    for number in (0, 1, 7, 1000):
        seed = int(np.random.SeedSequence([42, number]).generate_state(1)[0])
        assert planner.point(number) == optunas(distributions, seed)


@pytest.mark.benchmark
def test_drawing_a_point_is_several_times_quicker_than_optunas_sampler() -> None:
    draws = Draws(KINDS)

    def spent(draw) -> float:
        started = time.perf_counter()
        for seed in range(200):
            draw(seed)
        return time.perf_counter() - started

    ratios = [spent(lambda seed: optunas(KINDS, seed)) / spent(draws.point) for _ in range(5)]
    assert max(ratios) > 2
