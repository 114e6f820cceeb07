"""Candidates that failed, said as scikit-learn says it: a warning, or an error if all did."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sklearn.exceptions import FitFailedWarning

from frameworm.errors import FitError
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState

__all__ = ["tell_failures"]


def tell_failures(records: Sequence[TrialRecord], error_score: Any) -> None:
    """Warn of failed candidates, with their reasons.

    Args:
        records: The finished trials.
        error_score: The score that stands for a fold that failed, or ``"raise"``.

    Raises:
        FitError: If every candidate failed, or one did and ``error_score="raise"``.
    """
    failed = [record for record in records if record.state is TrialState.FAIL]
    if not failed:
        return
    counts = Counter(record.error for record in failed)
    reasons = "\n".join(f"{count} times: {reason}" for reason, count in counts.most_common())
    if len(failed) == len(records):
        raise FitError(
            f"All {len(failed)} candidates failed.\n{reasons}\n"
            "Mend the estimator or the space, or set error_score='raise' to see where."
        )
    if error_score == "raise":
        raise FitError(f"{len(failed)} of {len(records)} candidates failed.\n{reasons}")
    warnings.warn(
        f"{len(failed)} of {len(records)} candidates failed; each fold that did has the score "
        f"{error_score}.\n{reasons}",
        FitFailedWarning,
        stacklevel=5,
    )
