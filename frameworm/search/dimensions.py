"""The dimensions of a search space: what one parameter may be.

A dimension is immutable and validated when made, so one that exists can be searched.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Union

from frameworm.errors import SpaceError

if TYPE_CHECKING:
    import numpy as np

    RandomState = Union[int, "np.random.Generator", "np.random.RandomState", None]

__all__ = [
    "Categorical",
    "Dimension",
    "Integer",
    "Real",
    "When",
    "conditions_of",
    "generator",
    "same",
]

When = Union[Mapping[str, Any], "tuple[tuple[str, tuple[Any, ...]], ...]"]
"""Conditions as users write them, and as dimensions keep them: sorted pairs of key and values."""


def generator(random_state: RandomState) -> np.random.Generator | np.random.RandomState:
    """Return the NumPy generator a seed stands for, or the generator itself."""
    import numpy as np  # keeps `import frameworm.search` light

    if isinstance(random_state, (np.random.Generator, np.random.RandomState)):
        return random_state
    return np.random.default_rng(random_state)


def _number(kind: str, name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise SpaceError(f"{kind} needs a number for {name}, got {value!r}.")
    if not math.isfinite(value):
        raise SpaceError(f"{kind} needs a finite {name}, got {value!r}.")
    return float(value)


def _whole(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise SpaceError(
            f"Integer needs a whole number for {name}, got {value!r}; use Real for other numbers."
        )
    return int(value)


def _check_order(kind: str, low: float, high: float) -> None:
    if low > high:
        raise SpaceError(f"{kind} needs low <= high, got low={low!r} and high={high!r}.")


def _check_count(num_values: int) -> None:
    if num_values < 1:
        raise SpaceError(f"get_grid_values needs num_values >= 1, got {num_values!r}.")


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
        object.__setattr__(self, "low", _number("Real", "low", self.low))
        object.__setattr__(self, "high", _number("Real", "high", self.high))
        _check_order("Real", self.low, self.high)
        if self.log and self.low <= 0:
            raise SpaceError(f"Real with log=True needs low > 0, got low={self.low!r}.")
        if self.step is None:
            return
        object.__setattr__(self, "step", _number("Real", "step", self.step))
        if self.log:
            raise SpaceError("Real takes either log=True or step, not both.")
        if self.step <= 0:
            raise SpaceError(f"Real needs step > 0, got {self.step!r}.")
        steps = (self.high - self.low) / self.step
        if abs(steps - round(steps)) > 1e-8 * max(1.0, steps):
            raise SpaceError(
                f"Real needs a step that divides the range: {self.step!r} does not divide "
                f"{self.low!r} to {self.high!r}; choose another step or move high."
            )

    def __repr__(self) -> str:
        extras = (", log=True" if self.log else "") + (
            "" if self.step is None else f", step={self.step!r}"
        )
        return f"Real({self.low!r}, {self.high!r}{extras}{_show(self.when)})"

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
            return min(self.high, self.low + int(random.uniform(0, steps + 1)) * self.step)
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
        _check_count(num_values)
        if self.low == self.high or num_values == 1:
            return [self.low]
        if self.step is not None:
            steps = round((self.high - self.low) / self.step)
            chosen = _spread(steps, num_values)
            return [min(self.high, self.low + index * self.step) for index in chosen]
        last = num_values - 1
        if self.log:
            ratio = self.high / self.low
            inner = [_tidy(self.low * ratio ** (i / last)) for i in range(1, last)]
        else:
            inner = [_tidy(self.low + (self.high - self.low) * i / last) for i in range(1, last)]
        return [self.low, *inner, self.high]


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
        object.__setattr__(self, "low", _whole("low", self.low))
        object.__setattr__(self, "high", _whole("high", self.high))
        object.__setattr__(self, "step", _whole("step", self.step))
        _check_order("Integer", self.low, self.high)
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
        return f"Integer({self.low}, {self.high}{extras}{_show(self.when)})"

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
        _check_count(num_values)
        if num_values == 1:
            return [self.low]
        if self.log:
            ratio = self.high / self.low
            points = (round(self.low * ratio ** (i / (num_values - 1))) for i in range(num_values))
            return sorted({min(self.high, max(self.low, point)) for point in points})
        steps = (self.high - self.low) // self.step
        return [self.low + index * self.step for index in _spread(steps, num_values)]


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
        return f"Categorical([{', '.join(map(repr, self.choices))}]{_show(self.when)})"

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


def _tidy(value: float) -> float:
    """Drop the last digits of rounding noise, so that a grid reads 0.001 and not 0.00099999."""
    return float(f"{value:.15g}")


def _spread(steps: int, num_values: int) -> list[int]:
    """Return at most ``num_values`` indices from 0 to ``steps``, both included, evenly apart."""
    last = max(1, num_values - 1)
    return sorted({round(steps * index / last) for index in range(num_values)})


def conditions_of(when: When) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """Return conditions as sorted pairs of a parameter's key and the values it must have."""
    if not isinstance(when, (Mapping, tuple)):
        raise SpaceError(
            f"when is a dictionary from another parameter's key to its values, got {when!r}."
        )
    pairs = when.items() if isinstance(when, Mapping) else when
    conditions = []
    for key, values in pairs:
        # A tuple may itself be a choice, so only a list names several values.
        several = isinstance(values, list) or isinstance(when, tuple)
        allowed = tuple(values) if several else (values,)
        if not isinstance(key, str) or not allowed:
            raise SpaceError(f"when needs a key and at least one value, got {key!r}: {values!r}.")
        conditions.append((key, allowed))
    return tuple(sorted(conditions))


def _show(when: When) -> str:
    shown = {key: vs[0] if len(vs) == 1 else list(vs) for key, vs in conditions_of(when)}
    return f", when={shown!r}" if shown else ""
