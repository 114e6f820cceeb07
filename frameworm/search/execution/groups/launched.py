"""A script that ``torchrun`` has started: all its processes run each trial together.

Rank 0 drives the search; the others follow it from trial to trial, and take its results or its
error in the end. They open no study: what they need comes through the launcher's store.
"""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from frameworm.errors import ProcessGroupError, TrialInterrupted
from frameworm.search.execution.groups.member import Part, is_bad, membership
from frameworm.search.execution.groups.store_group import Store
from frameworm.search.execution.groups.verdict import verdict
from frameworm.search.execution.runner import Done, Run, WorkerDiedError
from frameworm.search.execution.stopping import StopSignals
from frameworm.search.execution.workers.unharmed import unharmed
from frameworm.trial.claim import Claim
from frameworm.trial.current import ask_to_stop
from frameworm.trial.group import current_group
from frameworm.trial.spec import TrialSpec

__all__ = ["Launch", "Leader", "find_launch", "follow"]

_POLL_SECONDS = 0.02
_PATIENCE_SECONDS = 60.0
_STOP_SECONDS = 3.0
_runs = 0


@dataclass(frozen=True)
class Launch:
    """The processes that a script was started in.

    Attributes:
        rank: This one's number, from 0.
        size: How many there are.
        store: The launcher's store, for one run of a search.
    """

    rank: int
    size: int
    store: Store

    def trial_store(self, number: int) -> Store:
        """Return the part of the store for the run's so-and-so-many-th trial, from 0."""
        return _part(self.store, f"trial {number}")

    def tell(self, name: str, value: Any) -> None:
        """Give the other ranks a value."""
        import cloudpickle

        self.store.set(name, cloudpickle.dumps(value).hex())

    def hear(self, name: str, patience: Callable[[], float] = lambda: math.inf) -> Any:
        """Return a value another rank gives, after waiting for it.

        Args:
            name: Its name.
            patience: Says how many seconds to wait; asked again and again.

        Raises:
            TimeoutError: If it does not come in time.
        """
        begun = time.monotonic()
        while not self.store.check([name]):
            if time.monotonic() - begun >= patience():
                raise TimeoutError
            time.sleep(_POLL_SECONDS)
        return pickle.loads(bytes.fromhex(bytes(self.store.get(name)).decode()))


def find_launch() -> Launch | None:
    """Return the launch that this process is part of; ``None`` for a script started alone.

    It is one if ``torchrun`` has started it with several processes, or the script has joined a
    ``torch.distributed`` group by itself. Within a trial there is none: a search in there is its
    process's own.

    Raises:
        ProcessGroupError: If the others are not found.
    """
    global _runs
    if current_group() is not None or not _is_launched():
        return None
    from torch.distributed.rendezvous import rendezvous

    meet: Any = rendezvous
    try:
        store, rank, size = next(meet("env://"))
    except Exception as error:
        raise ProcessGroupError(
            f"This process is one of several, but the others are not reached: {error}. Start the "
            "script with torchrun."
        ) from error
    # All ranks run the same script, and so its searches in the same order.
    _runs += 1
    return Launch(rank, size, _part(store, f"frameworm {_runs}"))


def _is_launched() -> bool:
    if int(os.environ.get("WORLD_SIZE", "1")) > 1 and "TORCHELASTIC_RUN_ID" in os.environ:
        return True
    if "torch" not in sys.modules or "MASTER_ADDR" not in os.environ:
        return False
    from torch import distributed

    joined = distributed.is_available() and distributed.is_initialized()
    return joined and distributed.get_world_size() > 1


