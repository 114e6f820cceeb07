"""The last words of a run about what failed."""

from __future__ import annotations

from frameworm.cli.ending import failures_parts
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState


def record(number: int, optimizer: str, error: str | None = None) -> TrialRecord:
    state = TrialState.COMPLETE if error is None else TrialState.FAIL
    return TrialRecord(number, state, {"optimizer": optimizer}, (1.0,), error=error)


def test_failures_are_grouped_and_what_they_share_is_said() -> None:
    fine = [record(number, "adam") for number in range(12)]
    memory = [
        record(number, "lbfgs", f"MemoryError: {number} MiB at 0x{number:x}f")
        for number in (12, 13)
    ]
    others = [record(14 + at, "lbfgs", f"ValueError: {'abcdefgh'[at]}") for at in range(8)]
    shown, shared = failures_parts([*fine, *memory, *others])
    lines = str(shown).splitlines()
    assert lines[1].split(maxsplit=2) == ["2", "12", "MemoryError: 12 MiB at 0xcf"]
    assert len(lines) == 7
    assert lines[-1].split() == ["4", "of", "4", "more", "kinds"]
    assert str(shared).startswith("What they have in common: all 10 have optimizer = lbfgs")


def test_nothing_is_said_where_nothing_failed() -> None:
    assert failures_parts([record(0, "adam")]) == []
