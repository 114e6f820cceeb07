"""A trial's processes, whose rank 0 tells the others what it has decided through a store."""

from __future__ import annotations

import time
from typing import Protocol

from frameworm.errors import ProcessGroupError

__all__ = ["Store", "StoreGroup"]

_LEASE_SECONDS = 0.25
_POLL_SECONDS = 0.001
_LONGEST_POLL_SECONDS = 0.05
_OVER = "over"


class Store(Protocol):
    """What is used of a ``torch.distributed.Store``."""

    def set(self, key: str, value: str, /) -> None:
        """Write a value."""
        ...

    def get(self, key: str, /) -> bytes:
        """Return a value, after waiting for it."""
        ...

    def check(self, keys: list[str], /) -> bool:
        """Return whether all keys have values."""
        ...


class StoreGroup:
    """The processes of one trial, with a key-value store of torch between them.

    Rank 0 writes and never waits, so that it does not hang for a rank that does not ask. Nothing is
    sent through the process group itself, whose order of calls is the train function's.

    Args:
        store: The store, for this run of the trial alone.
        rank: This process's number.
        size: How many processes there are.
    """

    def __init__(self, store: Store, rank: int, size: int) -> None:
        self.rank = rank
        self.size = size
        self._store = store
        self._asked = 0
        self._leases = 0
        self._lease = 1
        self._leased_at = 0.0
        self._free_until = 0

    def decide(self, about: str, decision: bool | None) -> bool:
        """Return rank 0's decision in every rank.

        Raises:
            ProcessGroupError: If rank 0 has left the trial without deciding.
        """
        if self.rank == 0:
            self._store.set(about, str(int(bool(decision))))
            return bool(decision)
        return self._read(about) == "1"

    def shall_stop(self, wish: bool) -> bool:
        """Return whether the trial stops at this call, the same in every rank.

        Rank 0 grants a number of calls at a time, as many as are made in a quarter of a second, so
        that asking before each batch costs nothing.

        Raises:
            ProcessGroupError: If rank 0 has left the trial.
        """
        self._asked += 1
        if self._asked <= self._free_until:
            return False
        name = f"stop {self._leases}"
        self._leases += 1
        if self.rank == 0:
            granted = 0 if wish else self._next_lease()
            self._store.set(name, str(granted))
        else:
            granted = int(self._read(name))
        self._free_until = self._asked - 1 + granted
        return granted == 0

    def end(self) -> None:
        """Tell the others that rank 0 decides nothing more."""
        if self.rank == 0:
            self._store.set(_OVER, "1")

    def _next_lease(self) -> int:
        now = time.monotonic()
        seconds = now - self._leased_at
        self._leased_at = now
        # Doubled at the most: the next batches may be slower.
        fitting = int(self._lease * _LEASE_SECONDS / max(seconds, 1e-6))
        self._lease = max(1, min(fitting, 2 * self._lease))
        return self._lease

    def _read(self, name: str) -> str:
        pause = _POLL_SECONDS
        while not self._store.check([name]):
            if self._store.check([_OVER]) and not self._store.check([name]):
                raise ProcessGroupError(
                    f"Rank {self.rank} waits for rank 0 ({name}), which has left the trial. All "
                    "ranks of a trial make the same calls of report and should_stop."
                )
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_POLL_SECONDS)
        return bytes(self._store.get(name)).decode()
