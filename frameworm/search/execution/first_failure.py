"""What is shown of the first failure of a run, when it happens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frameworm.trial.outcome import Outcome

__all__ = ["first_failure"]

_LINES = 12


def first_failure(number: int, params: Mapping[str, Any], outcome: Outcome) -> str:
    """Return the lines that say what failed and where.

    Args:
        number: The trial's number.
        params: Its parameters.
        outcome: The failed run.

    Example:
        >>> from frameworm.trial.state import TrialState
        >>> print(first_failure(3, {"lr": 0.1}, Outcome(TrialState.FAIL, error="nan")))
        Trial 3 failed (lr=0.1): nan
        Further failures are counted; results and report have them all.
    """
    point = ", ".join(f"{name}={value}" for name, value in params.items())
    lines = [f"Trial {number} failed ({point}): {outcome.error}"]
    if outcome.traceback is not None:
        # The last frames: those of the train function and below.
        lines += [f"  {line}" for line in outcome.traceback.rstrip().splitlines()[-_LINES:]]
    lines.append("Further failures are counted; results and report have them all.")
    return "\n".join(lines)
