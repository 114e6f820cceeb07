"""The strategies: what an adapter translates."""

from __future__ import annotations

import dataclasses
import pickle

import pytest

from frameworm.search.study.strategy import Adaptive, Grid, QuasiRandom, Random

STRATEGIES = [
    (Grid({"a": (1, 2), "b": (1, 2, 3)}, seed=1), "grid", 6),
    (Random(5, seed=1), "random", 5),
    (QuasiRandom(8, seed=1), "quasirandom", 8),
    (Adaptive(7, seed=1), "bayesian", 7),
]


@pytest.mark.parametrize(("strategy", "name", "size"), STRATEGIES)
def test_name_and_size(strategy, name, size) -> None:
    assert strategy.name == name
    assert len(strategy) == size


@pytest.mark.parametrize("strategy", [strategy for strategy, _, _ in STRATEGIES])
def test_a_strategy_is_a_value(strategy) -> None:
    assert pickle.loads(pickle.dumps(strategy)) == strategy
    assert dataclasses.replace(strategy, seed=2) != strategy
    with pytest.raises(dataclasses.FrozenInstanceError):
        strategy.seed = 3


def test_a_sampler_object_goes_by_its_class() -> None:
    class Sampler:
        pass

    assert Adaptive(1, 0, sampler=Sampler()).sampler_name == "Sampler"
    assert Adaptive(1, 0).sampler_name == "auto"
