"""The stoppers of Frameworm 1.3, on this search's callbacks and pruners.

``MedianStopper`` stops single trials and is given as ``pruner=``; the others end the run and are
given to ``run(callbacks=[...])``. ``run`` itself has ``early_stopping_patience``, ``target`` and
``timeout`` for the same.
"""

# ruff: noqa: ARG002 - a stopper has the arguments of its base class, whichever it needs.

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from frameworm.errors import SearchArgumentError
from frameworm.search.execution.callbacks import SearchCallback
from frameworm.search.study.percentile import Percentile
from frameworm.trial.state import TrialState

if TYPE_CHECKING:
    from frameworm.trial.goals import Mode
    from frameworm.trial.outcome import Outcome
    from frameworm.trial.spec import TrialSpec

__all__ = [
    "BudgetStopper",
    "EarlyStopper",
    "ImprovementStopper",
    "MedianStopper",
    "ThresholdStopper",
]


class EarlyStopper(SearchCallback):
    """Ends a run when `should_stop` says so; override that one.

    It is asked after every complete trial, with the first metric searched for.

    Example:
        >>> class Enough(EarlyStopper):
        ...     def should_stop(self, trial_idx, score, config):
        ...         return trial_idx == 3
        >>> from frameworm import GridSearch
        >>> search = GridSearch({"x": 0}, {"x": range(9)}, storage="sqlite://", random_state=0)
        >>> _ = search.run(lambda config: config.x, verbose=False, callbacks=[Enough()])
        >>> len(search.results), search.stop_reason
        (3, 'callback')
    """

    _ended = 0

    def should_stop(self, trial_idx: int, score: float, config: Mapping[str, Any]) -> bool:
        """Return whether the run ends here.

        Args:
            trial_idx: How many trials have ended.
            score: The metric of the trial that ended last.
            config: Its parameters by dotted key.
        """
        raise SearchArgumentError(
            f"{type(self).__name__} decides nothing: an EarlyStopper needs should_stop()."
        )

    def on_trial_end(self, trial: TrialSpec, outcome: Outcome) -> bool:
        """Ask `should_stop` about a complete trial."""
        self._ended += 1
        if outcome.state is not TrialState.COMPLETE:
            return False
        return bool(self.should_stop(self._ended, outcome.values[0], trial.params))


class MedianStopper(Percentile):
    """A pruner: stops trials that are worse than the median of the others at the same step.

    Args:
        percentile: The share of trials that go on, in percent.
        min_trials: How many trials are complete before any is stopped.

    Example:
        >>> from frameworm import RandomSearch, Real
        >>> RandomSearch({}, {"lr": Real(0, 1)}, pruner=MedianStopper(min_trials=10)).pruner
        MedianStopper(percentile=50.0, startup_trials=10)
    """

    def __init__(self, percentile: float = 50.0, min_trials: int = 5) -> None:
        super().__init__(float(percentile), min_trials)
        object.__setattr__(self, "_scores", [])

    def should_stop(self, trial_idx: int, score: float, config: Mapping[str, Any]) -> bool:
        """Return whether a score is above the percentile of all asked about, as in Frameworm 1.3.

        Args:
            trial_idx: Any number.
            score: The score, less being better.
            config: Any configuration.
        """
        import numpy as np  # keeps the import of this module light

        scores: list[float] = self._scores  # type: ignore[attr-defined]  # frozen: see __init__
        scores.append(score)
        if len(scores) < self.startup_trials:
            return False
        return score > float(np.percentile(scores, self.percentile))


class ImprovementStopper(EarlyStopper):
    """Ends a run after so many complete trials without a better one.

    Args:
        patience: How many.
        min_delta: By how much a better one must be better.
        mode: ``"min"`` or ``"max"``.
    """

    def __init__(self, patience: int = 10, min_delta: float = 0.0, mode: Mode = "min") -> None:
        self.patience = patience
        self.min_delta = min_delta
        self._sign = _sign(mode)
        self._best = math.inf
        self._since_best = 0

    def should_stop(self, trial_idx: int, score: float, config: Mapping[str, Any]) -> bool:
        """Return whether the last ``patience`` scores were no better; see `EarlyStopper`."""
        self._since_best += 1
        if self._sign * score < self._best - self.min_delta:
            self._best = self._sign * score
            self._since_best = 0
        return self._since_best >= self.patience


class ThresholdStopper(EarlyStopper):
    """Ends a run with the first score that is good enough.

    Args:
        threshold: The score.
        mode: ``"min"`` or ``"max"``.
    """

    def __init__(self, threshold: float, mode: Mode = "min") -> None:
        self.threshold = threshold
        self._sign = _sign(mode)

    def should_stop(self, trial_idx: int, score: float, config: Mapping[str, Any]) -> bool:
        """Return whether the score is at least as good as the threshold; see `EarlyStopper`."""
        return self._sign * score <= self._sign * self.threshold


class BudgetStopper(EarlyStopper):
    """Ends a run after so many trials or so much time.

    Args:
        max_trials: How many trials may end.
        max_time: Seconds from the first trial that ended; ``None`` for any.
    """

    def __init__(self, max_trials: int, max_time: float | None = None) -> None:
        self.max_trials = max_trials
        self.max_time = max_time
        self._started: float | None = None

    def should_stop(self, trial_idx: int, score: float, config: Mapping[str, Any]) -> bool:
        """Return whether trials or time are used up; see `EarlyStopper`."""
        now = time.monotonic()
        if self._started is None:
            self._started = now
        is_late = self.max_time is not None and now - self._started >= self.max_time
        return trial_idx >= self.max_trials or is_late


def _sign(mode: Mode) -> int:
    if mode not in ("min", "max"):
        raise SearchArgumentError(f"mode is 'min' or 'max', got {mode!r}.")
    return 1 if mode == "min" else -1
