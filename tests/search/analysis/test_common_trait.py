from __future__ import annotations

import numpy as np
import pytest

from frameworm.search.analysis.common_trait import common_trait
from tests.search.drawing import trial


def failing(rule, count=100, seed=0):
    random = np.random.default_rng(seed)
    failed, others = [], []
    for number in range(count):
        lr, depth = float(random.uniform(0, 1)), int(random.integers(1, 9))
        optimizer = ["adam", "sgd"][number % 2]
        fails = rule(lr, depth, optimizer, random)
        (failed if fails else others).append(
            trial(number, None if fails else 1.0, lr=lr, depth=depth, optimizer=optimizer)
        )
    return common_trait(failed, others)


@pytest.mark.parametrize(
    ("rule", "condition"),
    [
        (lambda lr, depth, optimizer, random: lr > 0.9, "lr >= 0.9"),
        (lambda lr, depth, optimizer, random: lr < 0.1, "lr <= 0."),
        (lambda lr, depth, optimizer, random: depth == 4, "depth = 4"),
        (lambda lr, depth, optimizer, random: optimizer == "sgd", "optimizer = sgd"),
    ],
)
def test_the_rule_behind_failures_is_found(rule, condition):
    found = failing(rule)
    assert found.condition.startswith(condition)
    assert found.failed >= 0.6 * found.of_failed
    assert found.failed / found.of_failed > 3 * found.others / found.of_others


@pytest.mark.parametrize("seed", range(5))
def test_chance_is_no_trait(seed):
    assert failing(lambda lr, depth, optimizer, random: random.uniform() < 0.2, seed=seed) is None


def test_nothing_to_compare_with():
    assert common_trait([trial(0)], [trial(1, 1.0)]) is None
    assert common_trait([trial(0), trial(1)], []) is None


def test_it_reads_as_a_sentence():
    text = str(failing(lambda lr, depth, optimizer, random: optimizer == "sgd"))
    assert text == "all 50 have optimizer = sgd, of the 50 other trials none"
