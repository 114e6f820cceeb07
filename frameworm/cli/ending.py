"""What ``frameworm search run`` prints in the end: the best, what failed, what to type next."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from frameworm.cli.best import best_json, best_parts
from frameworm.cli.screen import echo, print_json, show
from frameworm.cli.table import table
from frameworm.core.urls import without_password
from frameworm.search.results.failures import failure_groups
from frameworm.trial.state import TrialState

if TYPE_CHECKING:
    from rich.console import RenderableType

    from frameworm.search.search import Search
    from frameworm.trial.record import TrialRecord

__all__ = ["failures_parts", "print_ending", "print_failures"]

_MOST = 5
_ENDED_WELL = (TrialState.COMPLETE, TrialState.PRUNED)
_REASONS = {
    "timeout": "The time was up; the same command goes on.",
    "target": "The target is reached.",
    "early_stopping": "It stopped early: no trial was better for as long as --patience says.",
}


def print_ending(search: Search, as_json: bool, talks: bool) -> None:
    """Print what came of a run.

    Args:
        search: A search that has run.
        as_json: Whether to print JSON.
        talks: Whether to say more than the result.
    """
    results = search.results
    if as_json:
        document = {
            "study": results.study_name,
            "storage": results.storage,
            "stop_reason": search.stop_reason,
            "trials": len(results),
            "failed": sum(map(len, failure_groups(results.records))),
            "best": best_json(results),
        }
        print_json(document)
        return
    if talks and search.stop_reason in _REASONS:
        echo(_REASONS[search.stop_reason])
    show(*best_parts(results))
    if not talks:
        return
    if not print_failures(search):
        _print_next([("Everything as a page", _search_command("report", search.study_name))])


def print_failures(search: Search) -> bool:
    """Print what failed in a run, if anything did, and how to see why and run it again.

    Args:
        search: A search that has run.

    Returns:
        Whether anything failed.
    """
    records = search.results.records
    groups = failure_groups(records)
    if not groups:
        return False
    failed = sum(map(len, groups))
    show("", f"{failed:,} of {len(records):,} trials failed", *failures_parts(records))
    first = groups[0].records[0]
    again = ["frameworm", *map(_safe, sys.argv[1:])]
    if "--retry-failed" not in again:
        again.append("--retry-failed")
    _print_next(
        [
            ("The whole traceback", _search_command("show", search.study_name, str(first.number))),
            ("Again, once it is mended", shlex.join(again)),
        ]
    )
    return True


def failures_parts(records: Sequence[TrialRecord]) -> list[RenderableType]:
    """Return what failed, a row for each kind of failure, and what the failed trials share.

    Args:
        records: The trials of a study; nothing is returned if none failed.
    """
    from frameworm.search.analysis.common_trait import common_trait

    groups = failure_groups(records)
    if not groups:
        return []
    rows = [
        (f"{len(group):,}", str(group.records[0].number), group.error) for group in groups[:_MOST]
    ]
    if len(groups) > _MOST:
        rest = groups[_MOST:]
        rows.append((f"{sum(map(len, rest)):,}", "", f"of {len(rest)} more kinds"))
    made = table(["failed", "first trial", "error"], rows, ["failed", "first trial"])
    failed = [record for group in groups for record in group.records]
    others = [record for record in records if record.state in _ENDED_WELL]
    trait = common_trait(failed, others)
    return [made, f"What they have in common: {trait}"] if trait else [made]


def _search_command(command: str, *arguments: str | None) -> str:
    """Return a command line about the storage that this one is about."""
    words = ["frameworm", "search", command, *(word for word in arguments if word is not None)]
    given = [
        following if word == "--storage" else word.partition("=")[2]
        for word, following in zip(sys.argv, [*sys.argv[1:], ""], strict=True)
        if word == "--storage" or word.startswith("--storage=")
    ]
    if given:
        words += ["--storage", _safe(given[-1])]
    return shlex.join(words)


def _safe(word: str) -> str:
    """Return a word of the command line without the password that a URL in it may hold."""
    return without_password(word) if "://" in word else word


def _print_next(commands: Sequence[tuple[str, str]]) -> None:
    """Print commands to type next, each after what it is for."""
    echo()
    for purpose, command in commands:
        echo(f"{purpose}:\n  {command}")
