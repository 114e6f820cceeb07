"""A claim as the attribute of its trial holds it."""

from __future__ import annotations

import json
from typing import Any

from frameworm.trial.claim import Claim

__all__ = ["claim_of", "is_held", "next_claim", "reached_before", "released", "signed"]


def claim_of(trial_id: int, number: int, stored: str | None) -> Claim:
    """Return the claim a trial was last run under; one without a driver for plain Optuna's.

    Example:
        >>> claim_of(7, 0, '{"driver": "a1", "attempt": 1, "starts": 2}')
        Claim(trial_id=7, number=0, driver='a1', attempt=1, starts=2)
    """
    if not stored:
        return Claim(trial_id, number, None)
    left = json.loads(stored)
    return Claim(trial_id, number, left["driver"], left["attempt"], left.get("starts", 0))


def is_held(claim: Claim, stored: str | None) -> bool:
    """Whether a trial's attribute still holds this claim."""
    return stored is not None and claim_of(claim.trial_id, claim.number, stored) == claim


def next_claim(trial_id: int, number: int, driver: str, stored: str | None) -> Claim:
    """Return the claim for the next start of a waiting trial.

    Args:
        trial_id: The storage's key of the trial.
        number: The trial's number.
        driver: The driver that claims it.
        stored: What its last claim left; ``None`` before the first start.
    """
    if not stored:
        return Claim(trial_id, number, driver)
    last = claim_of(trial_id, number, stored)
    return Claim(trial_id, number, driver, last.attempt, last.starts + 1)


def signed(claim: Claim, stored: str | None) -> str:
    """Return the attribute of a trial that is being claimed.

    Args:
        claim: The claim.
        stored: What the trial's last claim left; ``None`` before the first start.
    """
    return json.dumps(_fields(claim, _reached(stored)))


def released(claim: Claim, charge: bool, stored: str | None, reached: int | None) -> str:
    """Return the attribute of a trial that is taken from a claim.

    Args:
        claim: The claim.
        charge: Whether this costs the trial an attempt.
        stored: The attribute so far.
        reached: The highest step the last run has reported; ``None`` without one.
    """
    before = _reached(stored)
    steps = [step for step in (before, reached) if step is not None]
    fields = _fields(claim, max(steps, default=None))
    return json.dumps({**fields, "driver": None, "attempt": claim.attempt + charge})


def reached_before(stored: str | None) -> int:
    """Return the highest step that earlier runs of a trial have reported, -1 without one."""
    step = _reached(stored)
    return -1 if step is None else step


def _fields(claim: Claim, reached: int | None) -> dict[str, Any]:
    fields: dict[str, Any] = {"driver": claim.driver, "attempt": claim.attempt}
    if claim.starts:
        fields["starts"] = claim.starts
    if reached is not None:
        fields["reached"] = reached
    return fields


def _reached(stored: str | None) -> int | None:
    step: int | None = json.loads(stored).get("reached") if stored else None
    return step
