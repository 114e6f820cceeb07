"""Optuna's, SciPy's and scikit-optimize's dimensions, as these libraries make them."""

from __future__ import annotations

import subprocess
import sys
import warnings

import optuna
import pytest
import scipy.stats
import skopt.space
from hypothesis import given
from hypothesis import strategies as st
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from frameworm.errors import SpaceError
from frameworm.search import Categorical, Integer, Real
from frameworm.search.space.conversion.foreign import from_library
from frameworm_optuna.translate.distributions import to_distribution
from tests.dimensions import ranges


@pytest.mark.parametrize(
    ("value", "dimension"),
    [
        (FloatDistribution(1e-4, 1e-1, log=True), Real(1e-4, 1e-1, log=True)),
        (FloatDistribution(0, 1, step=0.25), Real(0, 1, step=0.25)),
        (IntDistribution(1, 9, step=2), Integer(1, 9, step=2)),
        (IntDistribution(1, 9, log=True), Integer(1, 9, log=True)),
        (CategoricalDistribution(["a", None, 1]), Categorical(["a", None, 1])),
        (scipy.stats.uniform(0.25, 0.5), Real(0.25, 0.75)),
        (scipy.stats.uniform(loc=2, scale=2), Real(2, 4)),
        (scipy.stats.loguniform(1e-4, 1e-1), Real(1e-4, 1e-1, log=True)),
        (scipy.stats.reciprocal(1, 10), Real(1, 10, log=True)),
        (scipy.stats.loguniform(1, 100, scale=0.01), Real(0.01, 1, log=True)),
        (scipy.stats.randint(1, 5), Integer(1, 4)),
        (scipy.stats.randint(0, 3, loc=2), Integer(2, 4)),
        (skopt.space.Real(1e-4, 1e-1, prior="log-uniform"), Real(1e-4, 1e-1, log=True)),
        (skopt.space.Real(0, 1), Real(0, 1)),
        (skopt.space.Integer(1, 8), Integer(1, 8)),
        (skopt.space.Integer(1, 8, prior="log-uniform", base=2), Integer(1, 8, log=True)),
        (skopt.space.Categorical(["a", "b"]), Categorical(["a", "b"])),
        (skopt.space.Categorical(["a", "b"], prior=[0.5, 0.5]), Categorical(["a", "b"])),
    ],
)
def test_table(value, dimension) -> None:
    assert from_library(value) == dimension


@given(ranges)
def test_optunas_round_trip(dimension) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        assert from_library(to_distribution(dimension)) == dimension


magnitudes = st.floats(1e-150, 1e150)  # the product of two is no zero, which it would refuse


@given(st.tuples(magnitudes, magnitudes).map(sorted).filter(lambda ends: ends[1] > ends[0]))
def test_scikit_optimizes_round_trip(ends) -> None:
    low, high = ends
    found = from_library(skopt.space.Real(low, high, prior="log-uniform"))
    assert found == Real(low, high, log=True)


@given(
    st.floats(1e-9, 1e9), st.floats(1.01, 1e9), st.integers(-(2**40), 2**40), st.integers(1, 2**40)
)
def test_scipys_round_trip(low, ratio, start, width) -> None:
    high = low * ratio
    assert from_library(scipy.stats.loguniform(low, high)) == Real(low, high, log=True)
    assert from_library(scipy.stats.randint(start, start + width)) == Integer(
        start, start + width - 1
    )


@pytest.mark.skipif(not hasattr(scipy.stats, "Uniform"), reason="since SciPy 1.15")
def test_scipys_newer_uniform() -> None:
    assert from_library(scipy.stats.Uniform(a=0.25, b=0.75)) == Real(0.25, 0.75)


def test_scipys_draws_lie_in_the_range_and_reach_its_ends() -> None:
    drawn = scipy.stats.randint(1, 4).rvs(200, random_state=0)
    dimension = from_library(scipy.stats.randint(1, 4))
    assert (dimension.low, dimension.high) == (drawn.min(), drawn.max())


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (scipy.stats.norm(0, 1), r"SciPy's norm here does not; .* Real\(-2\.58, 2\.58\)"),
        (scipy.stats.poisson(4), r"poisson here does not; .* Integer\(0, 10\)"),
        (scipy.stats.loguniform(1, 10, loc=5), "loguniform here does not"),
        (scipy.stats.loguniform, r"loguniform\(1e-4, 1e-1\), or write Real"),
        (scipy.stats.uniform([0, 1], 1), "give it numbers, not arrays"),
        (
            skopt.space.Categorical(["a", "b"], prior=[0.9, 0.1]),
            r"weights them; write Categorical\(\['a', 'b'\]\)",
        ),
    ],
)
def test_what_has_no_dimension_of_the_same_meaning(value, message) -> None:
    with pytest.raises(SpaceError, match=message):
        from_library(value)


@pytest.mark.parametrize("value", [1, "a", [1], object(), Real(0, 1), Real])
def test_anything_else_is_left_alone(value) -> None:
    assert from_library(value) is None


def test_optuna_and_scipy_are_not_imported_for_it() -> None:
    script = (
        "import sys; from frameworm.search import expand_search_space;"
        "expand_search_space({'a': [1, 2], 'b': (1e-4, 1e-1, 'log-uniform')});"
        "print([m for m in ('optuna', 'scipy', 'skopt', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
