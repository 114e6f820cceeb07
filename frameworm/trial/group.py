"""Several processes that run one trial together, as the trial sees them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Protocol

__all__ = ["TrialGroup", "current_group", "in_group"]


class TrialGroup(Protocol):
    """The processes of one trial; what rank 0 decides holds for all.

    Attributes:
        rank: This process's number, from 0. Rank 0 reports, saves and returns.
        size: How many processes there are.
    """

    rank: int
    size: int

    def decide(self, about: str, decision: bool | None) -> bool:
        """Return rank 0's decision in every rank.

        Args:
            about: What it is about; each thing is decided once.
            decision: The decision; ``None`` in the ranks that follow.

        Raises:
            ProcessGroupError: If rank 0 has left the trial without deciding.
        """
        ...

    def shall_stop(self, wish: bool) -> bool:
        """Return whether the trial stops at this call, the same in every rank.

        Args:
            wish: Whether it shall, as far as this rank knows; rank 0's counts.

        Raises:
            ProcessGroupError: If rank 0 has left the trial.
        """
        ...


_group: ContextVar[TrialGroup | None] = ContextVar("frameworm_group", default=None)


def current_group() -> TrialGroup | None:
    """Return the group this process runs trials in; ``None`` where it runs them alone."""
    return _group.get()


@contextlib.contextmanager
def in_group(group: TrialGroup) -> Iterator[None]:
    """Make a group the current one for a while."""
    token = _group.set(group)
    try:
        yield
    finally:
        _group.reset(token)
