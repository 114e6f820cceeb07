"""Of several ranks' answers the right one is the trial's."""

from __future__ import annotations

from typing import Any

import pytest

from frameworm.errors import MetricError, ProcessGroupError, TrialInterrupted
from frameworm.search.execution.groups.member import Part
from frameworm.search.execution.groups.verdict import verdict
from frameworm.search.execution.runner import WorkerDiedError
from frameworm.trial.outcome import Outcome
from frameworm.trial.state import TrialState

DONE = Outcome(TrialState.COMPLETE, (1.0,), {"loss": 1.0})
FOLLOWED = Outcome(TrialState.COMPLETE)
PRUNED = Outcome(TrialState.PRUNED)
BROKEN = Outcome(TrialState.FAIL, error="RuntimeError: connection closed", metrics={"loss": 2.0})
CAUSE = Outcome(TrialState.FAIL, error="ValueError: mine", traceback="...")
DIED, STOPPED, WRONG = WorkerDiedError("exit code 9"), TrialInterrupted(), MetricError("no loss")


def answer(*parts: tuple[Any, float] | None) -> Any:
    return verdict({rank: Part(*part) for rank, part in enumerate(parts) if part is not None})


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(DONE, 2), (FOLLOWED, 1)], DONE),
        ([(PRUNED, 1), (PRUNED, 2)], PRUNED),
        ([(DONE, 1), (BROKEN, 2)], DONE),  # it failed for rank 0's leaving
        ([(DONE, 1), (DIED, 2)], DONE),
        ([(DONE, 2), (DIED, 1)], DIED),
        ([(BROKEN, 1), (DIED, 2)], DIED),  # seen later than what came of it
        ([(CAUSE, 1), (BROKEN, 2)], CAUSE),
        ([(DONE, 1), None], DONE),
        ([(STOPPED, 2), (BROKEN, 1)], STOPPED),
        ([(WRONG, 1), (BROKEN, 2)], WRONG),
    ],
)
def test_the_answer_of_a_group(parts: list[Any], expected: Any) -> None:
    assert answer(*parts) is expected


def test_another_ranks_failure_keeps_what_rank_0_has_reported() -> None:
    found = answer((BROKEN, 2), (CAUSE, 1))
    assert (found.error, found.traceback) == ("rank 1: ValueError: mine", "...")
    assert found.metrics == {"loss": 2.0}
    assert answer(None, (CAUSE, 1)).error == "rank 1: ValueError: mine"
    assert isinstance(answer(None, (PRUNED, 1)), ProcessGroupError)
