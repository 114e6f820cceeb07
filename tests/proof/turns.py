"""Threads that take turns at the statements they send, in an order that the test decides."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from tests.proof.statements import Point, intercepted

__all__ = ["Killed", "Player", "end", "playing"]

_BLOCKED_SECONDS = 0.02
"""Who has not come to its next statement by then waits for a lock that another player holds."""
_END_SECONDS = 30

_here = threading.local()


class Killed(BaseException):
    """Ends an operation at a statement as the death of its process would."""


class Player:
    """A thread that does one operation at a time, and stops before each statement.

    On SQLite it stops before each transaction instead: who holds the write lock must go on.
    """

    def __init__(self) -> None:
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._turn = threading.Semaphore(0)
        self._stopped = threading.Semaphore(0)
        self._is_killed = False
        self.is_idle = True
        self._is_done = True
        self.error: BaseException | None = None
        self._is_stopped = True
        self._thread = threading.Thread(target=self._play, daemon=True)
        self._thread.start()

    def _play(self) -> None:
        _here.player = self
        while (work := self._work.get()) is not None:
            try:
                work()
            except Killed:
                pass
            except BaseException as error:
                self.error = error
            self._is_done = True
            self._stopped.release()

    def begin(self, work: Callable[[], None]) -> None:
        """Begin an operation, up to its first statement."""
        assert self.is_idle
        self.is_idle = self._is_done = False
        self._is_stopped = False
        self._work.put(work)
        self._settle(_BLOCKED_SECONDS)

    def go_on(self, seconds: float = _BLOCKED_SECONDS) -> None:
        """Do one statement and what follows it, up to the next."""
        if self._is_stopped:
            self._is_stopped = False
            self._turn.release()
        self._settle(seconds)

    def _settle(self, seconds: float) -> None:
        self._is_stopped = self._stopped.acquire(timeout=seconds)
        # Only here, lest an operation that was blocked be over before its stop is counted.
        self.is_idle = self._is_stopped and self._is_done
        if self.error is not None:
            raise self.error

    def kill(self) -> bool:
        """Die at the statement that is next; return whether there was one."""
        if self.is_idle or not self._is_stopped:
            return False
        self._is_killed = True
        self.go_on(_END_SECONDS)
        assert self.is_idle
        self._is_killed = False
        return True

    def close(self) -> None:
        """Let the thread end."""
        self._work.put(None)
        self._thread.join()

    def stop_before(self, point: Point, go: Callable[[], None]) -> None:
        """Wait for the next turn, then do the statement."""
        if not point.is_inside:
            if not self._is_killed:
                self._stopped.release()
                self._turn.acquire()
            if self._is_killed:
                raise Killed
        go()


def end(players: Sequence[Player]) -> None:
    """Let all go on, in turns, to the end of their operations."""
    deadline = time.monotonic() + _END_SECONDS
    while busy := [player for player in players if not player.is_idle]:
        assert time.monotonic() < deadline, "an operation does not end"
        for player in busy:
            player.go_on()


@contextlib.contextmanager
def playing() -> Iterator[None]:
    """Have players stop at their statements; other threads are not held up."""

    def around(point: Point, go: Callable[[], None]) -> None:
        player: Player | None = getattr(_here, "player", None)
        if player is None or point.connects:
            go()
        else:
            player.stop_before(point, go)

    with intercepted(around):
        yield
