"""The train function of a cross-validated search: fit and score every fold, report each."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import FitFailedWarning
from sklearn.model_selection._validation import _fit_and_score

from frameworm.core import Config
from frameworm.errors import MetricError
from frameworm.integrations.sklearn.fold_metrics import fold_metrics
from frameworm.trial.current import running_trial
from frameworm.trial.reporting import report

__all__ = ["CrossValidation", "FitRaisedError", "FoldFailedError"]


class FitRaisedError(MetricError):
    """Ends the whole search with an estimator's own exception, its second argument."""


class _FoldTracebackError(Exception):
    """A fold's traceback, shown above the error it led to."""

    def __str__(self) -> str:
        return f'\n"""\n{self.args[0]}"""'


class FoldFailedError(Exception):
    """Fails a trial because the estimator could not be fitted on a fold."""


@dataclass(frozen=True)
class CrossValidation:
    """Fits and scores an estimator on each fold; workers get it once, data and all.

    Attributes:
        metric: The name under which the mean of the test scores is reported and returned.
        followed: Which of several scores that is; ``None`` for the first.
        estimator: The estimator, unfitted.
        X: The samples.
        y: The targets, or ``None``.
        folds: Indices of the training and the test samples of each fold.
        scorer: A scikit-learn scorer, of one score or several.
        fit_params: Passed on to ``fit``; what has one entry a sample is split like ``X``.
        score_params: Passed on to the scorer likewise.
        error_score: The score of a fold whose fit fails, or ``"raise"``.
        with_train: Whether to score on the training samples too.
        each_fold: Whether to report each fold's own score instead of the mean so far.
    """

    metric: str
    followed: str | None
    estimator: Any
    X: Any
    y: Any
    folds: Sequence[tuple[Any, Any]]
    scorer: Any
    fit_params: Mapping[str, Any]
    score_params: Mapping[str, Any]
    error_score: Any
    with_train: bool
    each_fold: bool

    def __call__(self, config: Config) -> dict[str, float]:
        """Run the current trial.

        Args:
            config: Not looked at: a parameter may be an object that no configuration holds.

        Returns:
            The mean test score, and every fold's scores and times.

        Raises:
            FitRaisedError: If ``error_score="raise"`` and a fit fails, or a parameter is unknown.
        """
        del config
        trial = running_trial()
        assert trial is not None
        metrics: dict[str, float] = {}
        scores: list[float] = []
        failures: list[str] = []
        for number, (train, test) in enumerate(self.folds):
            fit = self._fit(trial.params, train, test)
            if fit["fit_error"] is not None:
                failures.append(fit["fit_error"])
            if fit["fit_error"] is None or isinstance(fit["test_scores"], Mapping):
                metrics.update(fold_metrics(number, fit))
            scores.append(self._followed(fit["test_scores"]))
            mean = float(np.mean(scores))
            metrics[self.metric] = mean
            report(number, **{**metrics, self.metric: scores[-1] if self.each_fold else mean})
        if failures and (np.isnan(mean) or len(failures) == len(self.folds)):
            raise FoldFailedError(_reason(failures[0])) from _FoldTracebackError(failures[0])
        for failure in failures:
            warnings.warn(
                f"A fold of trial {trial.number} has the score {self.error_score}, because its "
                f"fit failed:\n{failure}",
                FitFailedWarning,
                stacklevel=2,
            )
        return metrics

    def _fit(self, params: Mapping[str, Any], train: Any, test: Any) -> dict[str, Any]:
        try:
            fit: dict[str, Any] = _fit_and_score(
                clone(self.estimator),
                self.X,
                self.y,
                scorer=self.scorer,
                train=train,
                test=test,
                verbose=0,
                parameters=dict(params),
                fit_params=self.fit_params,
                score_params=self.score_params,
                return_train_score=self.with_train,
                return_times=True,
                error_score=self.error_score,
            )
        except Exception as error:
            # With a number as error_score only mistakes such as an unknown parameter come here.
            raise FitRaisedError(f"{type(error).__name__}: {error}", error) from error
        return fit

    def _followed(self, scores: Any) -> float:
        if not isinstance(scores, Mapping):
            return float(scores)
        return float(
            scores[self.followed] if self.followed in scores else next(iter(scores.values()))
        )


def _reason(traceback: str) -> str:
    """Return the first line below a traceback's frames: the error and what it says."""
    below = traceback.rpartition('\n  File "')[2].splitlines()[1:]
    return next((line for line in below if line and not line.startswith(" ")), traceback)
