"""When a run stops, and what it puts up with."""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass, fields

from frameworm.errors import SearchArgumentError

__all__ = ["Limits"]


@dataclass(frozen=True)
class Limits:
    """The stopping rules of one run.

    Attributes:
        early_stopping_patience: Stop after so many finished trials without a better one.
        timeout: Seconds after which no further trial starts; running ones finish.
        trial_timeout: Seconds after which a trial's worker is killed and the trial fails.
        target: Stop once a trial is at least as good.
        max_failures: Stop when so many trials failed and none succeeded.
        max_retries: How often a trial whose process died is started again.
        grace_period: Seconds after which a silent driver on another host is given up.
        stop_grace: Seconds that running trials are given to save when the run is to stop.

    Raises:
        SearchArgumentError: If a limit is not what it counts.
    """

    early_stopping_patience: int | None = None
    timeout: float | None = None
    trial_timeout: float | None = None
    target: float | None = None
    max_failures: int = 5
    max_retries: int = 2
    grace_period: float = 120.0
    stop_grace: float = 10.0

    def __post_init__(self) -> None:
        for field in fields(self):
            self._check(field.name, getattr(self, field.name))

    def _check(self, name: str, value: object) -> None:
        optional = name in ("early_stopping_patience", "timeout", "trial_timeout", "target")
        if value is None and optional:
            return
        number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        if not number or math.isnan(value):  # type: ignore[arg-type]
            raise SearchArgumentError(f"{name} is a number{' or None' * optional}, got {value!r}.")
        assert isinstance(value, numbers.Real)
        if name in ("early_stopping_patience", "max_failures", "max_retries") and not isinstance(
            value, numbers.Integral
        ):
            raise SearchArgumentError(f"{name} is a whole number, got {value!r}.")
        if name == "max_retries" and value < 0:
            raise SearchArgumentError(f"max_retries is at least 0, got {value!r}.")
        if name == "stop_grace" and value < 0:
            raise SearchArgumentError(f"stop_grace is at least 0, got {value!r}.")
        if name not in ("target", "max_retries", "stop_grace") and value <= 0:
            raise SearchArgumentError(f"{name} is greater than 0, got {value!r}.")
