"""The scores and times of a trial's folds: as metrics in a study, and back for ``cv_results_``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState

__all__ = ["fold_metrics", "folds_of", "score_names"]

_TIMES = ("fit_time", "score_time")
_SCORES = ("test_scores", "train_scores")


def fold_metrics(fold: int, fit: Mapping[str, Any]) -> dict[str, float]:
    """Return one fold's scores and times under scikit-learn's names, ``split0_test_score``.

    Args:
        fold: The fold's number, from 0.
        fit: What scikit-learn measured: ``fit_time`` and ``score_time`` in seconds,
            ``test_scores`` and perhaps ``train_scores``, each a number or numbers by name.

    Example:
        >>> fold_metrics(2, {"fit_time": 0.5, "score_time": 0.1, "test_scores": 0.9})
        {'split2_fit_time': 0.5, 'split2_score_time': 0.1, 'split2_test_score': 0.9}
    """
    metrics = {f"split{fold}_{name}": float(fit[name]) for name in _TIMES}
    for kind in _SCORES:
        scores = fit.get(kind, {})
        named = scores if isinstance(scores, Mapping) else {"score": scores}
        for name, score in named.items():
            metrics[f"split{fold}_{kind.removesuffix('_scores')}_{name}"] = float(score)
    return metrics


def score_names(records: Iterable[TrialRecord]) -> list[str]:
    """Return the names of the test scores that trials have, in the order they were stored.

    Example:
        >>> record = TrialRecord(0, TrialState.COMPLETE, {}, metrics={"split0_test_f1": 0.5})
        >>> score_names([record])
        ['f1']
    """
    found: dict[str, None] = {}
    for record in records:
        for metric in record.metrics:
            if match := re.fullmatch(r"split0_test_(.+)", metric):
                found[match[1]] = None
    return list(found)


def folds_of(
    record: TrialRecord,
    names: Sequence[str],
    n_splits: int,
    *,
    error_score: float,
    with_train: bool,
) -> list[dict[str, Any]]:
    """Return what scikit-learn would have measured in each fold of a trial.

    Args:
        record: A finished trial.
        names: The names of the scores; ``["score"]`` for a single one.
        n_splits: The number of folds.
        error_score: Stands for the scores a failed trial does not have. Those of a pruned one are
            NaN: it was stopped before them.
        with_train: Whether there are scores on the training folds too.
    """
    missing = np.nan if record.state is TrialState.PRUNED else error_score
    kinds = ("test", "train") if with_train else ("test",)
    folds = []
    for fold in range(n_splits):
        fit: dict[str, Any] = {
            name: record.metrics.get(f"split{fold}_{name}", np.nan) for name in _TIMES
        }
        for kind in kinds:
            fit[f"{kind}_scores"] = {
                name: record.metrics.get(f"split{fold}_{kind}_{name}", missing) for name in names
            }
        folds.append(fit)
    return folds
