"""What a search is after: one metric or several, each to be made small or large."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from frameworm.errors import SearchArgumentError, nearest

__all__ = ["Goal", "Goals", "Mode"]

Mode = Literal["min", "max"]


class Goal(NamedTuple):
    """One metric, and whether less or more of it is better."""

    metric: str
    mode: Mode

    @property
    def sign(self) -> float:
        """What makes a loss of the metric when multiplied with it: 1 or -1."""
        return 1.0 if self.mode == "min" else -1.0


class Goals(tuple[Goal, ...]):
    """The metrics searched for; the first decides wherever one number must.

    Example:
        >>> goals = Goals.of(["val_loss", "accuracy"], ["min", "max"])
        >>> goals.metrics, goals.first.mode, goals.is_single
        (('val_loss', 'accuracy'), 'min', False)
        >>> goals
        val_loss (min), accuracy (max)
    """

    __slots__ = ()

    def __new__(cls, goals: Iterable[tuple[str, Mode]]) -> Goals:
        """Return the goals of pairs of metric and mode."""
        return super().__new__(cls, (Goal(*goal) for goal in goals))

    @classmethod
    def of(cls, metric: str | Sequence[str], mode: Mode | Sequence[Mode]) -> Goals:
        """Return the goals that the arguments ``metric`` and ``mode`` describe.

        Args:
            metric: The name of a metric, or of several.
            mode: ``"min"`` or ``"max"``, for each metric or for all of them.

        Raises:
            SearchArgumentError: If they do not fit together.
        """
        names = [metric] if isinstance(metric, str) else metric
        if not isinstance(names, Sequence) or not names:
            raise SearchArgumentError(f"metric is the name of a returned metric, got {metric!r}.")
        modes = [mode] * len(names) if isinstance(mode, str) else mode
        if not isinstance(modes, Sequence) or len(modes) != len(names):
            raise SearchArgumentError(
                f"mode is 'min' or 'max' for each of the {len(names)} metrics, got {mode!r}."
            )
        for name in names:
            if not isinstance(name, str) or not name or names.count(name) > 1:
                raise SearchArgumentError(
                    "metric is the name of a returned metric, or a list of different ones, got "
                    f"{metric!r}."
                )
        for way in modes:
            if way not in ("min", "max"):
                raise SearchArgumentError(f"mode is 'min' or 'max', got {way!r}.")
        return cls(zip(names, modes, strict=True))

    @property
    def first(self) -> Goal:
        """The goal that decides wherever one number must."""
        return self[0]

    def named(self, metric: str) -> Goal:
        """Return the goal of a metric.

        Args:
            metric: The metric's name.

        Raises:
            SearchArgumentError: If that metric is not searched for.
        """
        for goal in self:
            if goal.metric == metric:
                return goal
        raise SearchArgumentError(
            f"metric is one of those searched for, {', '.join(self.metrics)}; got {metric!r}."
            f"{nearest(str(metric), self.metrics)}"
        )

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics' names."""
        return tuple(goal.metric for goal in self)

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The metrics' modes."""
        return tuple(goal.mode for goal in self)

    @property
    def is_single(self) -> bool:
        """Whether one metric alone is searched for, so that one trial is the best."""
        return len(self) == 1

    def losses(self, values: Sequence[float]) -> tuple[float, ...]:
        """Return values, one a goal, so that less of each is better."""
        return tuple(goal.sign * value for goal, value in zip(self, values, strict=True))

    def __repr__(self) -> str:
        return ", ".join(f"{metric} ({mode})" for metric, mode in self)
