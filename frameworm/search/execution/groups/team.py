"""Workers that run a trial together, in the place of one: the driver's side of a group."""

from __future__ import annotations

import contextlib
import math
import queue
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from frameworm.errors import TrialInterrupted
from frameworm.search.execution.groups.member import Part, Seat, is_bad, work_together
from frameworm.search.execution.groups.verdict import verdict
from frameworm.search.execution.runner import WorkerDiedError, answer_of
from frameworm.search.execution.workers.worker_pool import Worker, recruit
from frameworm.search.execution.workers.worker_process import Missing, Spent
from frameworm.trial.spec import TrialSpec

__all__ = ["Team"]

_LEAVE_SECONDS = 10.0
"""How long the others may go on once a rank has failed or rank 0 has ended."""
_LOST_SECONDS = 5.0
"""The same where a rank has died, or where the search is being stopped."""


class Team:
    """One worker for each rank; whoever holds it sees one worker.

    Args:
        environments: The variables of each rank's process.
        slot: The team's place in the pool.

    Attributes:
        has: Names the objective the processes were sent last.
    """

    def __init__(self, environments: Sequence[dict[str, str]], slot: int) -> None:
        self.slot = slot
        self.has: str | None = None
        self._members = [recruit(environment, slot) for environment in environments]
        self._ending = threading.Lock()
        self._ended: set[Worker] = set()
        self._sound: set[Worker] = set()

    def prepare(self, key: str, payload: bytes) -> Future[Any]:
        """Send every process the objective."""
        sent = [member.prepare(key, payload) for member in self._members]
        self.has = key
        left = len(sent)
        lock = threading.Lock()
        prepared: Future[Any] = Future()

        def note(future: Future[Any]) -> None:
            nonlocal left
            with lock:
                left -= 1
                if prepared.done():
                    return
                if (error := future.exception()) is not None:
                    prepared.set_exception(error)
                elif not left:
                    prepared.set_result(None)

        for each in sent:
            each.add_done_callback(note)
        return prepared

    def run(self, key: str, spec: TrialSpec) -> Future[Any]:
        """Run a trial in all processes, and watch them."""
        folder = tempfile.mkdtemp(prefix="frameworm-group-")
        meeting, port = str(Path(folder) / "meeting"), _free_port()
        ended: queue.SimpleQueue[tuple[int, Future[Any]]] = queue.SimpleQueue()
        try:
            for rank, member in enumerate(self._members):
                seat = Seat(rank, len(self._members), meeting, port)
                part = member.submit(work_together, seat, key, spec)
                part.add_done_callback(_noted(ended, rank))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        answer: Future[Any] = Future()
        threading.Thread(
            target=self._watch, args=(ended, answer, folder), name="trial group", daemon=True
        ).start()
        return answer

    def ask_to_stop(self) -> None:
        """Ask rank 0, which tells the others."""
        self._members[0].ask_to_stop()

    def end_trial(self) -> None:
        """Finish the last lines of a trial."""
        for member in self._members:
            member.end_trial()

    def settle(self) -> None:
        """Wait until all that was printed has been shown."""
        for member in self._members:
            member.settle()

    def end(self) -> None:
        """Kill all processes, with whatever they started."""
        for member in self._members:
            self._end(member)

    def bury(self) -> None:
        """Keep those that a dead one has left and that are sound, for the next team."""
        for member in self._members:
            if member in self._sound:
                member.rest()
            else:
                self._end(member)

    def renewed(self) -> Team:
        """Return another in the place of one that died while idle."""
        self.end()
        self._members = [member.renewed() for member in self._members]
        self._ended.clear()
        self.has = None
        return self

    def rest(self) -> None:
        """Leave the processes to the next search."""
        for member in self._members:
            member.rest()

    def _end(self, member: Worker) -> None:
        with self._ending:
            if member not in self._ended:
                self._ended.add(member)
                member.end()

    def _watch(
        self,
        ended: queue.SimpleQueue[tuple[int, Future[Any]]],
        answer: Future[Any],
        folder: str,
    ) -> None:
        """Wait for all ranks; once one has failed, not for ever."""
        parts: dict[int, Part] = {}
        deadline: float | None = None
        with contextlib.suppress(queue.Empty):
            while len(parts) < len(self._members):
                rank, future = ended.get(
                    timeout=None if deadline is None else max(0.0, deadline - time.monotonic())
                )
                parts[rank] = _part(future)
                found = _inner(parts[rank].answer)
                if isinstance(found, Missing):
                    break
                if rank == 0 or is_bad(found):
                    is_lost = isinstance(found, (TrialInterrupted, WorkerDiedError))
                    grace = _LOST_SECONDS if is_lost else _LEAVE_SECONDS
                    deadline = min(deadline or math.inf, time.monotonic() + grace)
        stuck = [rank for rank in range(len(self._members)) if rank not in parts]
        for rank in stuck:
            self._end(self._members[rank])
        shutil.rmtree(folder, ignore_errors=True)
        self._answer(answer, parts)

    def _answer(self, answer: Future[Any], parts: dict[int, Part]) -> None:
        if any(isinstance(part.answer, Missing) for part in parts.values()):
            # One had ended itself after a long rest.
            self.renewed()
            answer.set_result(Missing())
            return
        self._sound = {
            self._members[rank]
            for rank, part in parts.items()
            if part.is_sound and not isinstance(part.answer, Spent)
        }
        plain = {rank: Part(_inner(part.answer), part.ended) for rank, part in parts.items()}
        found = verdict(plain)
        if isinstance(found, WorkerDiedError):
            answer.set_exception(found)
            return
        # Processes that have left in disorder may not find together again.
        is_whole = len(self._sound) == len(self._members)
        answer.set_result(found if is_whole else Spent(found))


def _noted(ended: queue.SimpleQueue[Any], rank: int) -> Callable[[Future[Any]], None]:
    return lambda future: ended.put((rank, future))


def _part(future: Future[Any]) -> Part:
    answer = answer_of(future)
    return answer if isinstance(answer, Part) else Part(answer, time.monotonic())


def _inner(answer: Any) -> Any:
    return answer.outcome if isinstance(answer, Spent) else answer


def _free_port() -> int:
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        return int(own.getsockname()[1])
