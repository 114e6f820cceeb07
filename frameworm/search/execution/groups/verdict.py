"""What became of a trial that several processes ran: one answer out of one for each rank."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from frameworm.errors import ProcessGroupError, TrialInterrupted
from frameworm.search.execution.groups.member import Part, is_bad
from frameworm.search.execution.runner import WorkerDiedError
from frameworm.trial.outcome import Outcome
from frameworm.trial.state import TrialState

__all__ = ["verdict"]


def verdict(parts: Mapping[int, Part]) -> Any:
    """Return the answer of the whole group.

    It is rank 0's, unless another rank came to grief before rank 0 had ended: when one rank fails
    the others fail for it, so the first failure is the cause. A process that died comes before all
    failures, which the others notice sooner than the driver does.

    Args:
        parts: By rank; a rank that was killed because it did not end has none.
    """
    leader = parts.get(0)
    if leader is not None and isinstance(leader.answer, TrialInterrupted):
        return leader.answer
    is_done = leader is not None and not is_bad(leader.answer)
    until = leader.ended if leader is not None and is_done else math.inf
    bad = {rank: part for rank, part in parts.items() if is_bad(part.answer)}
    died = [part for part in bad.values() if isinstance(part.answer, WorkerDiedError)]
    if any(part.ended < until for part in died):
        return died[0].answer
    first = min(bad, key=lambda rank: bad[rank].ended, default=0)
    if leader is not None and (first == 0 or bad[first].ended >= until):
        return leader.answer
    if first == 0:
        return ProcessGroupError("Rank 0 did not leave the trial that the other ranks had ended.")
    return _failure(first, bad[first].answer, leader)


def _failure(rank: int, answer: Any, leader: Part | None) -> Any:
    if not isinstance(answer, Outcome):
        return answer
    failure = replace(answer, state=TrialState.FAIL, error=f"rank {rank}: {answer.error}")
    if leader is not None and isinstance(leader.answer, Outcome):
        own = leader.answer
        failure = replace(failure, metrics=own.metrics, intermediate=own.intermediate)
    return failure
