"""A pruner with numbers of its own; the others go by their names."""

from __future__ import annotations

from dataclasses import dataclass

from frameworm.errors import SearchArgumentError

__all__ = ["Percentile"]


@dataclass(frozen=True)
class Percentile:
    """Stop a trial whose best value so far is not among the best others had at the same step.

    Attributes:
        percentile: The share of trials that go on, in percent: 50 stops what is worse than the
            median.
        startup_trials: How many trials are complete before any is stopped.

    Raises:
        SearchArgumentError: If a number is outside what it counts.
    """

    percentile: float = 50.0
    startup_trials: int = 5

    def __post_init__(self) -> None:
        if not 0 <= self.percentile <= 100:
            raise SearchArgumentError(f"percentile is from 0 to 100, got {self.percentile!r}.")
        if self.startup_trials < 0:
            raise SearchArgumentError(
                f"A pruner waits for 0 or more complete trials, got {self.startup_trials!r}."
            )
