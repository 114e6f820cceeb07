"""QuasiRandomSearch: a scrambled Sobol sequence, a function of seed and number."""

from __future__ import annotations

import numpy as np
from scipy.stats import qmc

from frameworm.search import Integer, QuasiRandomSearch, RandomSearch, Real

BASE = {"a": {"x": 0.0, "y": 0.0, "n": 1, "c": "p"}}
SQUARE = {"a.x": Real(0, 1), "a.y": Real(0, 1)}


def train(config) -> float:
    return config.a.x + config.a.y


def points(url: str, n_trials: int, n_jobs: int = 1, kind=QuasiRandomSearch, **options):
    search = kind(
        BASE,
        options.pop("space", SQUARE),
        n_trials=n_trials,
        storage=url,
        **{"random_state": 3, "study_name": f"{kind.__name__}-{n_jobs}", **options},
    )
    search.run(train, n_jobs=n_jobs, verbose=False)
    return [result["params"] for result in search.results]


def test_the_points_are_scipys_scrambled_sobol_sequence(url: str) -> None:
    found = points(url, 64)
    expected = qmc.Sobol(2, scramble=True, seed=np.random.default_rng(3)).random(64)
    assert np.allclose([[p["a.x"], p["a.y"]] for p in found], expected)


def test_they_fill_the_square_more_evenly_than_random_draws(url: str) -> None:
    even = qmc.discrepancy([list(p.values()) for p in points(url, 128)])
    random = qmc.discrepancy([list(p.values()) for p in points(url, 128, kind=RandomSearch)])
    assert even < random / 4


def test_point_i_depends_on_seed_and_number_alone(url: str) -> None:
    whole = points(url, 40)
    assert points(url, 40, n_jobs=2) == whole
    assert points(url, 15, study_name="grown") == whole[:15]
    assert points(url, 40, study_name="grown") == whole
    assert points(url, 40, random_state=4, study_name="other") != whole


def test_every_kind_of_dimension_stays_in_its_range_and_is_covered(url: str) -> None:
    space = {
        "a.x": Real(1e-4, 1e-1, log=True),
        "a.y": Real(0.0, 1.0, step=0.25),
        "a.n": Integer(1, 64, log=True),
        "a.c": ["p", "q", "r"],
    }
    found = points(url, 256, space=space)
    xs = np.array([p["a.x"] for p in found])
    assert xs.min() >= 1e-4
    assert xs.max() <= 1e-1
    assert 0.45 < np.mean(xs < np.sqrt(1e-4 * 1e-1)) < 0.55
    assert {p["a.y"] for p in found} == {0.0, 0.25, 0.5, 0.75, 1.0}
    assert min(p["a.n"] for p in found) == 1
    assert 60 <= max(p["a.n"] for p in found) <= 64
    counts = [sum(p["a.c"] == choice for p in found) for choice in "pqr"]
    assert max(counts) - min(counts) <= 3


def test_resume_rebuilds_it(url: str) -> None:
    points(url, 8, study_name="r")
    found = QuasiRandomSearch.resume("r", url)
    assert (found.n_trials, len(found.results), found.search_space) == (8, 8, SQUARE)
