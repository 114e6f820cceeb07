"""One dimension: what it accepts, what it draws, what its grid is."""

from __future__ import annotations

import copy
import dataclasses
import math
import pickle

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from frameworm.errors import SpaceError
from frameworm.search import Categorical, Integer, Real
from frameworm.search.space.dimensions import same
from tests.dimensions import ranges

NAN = float("nan")


def steps_from_low(dimension: Real | Integer, value: float) -> float:
    return (value - dimension.low) / dimension.step if dimension.step else 0.0


@given(ranges, st.integers(0, 2**32 - 1))
def test_draws_lie_within_and_on_the_steps(dimension, seed) -> None:
    drawn = dimension.sample(seed)
    assert type(drawn) is (float if isinstance(dimension, Real) else int)
    assert dimension.low <= drawn <= dimension.high
    steps = steps_from_low(dimension, drawn)
    assert steps == pytest.approx(round(steps), abs=1e-6)
    assert drawn == dimension.sample(seed)


@example(Integer(-1, 2**53), 2)
@given(ranges, st.integers(1, 40))
def test_a_grid_rises_within_and_holds_both_ends(dimension, num_values) -> None:
    values = dimension.get_grid_values(num_values)
    assert values == sorted(set(values))
    assert 1 <= len(values) <= num_values
    assert values[0] == dimension.low
    assert all(dimension.low <= value <= dimension.high for value in values)
    if num_values > 1:
        assert values[-1] == dimension.high
    assert {type(value) for value in values} == {float if isinstance(dimension, Real) else int}
    for value in values:
        steps = steps_from_low(dimension, value)
        assert steps == pytest.approx(round(steps), abs=1e-6)


@given(ranges)
def test_equal_after_repr_pickle_and_copy(dimension) -> None:
    names = {"Real": Real, "Integer": Integer}
    for other in (
        eval(repr(dimension), names),
        pickle.loads(pickle.dumps(dimension)),
        copy.deepcopy(dimension),
    ):
        assert other == dimension
        assert hash(other) == hash(dimension)


@pytest.mark.parametrize(
    ("dimension", "num_values", "expected"),
    [
        (Real(0, 1), 5, [0.0, 0.25, 0.5, 0.75, 1.0]),
        (Real(0, 1), 1, [0.0]),
        (Real(2, 2), 5, [2.0]),
        (Real(1e-5, 1e-1, log=True), 5, [1e-5, 1e-4, 1e-3, 1e-2, 1e-1]),
        (Real(5e-324, 1e300, log=True), 2, [5e-324, 1e300]),
        (Real(0, 0.5, step=0.1), 9, [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]),
        (Real(0, 1, step=0.25), 3, [0.0, 0.5, 1.0]),
        (Real(0.1, 0.10000000000000002), 9, [0.1, 0.10000000000000002]),
        (Integer(1, 9), 3, [1, 5, 9]),
        (Integer(1, 3), 9, [1, 2, 3]),
        (Integer(32, 256, log=True), 4, [32, 64, 128, 256]),
        (Integer(1, 3, log=True), 9, [1, 2, 3]),
        (Integer(0, 10, step=5), 5, [0, 5, 10]),
        (Categorical(["b", "a", "c"]), 1, ["b", "a", "c"]),
    ],
)
def test_grid_values(dimension, num_values, expected) -> None:
    assert dimension.get_grid_values(num_values) == expected


@pytest.mark.parametrize("dimension", [Real(1e-4, 1e-1, log=True), Integer(1, 1000, log=True)])
def test_log_draws_are_even_in_the_logarithm(dimension) -> None:
    random = np.random.default_rng(3)
    below = sum(
        dimension.sample(random) < math.sqrt(dimension.low * dimension.high) for _ in "x" * 4000
    )
    # 4000 fair coins: 2000, give or take four standard deviations of 32.
    assert abs(below - 2000) < 128 + 60 * isinstance(dimension, Integer)


def test_the_end_values_of_an_integer_get_their_share() -> None:
    random = np.random.default_rng(3)
    counts = np.bincount([Integer(0, 3).sample(random) for _ in range(4000)], minlength=4)
    assert counts.min() > 880
    counts = np.bincount([Integer(1, 3, log=True).sample(random) for _ in range(4000)])
    shares = np.log([3, 5 / 3, 7 / 5]) / np.log(7)
    assert counts[1:] / 4000 == pytest.approx(shares, abs=0.035)


@pytest.mark.parametrize("state", [7, np.random.default_rng(7), np.random.RandomState(7), None])
def test_any_source_of_randomness(state) -> None:
    assert 0 <= Real(0, 1).sample(state) <= 1
    assert Integer(1, 5).sample(state) in range(1, 6)
    assert Categorical(["a", "c"]).sample(state) in ("a", "c")


def test_whole_floats_are_whole_numbers() -> None:
    assert Integer(1e2, 1e4, log=True) == Integer(100, 10_000, log=True)
    assert repr(Integer(np.float64(1), np.int64(4))) == "Integer(1, 4)"


