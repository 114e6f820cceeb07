"""A parameter that is a whole number."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from frameworm.errors import SpaceError
from frameworm.search.space.randomness import generator
from frameworm.search.space.range_checks import (
    LARGEST,
    check_count,
    check_log,
    check_order,
    spread,
    whole,
)
from frameworm.search.space.when import When, conditions_of, show_when

if TYPE_CHECKING:
    from frameworm.search.space.randomness import RandomState

__all__ = ["Integer"]


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
