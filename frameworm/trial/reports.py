"""What a trial reports while it runs."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from frameworm.errors import MetricError, SearchArgumentError, TrialPruned, nearest

__all__ = ["Reports"]


@dataclass
class Reports:
    """The reported values of one trial.

    Attributes:
        metric: The metric searched for, whose values are kept by step.
        judge: Stores a value and says whether the trial shall stop; ``None`` keeps values here
            until the trial ends.
        values: The values by step.
        latest: Every metric as last reported.
        history: Every metric by step.
        trainers: How many trainers have taken part.
    """

    metric: str = ""
    judge: Callable[[int, float], bool] | None = None
    values: dict[int, float] = field(default_factory=dict)
    latest: dict[str, float] = field(default_factory=dict)
    history: dict[int, dict[str, float]] = field(default_factory=dict)
    trainers: int = 0

    def add(self, step: int, metrics: Mapping[str, Any]) -> None:
        """Take up one step's metrics.

        Args:
            step: The step, from 0; a step reported before is ignored, as Optuna does.
            metrics: Metrics by name.

        Raises:
            TrialPruned: If the pruner stops the trial.
            MetricError: If the metric searched for is missing.
            SearchArgumentError: If the step is no whole number from 0.
        """
        if isinstance(step, bool) or not isinstance(step, numbers.Integral) or step < 0:
            raise SearchArgumentError(f"report needs a whole step from 0, got {step!r}.")
        if self.metric not in metrics:
            raise MetricError(
                f"report(step, ...) needs the metric the search is about, {self.metric!r}; it got "
                f"{sorted(metrics)}.{nearest(self.metric, metrics)}"
            )
        step, value = int(step), float(metrics[self.metric])
        if step in self.values:
            return
        self.values[step] = value
        self.latest = {name: float(number) for name, number in metrics.items()}
        self.history[step] = self.latest
        if self.judge is not None and self.judge(step, value):
            raise TrialPruned(f"Pruned at step {step} with {self.metric} {value:.6g}.")

    def restore(self, values: Mapping[int, float]) -> None:
        """Take up what was reported before the trial was started again; nothing is pruned for it.

        Args:
            values: Values of the metric by step.
        """
        for step, value in values.items():
            if step not in self.values:
                self.values[step] = value
                if self.judge is not None:
                    self.judge(step, value)

    @property
    def last(self) -> tuple[float, ...]:
        """The value of the highest step, if it is finite."""
        value = self.values[max(self.values)] if self.values else math.nan
        return (value,) if math.isfinite(value) else ()