class Leader:
    """Rank 0's runner: runs each trial here while the other ranks run it, too.

    Args:
        run: The objective.
        launch: The processes.
    """

    size = 1
    is_here = True

    def __init__(self, run: Run, launch: Launch) -> None:
        self._run = run
        self._launch = launch
        self._next: TrialSpec | None = None
        self._trials = 0
        self._is_stopping = False
        self._lost: str | None = None

    def submit(self, spec: TrialSpec) -> None:
        """Take the trial that the next ``wait`` runs.

        Raises:
            ProcessGroupError: If a rank did not come back from the last one.
        """
        if self._lost is not None:
            raise ProcessGroupError(f"The group can run no further trial: {self._lost}.")
        self._next = spec

    def wait(self, timeout: float) -> list[Done]:
        """Run the trial taken; ``timeout`` cannot interrupt it."""
        del timeout
        spec, self._next = self._next, None
        if spec is None:
            return []
        number = self._trials
        self._trials += 1
        judge = None if spec.judge is None else _told
        self._launch.tell(f"next {number}", replace(spec, judge=judge))
        parts = {0: _take_part(self._run, self._launch, number, spec)}
        for rank in range(1, self._launch.size):
            try:
                parts[rank] = self._launch.hear(f"part {number} {rank}", self._patience)
            except TimeoutError:
                self._lost = f"rank {rank} did not leave the trial that rank 0 had left"
                parts[rank] = Part(WorkerDiedError(self._lost), time.time())
        return [(spec, verdict(parts))]

    def _patience(self) -> float:
        return _PATIENCE_SECONDS if not self._is_stopping else _STOP_SECONDS

    def ask_to_stop(self) -> None:
        """Ask the running trial, which tells the other ranks."""
        # torchrun stops the others where one has died.
        self._is_stopping = True
        ask_to_stop()

    def ended(self) -> list[Done]:
        """Return nothing: a trial that was not waited for has not run."""
        return []

    def drop(self, claim: Claim) -> bool:
        """Forget a trial that has not begun."""
        del claim
        self._next = None
        return True

    def close(self, kill: bool) -> None:
        """Nothing to let go; the other ranks are dismissed with the search's results."""
        del kill

    @contextlib.contextmanager
    def dismissing(self, found: Callable[[], Any]) -> Iterator[None]:
        """Let the other ranks go when the block ends, as it ends.

        Args:
            found: Returns what they are given.
        """
        error: BaseException | None = None
        try:
            yield
        except BaseException as raised:
            error = raised
            raise
        finally:
            end = f"next {self._trials}"
            try:
                self._launch.tell(end, _End(found(), error))
            except Exception:
                failure = ProcessGroupError(f"Rank 0 ended with {error!r}.")
                self._launch.tell(end, _End(None, failure))


@dataclass(frozen=True)
class _End:
    found: Any
    error: BaseException | None


def follow(run: Run, launch: Launch) -> tuple[Any, BaseException | None]:
    """Run what rank 0 runs until it has ended, in a rank that follows.

    Args:
        run: The objective.
        launch: The processes.

    Returns:
        What rank 0 gives its followers, and the error that it ended with, if it did.
    """
    number = 0
    # A signal is rank 0's to judge, which gets it too; a second one ends this process.
    with StopSignals(lambda: None):
        while not isinstance(told := launch.hear(f"next {number}"), _End):
            part = _take_part(run, launch, number, told)
            launch.tell(f"part {number} {launch.rank}", part)
            number += 1
    return told.found, told.error


def _take_part(run: Run, launch: Launch, number: int, spec: TrialSpec) -> Part:
    answer: Any
    try:
        with (
            membership(launch.trial_store(number), launch.rank, launch.size, spec) as member,
            unharmed(),
        ):
            try:
                answer = run(member.spec)
            except (Exception, TrialInterrupted) as error:
                answer = error
            # Of several machines each has its own monotonic clock.
            ended = time.time()
            member.is_well = not is_bad(answer)
    except (Exception, TrialInterrupted) as error:
        answer, ended = error, time.time()
    return Part(answer, ended)


def _told(step: int, value: float) -> bool:
    raise AssertionError(f"a rank that follows judged step {step} with {value}")


def _part(store: Any, name: str) -> Store:
    from torch.distributed.distributed_c10d import PrefixStore

    part: Callable[[str, Any], Any] = PrefixStore
    found: Store = part(name, store)
    return found
