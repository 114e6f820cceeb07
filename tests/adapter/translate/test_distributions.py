"""Dimensions and Optuna's distributions: one table, and round trips both ways."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import warnings

import optuna
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from optuna.distributions import (
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
    distribution_to_json,
    json_to_distribution,
)

from frameworm.errors import SpaceError
from frameworm.search import Categorical, Integer, Real
from frameworm.search.space.dimensions import same
from frameworm_optuna.translate.distributions import (
    choice_tokens,
    from_internal,
    to_dimension,
    to_distribution,
    to_internal,
)
from tests.dimensions import ranges

NAN = float("nan")


def function() -> None: ...


class Plain:
    pass


TABLE = [
    (Real(0, 1), FloatDistribution(0.0, 1.0)),
    (Real(2, 2), FloatDistribution(2.0, 2.0)),
    (Real(1e-5, 1e-1, log=True), FloatDistribution(1e-5, 1e-1, log=True)),
    (Real(0, 0.3, step=0.1), FloatDistribution(0.0, 0.3, step=0.1)),
    (Real(0, 3 * 0.1, step=0.1), FloatDistribution(0.0, 0.3, step=0.1)),
    (Integer(-3, 3), IntDistribution(-3, 3)),
    (Integer(1, 64, log=True), IntDistribution(1, 64, log=True)),
    (Integer(0, 12, step=4), IntDistribution(0, 12, step=4)),
    (Integer(-(2**53), 2**53), IntDistribution(-(2**53), 2**53)),
    (Categorical(["a", 1, 0.5, None]), CategoricalDistribution(("a", 1, 0.5, None))),
]


@pytest.mark.parametrize(("dimension", "distribution"), TABLE)
def test_table(dimension, distribution) -> None:
    assert to_distribution(dimension) == distribution
    assert to_dimension(distribution) == dimension


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text())
anything = st.one_of(
    scalars,
    st.lists(scalars, max_size=2),
    st.lists(scalars, max_size=2).map(tuple),
    st.dictionaries(st.text(max_size=3), scalars, max_size=2),
    st.sampled_from([function, Plain, int, len, Plain(), frozenset({1})]),
)


def distinct(choices: list) -> list:
    kept: list = []
    for choice in choices:
        if not any(same(choice, other) for other in kept):
            kept.append(choice)
    return kept


categoricals = st.lists(anything, min_size=1, max_size=8).map(distinct).map(Categorical)


@given(ranges)
def test_a_range_round_trips_without_a_warning(dimension) -> None:
    with warnings.catch_warnings():
        # Optuna warns where it moves an end: then a point of the range is lost.
        warnings.simplefilter("error")
        distribution = to_distribution(dimension)
        stored = json_to_distribution(distribution_to_json(distribution))
    assert to_dimension(stored) == dimension
    assert to_distribution(to_dimension(stored)) == distribution


@given(ranges, st.integers(2, 9))
def test_ends_and_values_between_survive_storage(dimension, num_values) -> None:
    distribution = to_distribution(dimension)
    for value in {*dimension.get_grid_values(num_values), dimension.low, dimension.high}:
        internal = to_internal(dimension, value)
        assert internal == distribution.to_internal_repr(value)
        assert distribution._contains(internal)
        external = distribution.to_external_repr(internal)
        back = from_internal(dimension, internal)
        assert back == external == value
        assert type(back) is (float if isinstance(dimension, Real) else int)


@given(ranges, st.integers(0, 2**32 - 1))
def test_optunas_draws_lie_in_the_dimension_and_ours_in_the_distribution(dimension, seed) -> None:
    assume(dimension.low < dimension.high)
    distribution = to_distribution(dimension)
    drawn = optuna.samplers.RandomSampler(seed=seed).sample_independent(
        None, None, "p", distribution
    )
    assert dimension.low <= drawn <= dimension.high
    assert distribution._contains(to_internal(dimension, dimension.sample(seed)))


@given(categoricals)
def test_any_choice_survives_storage(dimension) -> None:
    distribution = to_distribution(dimension)
    stored = json_to_distribution(distribution_to_json(distribution))
    assert stored == distribution
    for index, choice in enumerate(dimension.choices):
        internal = to_internal(dimension, choice)
        assert internal == index
        assert from_internal(dimension, internal) is choice
        # The token leads Optuna to the same index, so plain Optuna evaluates the same choice.
        assert distribution.to_internal_repr(distribution.choices[index]) == index


@given(categoricals)
def test_tokens_are_distinct_scalars_that_depend_on_the_choices_alone(dimension) -> None:
    tokens = choice_tokens(dimension.choices)
    assert len(set(tokens)) == len(tokens) == len(dimension.choices)
    assert all(token is None or type(token) in (bool, int, float, str) for token in tokens)
    assert all(math.isfinite(token) for token in tokens if type(token) is float)
    assert choice_tokens(list(dimension.choices)) == tokens
    assert json.loads(json.dumps(tokens)) == list(tokens)


@pytest.mark.parametrize(
    ("choices", "tokens"),
    [
        (["relu", 1, 0.5, None], ("relu", 1, 0.5, None)),
        ([True, 1, 1.0], (True, "int 1", "float 1.0")),
        ([1.0, 1, True], (1.0, "int 1", "bool True")),
        (["int 1", True, 1], ("int 1", True, "int 1 #2")),
        ([NAN, math.inf], ("float nan", "float inf")),
        ([(1, 2), "(1, 2)"], ("(1, 2) #2", "(1, 2)")),
        ([[1], {"a": 1}], ("[1]", "{'a': 1}")),
        ([int, Plain], ("builtins.int", f"{__name__}.Plain")),
        ([function, len], (f"{__name__}.function", "builtins.len")),
        ([Plain(), Plain()], ("Plain", "Plain #2")),
        ([0.0, -0.0], (0.0, "float -0.0")),
    ],
)
def test_tokens(choices, tokens) -> None:
    found = choice_tokens(choices)
    assert found == tokens
    assert list(map(type, found)) == list(map(type, tokens))


def test_tokens_are_the_same_in_every_process() -> None:
    script = (
        "from frameworm_optuna.translate.distributions import choice_tokens\n"
        "class Plain: pass\n"
        "print(choice_tokens([Plain(), lambda: 0, lambda: 1, {1, 2}, len, (1, [2])]))"
    )
    first, second = (
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        for _ in range(2)
    )
    assert first.stdout == second.stdout
    assert "0x" not in first.stdout


@pytest.mark.parametrize(("translate", "value"), [(to_distribution, [1, 2]), (to_dimension, 3)])
def test_what_has_no_translation(translate, value) -> None:
    with pytest.raises(TypeError, match=r"No (Optuna distribution|dimension) for"):
        translate(value)


def test_a_value_that_is_no_choice() -> None:
    with pytest.raises(SpaceError, match="not among the choices"):
        to_internal(Categorical([1, 2]), 3)