def test_rounding_of_the_upper_end_is_taken_back() -> None:
    assert Real(0, 3 * 0.1, step=0.1) == Real(0, 0.3, step=0.1)
    assert Real(0, 1, step=1 / 3).high == 0.9999999999999999


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Real(2, 1), "low <= high, got low=2.0 and high=1.0"),
        (lambda: Real(NAN, 1), "finite low, got nan"),
        (lambda: Real(0, math.inf), "finite high, got inf"),
        (lambda: Real(0, 10**400), "finite high"),
        (lambda: Real(-1e308, 1e308), "too wide; narrow it"),
        (lambda: Real("0", 1), "number for low, got '0'"),
        (lambda: Real(False, 1), "number for low, got False"),
        (lambda: Real(0, 1, log=True), "low > 0, got low=0.0"),
        (lambda: Real(1, 5, 0.5), "log to be True or False, got 0.5; or write step=0.5"),
        (lambda: Real(1e-4, 1e-1, "log-uniform"), "got 'log-uniform'; or write log=True"),
        (lambda: Real(1, 2, log=True, step=1), "either log=True or step"),
        (lambda: Real(0, 1, step=0.3), "0.3 does not divide 0.0 to 1.0"),
        (lambda: Real(0, 1, step=0), "step > 0, got 0.0"),
        (lambda: Real(0, 1, step=1e-300), "does not divide"),
        (lambda: Integer(3, 1), "low <= high, got low=3 and high=1"),
        (lambda: Integer(1.5, 3), "whole number for low, got 1.5; use Real"),
        (lambda: Integer(True, 3), "whole number for low, got True"),
        (lambda: Integer(0, 8, log=True), "low >= 1, got low=0"),
        (lambda: Integer(1, 9, log=True, step=2), "either log=True or step"),
        (lambda: Integer(0, 9, step=2), "2 does not divide 0 to 9"),
        (lambda: Integer(0, 9, step=0), "step >= 1, got 0"),
        (lambda: Integer(0, 2**53 + 1), "use Categorical for larger numbers"),
        (lambda: Categorical([]), "at least one choice"),
        (lambda: Categorical("a", "b"), r"as one list; write Categorical\(\['a', 'b'\]\)"),
        (lambda: Categorical("adam"), "list of choices, got 'adam'"),
        (lambda: Categorical(3), "list of choices, got 3"),
        (lambda: Categorical(["a", "b", "a"]), "choice 'a' twice"),
        (lambda: Categorical([NAN, float("nan")]), "choice nan twice"),
        (lambda: Categorical([(1, 2), (1, 2)]), r"choice \(1, 2\) twice"),
        (lambda: Real(0, 1).get_grid_values(0), "num_values >= 1, got 0"),
        (lambda: Integer(0, 1).get_grid_values(2.5), "num_values >= 1, got 2.5"),
        (lambda: Real(0, 1, when=["a"]), "when is a dictionary"),
        (lambda: Real(0, 1, when={"a": []}), "at least one value"),
        (lambda: Real(0, 1, when={1: 2}), "when needs a key"),
    ],
)
def test_refused(make, message) -> None:
    with pytest.raises(SpaceError, match=message):
        make()


@pytest.mark.parametrize("dimension", [Real(0, 1), Integer(0, 1), Categorical(["a"])])
def test_immutable(dimension) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        dimension.when = {}


def test_readable() -> None:
    assert repr(Real(0, 1)) == "Real(0.0, 1.0)"
    assert repr(Real(1, 2, log=True)) == "Real(1.0, 2.0, log=True)"
    assert repr(Integer(0, 4, step=2)) == "Integer(0, 4, step=2)"
    assert (
        repr(Categorical(["a", 1], when={"b": [1, 2]}))
        == "Categorical(['a', 1], when={'b': [1, 2]})"
    )


def function() -> None: ...


CHOICES = [True, 1, 1.0, "1", None, NAN, (1,), [1], {"a": 1}, 0.0, -0.0, function, int, "True"]


class TestCategorical:
    def test_every_kind_of_choice_is_its_own(self) -> None:
        dimension = Categorical(CHOICES)
        assert [dimension.index(choice) for choice in CHOICES] == list(range(len(CHOICES)))
        assert dimension == Categorical(CHOICES)
        assert hash(dimension) == hash(Categorical(CHOICES))
        assert all(map(same, dimension.get_grid_values(), CHOICES))

    def test_order_and_type_matter(self) -> None:
        assert Categorical([1, 2]) != Categorical([2, 1])
        assert Categorical([1, 2]) != Categorical([True, 2])
        assert Categorical([1]) != Categorical([1], when={"a": 1})
        assert Categorical([1]) != [1]

    def test_draws_are_the_very_objects_and_all_come(self) -> None:
        choices = [[1], {"a": 2}, function]
        random = np.random.default_rng(0)
        drawn = {id(Categorical(choices).sample(random)) for _ in range(100)}
        assert drawn == {id(choice) for choice in choices}

    def test_numpys_numbers_become_pythons(self) -> None:
        dimension = Categorical(np.array([0.5, 1.5]))
        assert repr(dimension) == "Categorical([0.5, 1.5])"
        assert dimension == Categorical([np.float32(0.5), np.float64(1.5)])
        assert dimension.index(1.5) == 1

    def test_arrays_are_choices(self) -> None:
        one, other = np.zeros(2), np.ones(2)
        assert Categorical([one, other]).index(other) == 1

    def test_no_choice(self) -> None:
        with pytest.raises(SpaceError, match=r"True is not among the choices \[1, 2\]"):
            Categorical([1, 2]).index(True)
