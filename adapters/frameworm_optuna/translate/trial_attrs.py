"""What a trial's attributes in Optuna are called and hold."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from frameworm.trial.outcome import Outcome

__all__ = [
    "ADDED",
    "CLAIM",
    "DIGEST",
    "DRIVER",
    "ERROR",
    "FIXED",
    "TRACEBACK",
    "WITHDRAWN",
    "WITHDRAWN_REASON",
    "WORKER",
    "outcome_attrs",
    "read_metrics",
]

CLAIM = "frameworm:claim"
"""Trial attribute: which driver claimed the trial, and how often it was started before."""
DRIVER = "frameworm:driver:"
"""Prefix of the study attributes that register the drivers at work."""
ADDED = "frameworm:added"
"""Trial attribute: the trial was enqueued or added by hand; its value finds it again."""
ERROR = "frameworm:error"
TRACEBACK = "frameworm:traceback"
WORKER = "frameworm:worker"
WITHDRAWN = "frameworm:withdrawn"
"""Trial attribute: the trial was planned and never run, because the space has changed."""
WITHDRAWN_REASON = "withdrawn: it is no point of the search space any more"
DIGEST = "frameworm:plan_digest"
"""Study attribute: tells the plan of a constrained grid from others."""
FIXED = "fixed_params"
"""Trial attribute of Optuna's ``enqueue_trial``: what a waiting trial shall be run with."""


def outcome_attrs(outcome: Outcome) -> dict[str, str]:
    """Return a finished trial's user attributes as JSON texts."""
    attrs = {
        _key(name): json.dumps(_text(value) if isinstance(value, str) else value)
        for name, value in outcome.attributes.items()
    }
    for name, metric in outcome.metrics.items():
        attrs[_key(name)] = json.dumps(_portable(metric))
    if outcome.error is not None:
        attrs[ERROR] = json.dumps(_text(outcome.error))
    if outcome.traceback is not None:
        attrs[TRACEBACK] = json.dumps(_text(outcome.traceback))
    if outcome.worker is not None:
        attrs[WORKER] = json.dumps(outcome.worker)
    return attrs


_LONGEST_KEY = 512
_LONGEST_TEXT = 10_000
"""MariaDB's text columns hold 64 KB, and JSON may take six bytes for a character."""


def _key(name: str) -> str:
    """Return a metric's name as the attribute's column can hold it."""
    return name if len(name) <= _LONGEST_KEY else f"{name[: _LONGEST_KEY - 1]}…"


def _text(text: str) -> str:
    """Return a text that every database and reader can take: no half characters, not too long."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    if len(text) <= _LONGEST_TEXT:
        return text
    half = _LONGEST_TEXT // 2
    left_out = f"[... {len(text) - _LONGEST_TEXT:,} characters left out ...]"
    return f"{text[:half]}\n{left_out}\n{text[-half:]}"


def _portable(value: float) -> float | str:
    # JSON has no NaN; browsers showing the study would choke on it.
    return value if math.isfinite(value) else str(value)


def read_metrics(attrs: Mapping[str, Any]) -> dict[str, float]:
    """Return the metrics among a trial's user attributes: its numbers."""
    metrics = {}
    for name, value in attrs.items():
        if (isinstance(value, (int, float)) and not isinstance(value, bool)) or (
            value in ("nan", "inf", "-inf") and not name.startswith("frameworm:")
        ):
            metrics[name] = float(value)
    return metrics
