"""Why trials failed, with failures of one kind together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState

__all__ = ["FailureGroup", "failure_groups", "failures_text"]

_VARYING = re.compile(r"0x[0-9a-f]+|\d+(?:\.\d+)?(?:e[-+]?\d+)?", re.IGNORECASE)
_UNKNOWN = "no reason was stored"
_MOST_KINDS = 5
_MOST_TRIALS = 8


@dataclass(frozen=True)
class FailureGroup:
    """Failed trials whose errors differ in numbers at most.

    Attributes:
        error: The error of the first of them, in one line.
        records: The trials, in trial order.
    """

    error: str
    records: tuple[TrialRecord, ...]

    def __len__(self) -> int:
        return len(self.records)


def failure_groups(records: Iterable[TrialRecord]) -> list[FailureGroup]:
    """Return the kinds of failures among trials, the most frequent first.

    Errors are of one kind if they are equal but for their numbers, such as sizes and addresses.

    Args:
        records: Trials in trial order; those that did not fail are left out.

    Example:
        >>> failed = [
        ...     TrialRecord(number, TrialState.FAIL, {}, error=f"MemoryError: {number} MiB")
        ...     for number in range(3)
        ... ]
        >>> [(len(group), group.error) for group in failure_groups(failed)]
        [(3, 'MemoryError: 0 MiB')]
    """
    kinds: dict[str, list[TrialRecord]] = defaultdict(list)
    for record in records:
        if record.state is TrialState.FAIL:
            kinds[_VARYING.sub("#", _line(record))].append(record)
    groups = [FailureGroup(_line(members[0]), tuple(members)) for members in kinds.values()]
    return sorted(groups, key=len, reverse=True)


def failures_text(records: Sequence[TrialRecord]) -> str:
    """Return what failed, a line for each kind of failure, and what to do; empty if nothing did.

    Args:
        records: The finished trials.
    """
    groups = failure_groups(records)
    if not groups:
        return ""
    lines = [f"{sum(map(len, groups)):,} of {len(records):,} trials failed:"]
    for group in groups[:_MOST_KINDS]:
        numbers = ", ".join(str(record.number) for record in group.records[:_MOST_TRIALS])
        more = ", ..." if len(group) > _MOST_TRIALS else ""
        lines.append(f"  {len(group):,} with {group.error} (trial {numbers}{more})")
    if len(groups) > _MOST_KINDS:
        lines.append(f"  and {len(groups) - _MOST_KINDS} more kinds")
    lines.append(
        "search.results[i]['traceback'] says where. Mend the train function and run again with "
        "retry_failed=True to run them once more."
    )
    return "\n".join(lines)


def _line(record: TrialRecord) -> str:
    """Return the line of a failure that names the error; of a traceback that is the last."""
    lines = [line.strip() for line in (record.error or "").splitlines() if line.strip()]
    return lines[-1] if lines else _UNKNOWN
