"""A parameter that is a real number."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from frameworm.errors import SpaceError
from frameworm.search.space.randomness import generator
from frameworm.search.space.range_checks import (
    check_count,
    check_log,
    check_order,
    number,
    spread,
    tidy,
)
from frameworm.search.space.when import When, conditions_of, show_when

if TYPE_CHECKING:
    from frameworm.search.space.randomness import RandomState

__all__ = ["Real"]


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
