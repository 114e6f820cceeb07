"""The dimensions of a search space: what one parameter may be.

A dimension is immutable and validated when made, so one that exists can be searched.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Union

from frameworm.errors import SpaceError
from frameworm.search.space.range_checks import (
    LARGEST,
    check_count,
    check_log,
    check_order,
    number,
    spread,
    tidy,
    whole,
)
from frameworm.search.space.when import When, conditions_of, show_when

if TYPE_CHECKING:
    import numpy as np

    RandomState = Union[int, "np.random.Generator", "np.random.RandomState", None]

__all__ = [
    "Categorical",
    "Dimension",
    "Integer",
    "Real",
    "generator",
    "same",
]


def generator(random_state: RandomState) -> np.random.Generator | np.random.RandomState:
    """Return the NumPy generator a seed stands for, or the generator itself."""
    import numpy as np  # keeps `import frameworm.search` light

    if isinstance(random_state, (np.random.Generator, np.random.RandomState)):
        return random_state
    return np.random.default_rng(random_state)


@dataclass(frozen=True, repr=False)
class Real:
    """A real number between two ends, both included.

    Args:
        low: The smallest value.
        high: The largest value.
        log: Sample uniformly in the logarithm; needs ``low > 0``.
        step: Distance between allowed values, counted from ``low``; ``None`` allows all. It must
            divide the range, and excludes ``log``.
        when: Search this parameter only where others have certain values: a dictionary from their
            keys to a value or a list of values. Elsewhere the base config's value stays.

    Raises:
        SpaceError: If the ends, ``log`` and ``step`` do not fit together.

    Example:
        >>> Real(1e-4, 1e-2, log=True).get_grid_values(3)
        [0.0001, 0.001, 0.01]
        >>> Real(0.0, 1.0)
        Real(0.0, 1.0)
    """

    low: float
    high: float
    log: bool = False
    step: float | None = None
    when: When = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "when", conditions_of(self.when))
        object.__setattr__(self, "low", number("Real", "low", self.low))
        object.__setattr__(self, "high", number("Real", "high", self.high))
        check_order("Real", self.low, self.high)
        check_log("Real", self.log)
        if not math.isfinite(self.high - self.low):
            raise SpaceError(
                f"Real needs a range whose width is a number, {self!r} is too wide; narrow it."
            )
        if self.log and self.low <= 0:
            raise SpaceError(f"Real with log=True needs low > 0, got low={self.low!r}.")
        if self.step is None:
            return
        object.__setattr__(self, "step", number("Real", "step", self.step))
        if self.log:
            raise SpaceError("Real takes either log=True or step, not both.")
        if self.step <= 0:
            raise SpaceError(f"Real needs step > 0, got {self.step!r}.")
        # As Optuna counts, in the decimals a number is written with. What rounding made of high,
        # as in 3 * 0.1, is taken back; Optuna would take back a whole step.
        low, step = Decimal(repr(self.low)), Decimal(repr(self.step))
        steps = (self.high - self.low) / self.step
        divides = steps < 2**53 and abs(steps - round(steps)) <= 1e-8 * max(1.0, steps)
        high = float(low + round(steps) * step) if divides else self.high
        if not divides or (Decimal(repr(high)) - low) % step:
            raise SpaceError(
                f"Real needs a step that divides the range: {self.step!r} does not divide "
                f"{self.low!r} to {self.high!r}; choose another step or move high."
            )
        object.__setattr__(self, "high", high)

    def __repr__(self) -> str:
        extras = (", log=True" if self.log else "") + (
            "" if self.step is None else f", step={self.step!r}"
        )
        return f"Real({self.low!r}, {self.high!r}{extras}{show_when(self.when)})"

    def sample(self, random_state: RandomState = None) -> float:
        """Draw one value.

        Args:
            random_state: A seed, a NumPy generator, or ``None`` for fresh randomness.

        Returns:
            A value between ``low`` and ``high``.
        """
        random = generator(random_state)
        if self.step is not None:
            steps = round((self.high - self.low) / self.step)
            return self._stepped(min(steps, int(random.uniform(0, steps + 1))))
        if self.log:
            drawn = math.exp(random.uniform(math.log(self.low), math.log(self.high)))
        else:
            drawn = float(random.uniform(self.low, self.high))
        return min(self.high, max(self.low, drawn))

    def get_grid_values(self, num_values: int = 5) -> list[float]:
        """Return evenly spaced values, both ends included; geometric when ``log``.

        Args:
            num_values: How many values to return; with ``step``, at most as many as there are.

        Returns:
            The values in rising order.
        """
        check_count(num_values)
        if self.low == self.high or num_values == 1:
            return [self.low]
        if self.step is not None:
            steps = round((self.high - self.low) / self.step)
            return [self._stepped(index) for index in spread(steps, num_values)]
        shares = (index / (num_values - 1) for index in range(1, num_values - 1))
        # Tidying may leave a very narrow range, or meet a neighbour in it.
        inner = {min(self.high, max(self.low, tidy(self._at(share)))) for share in shares}
        return sorted({self.low, *inner, self.high})

    def _at(self, share: float) -> float:
        if self.log:
            return float(self.low ** (1 - share) * self.high**share)  # the ratio might overflow
        return self.low + (self.high - self.low) * share

    def _stepped(self, index: int) -> float:
        assert self.step is not None
        return float(Decimal(repr(self.low)) + index * Decimal(repr(self.step)))


@dataclass(frozen=True, repr=False)
class Integer:
    """A whole number between two ends, both included.

    Args:
        low: The smallest value.
        high: The largest value.
        log: Sample uniformly in the logarithm; needs ``low >= 1``.
        step: Distance between allowed values, counted from ``low``. It must divide the range, and
            excludes ``log``.
        when: Search this parameter only where others have certain values: a dictionary from their
            keys to a value or a list of values. Elsewhere the base config's value stays.

    Raises:
        SpaceError: If the ends, ``log`` and ``step`` do not fit together.

    Example:
        >>> Integer(32, 256, log=True).get_grid_values(4)
        [32, 64, 128, 256]
    """

    low: int
    high: int
    log: bool = False
    step: int = 1
    when: When = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "when", conditions_of(self.when))
        object.__setattr__(self, "low", whole("low", self.low))
        object.__setattr__(self, "high", whole("high", self.high))
        object.__setattr__(self, "step", whole("step", self.step))
        check_order("Integer", self.low, self.high)
        check_log("Integer", self.log)
        if max(-self.low, self.high) > LARGEST:
            raise SpaceError(
                f"Integer needs ends from -2**53 to 2**53, which studies store exactly, got "
                f"{self.low} and {self.high}; use Categorical for larger numbers."
            )
        if self.step < 1:
            raise SpaceError(f"Integer needs step >= 1, got {self.step!r}.")
        if self.log and self.low < 1:
            raise SpaceError(f"Integer with log=True needs low >= 1, got low={self.low!r}.")
        if self.log and self.step != 1:
            raise SpaceError("Integer takes either log=True or step, not both.")
        if (self.high - self.low) % self.step:
            raise SpaceError(
                f"Integer needs a step that divides the range: {self.step} does not divide "
                f"{self.low} to {self.high}; choose another step or move high."
            )

    def __repr__(self) -> str:
        extras = (", log=True" if self.log else "") + (
            "" if self.step == 1 else f", step={self.step}"
        )
        return f"Integer({self.low}, {self.high}{extras}{show_when(self.when)})"

    def sample(self, random_state: RandomState = None) -> int:
        """Draw one value.

        Args:
            random_state: A seed, a NumPy generator, or ``None`` for fresh randomness.

        Returns:
            A value between ``low`` and ``high``.
        """
        random = generator(random_state)
        if self.log:
            # Half a unit at each end gives the end values their fair share.
            drawn = math.exp(random.uniform(math.log(self.low - 0.5), math.log(self.high + 0.5)))
            return min(self.high, max(self.low, round(drawn)))
        steps = (self.high - self.low) // self.step
        return self.low + min(steps, int(random.uniform(0, steps + 1))) * self.step

    def get_grid_values(self, num_values: int = 5) -> list[int]:
        """Return evenly spaced values, both ends included; geometric when ``log``.

        Args:
            num_values: How many values to return, at most as many as there are.

        Returns:
            The distinct values in rising order.
        """
        check_count(num_values)
        if num_values == 1:
            return [self.low]
        if self.log:
            ratio = self.high / self.low
            points = (round(self.low * ratio ** (i / (num_values - 1))) for i in range(num_values))
            return sorted({min(self.high, max(self.low, point)) for point in points})
        steps = (self.high - self.low) // self.step
        return [self.low + index * self.step for index in spread(steps, num_values)]


@dataclass(frozen=True, repr=False)
class Categorical:
    """One of a fixed set of choices, which may be any objects.

    Args:
        choices: The choices, in order; equal values of different types (``True`` and ``1``) are
            different choices.
        when: Search this parameter only where others have certain values: a dictionary from their
            keys to a value or a list of values. Elsewhere the base config's value stays.

    Raises:
        SpaceError: If there is no choice, or one is given twice.

    Example:
        >>> Categorical(["adam", "sgd"]).get_grid_values()
        ['adam', 'sgd']
    """

    choices: tuple[Any, ...]
    when: When = ()

    def __init__(self, choices: Iterable[Any], *, when: When = ()) -> None:
        object.__setattr__(self, "when", conditions_of(when))
        if isinstance(choices, (str, bytes)) or not isinstance(choices, Iterable):
            raise SpaceError(f"Categorical needs a list of choices, got {choices!r}.")
        object.__setattr__(self, "choices", tuple(choices))
        if not self.choices:
            raise SpaceError("Categorical needs at least one choice, got none.")
        for index, choice in enumerate(self.choices):
            if any(same(choice, earlier) for earlier in self.choices[:index]):
                raise SpaceError(f"Categorical has the choice {choice!r} twice; give it once.")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Categorical):
            return NotImplemented
        return (
            self.when == other.when
            and len(self.choices) == len(other.choices)
            and all(map(same, self.choices, other.choices))
        )

    def __hash__(self) -> int:
        return hash(tuple(f"{type(choice).__name__}:{choice!r}" for choice in self.choices))

    def __repr__(self) -> str:
        return f"Categorical([{', '.join(map(repr, self.choices))}]{show_when(self.when)})"

    def index(self, value: Any) -> int:
        """Return the position of a choice.

        Args:
            value: One of the choices; ``True`` is not ``1``.

        Raises:
            SpaceError: If it is not among them.
        """
        for index, choice in enumerate(self.choices):
            if same(choice, value):
                return index
        raise SpaceError(f"{value!r} is not among the choices {list(self.choices)!r}.")

    def sample(self, random_state: RandomState = None) -> Any:
        """Draw one choice.

        Args:
            random_state: A seed, a NumPy generator, or ``None`` for fresh randomness.

        Returns:
            The very object given as a choice.
        """
        drawn = int(generator(random_state).uniform(0, len(self.choices)))
        return self.choices[min(drawn, len(self.choices) - 1)]

    def get_grid_values(self, num_values: int | None = None) -> list[Any]:
        """Return every choice, in order; a grid leaves none out.

        Args:
            num_values: Accepted so that all dimensions are asked alike; it changes nothing.

        Returns:
            The choices.
        """
        del num_values
        return list(self.choices)


Dimension = Union[Real, Integer, Categorical]


def same(one: Any, other: Any) -> bool:
    """Whether two choices are one: equal *and* of one type, NaN equal to itself."""
    if type(one) is not type(other):
        return False
    if one is other:
        return True
    if isinstance(one, float) and math.isnan(one) and math.isnan(other):
        return True
    try:
        return bool(one == other) and repr(one) == repr(other)
    except Exception:  # arrays and other types whose == is no truth value
        return False
