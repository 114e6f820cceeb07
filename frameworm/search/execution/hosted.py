"""Run trials in worker processes beside an executor's own, on whatever machine that is.

So what needs Frameworm's workers is had with any executor: a trial can be killed for its time, it
sees the GPUs that are its own from the start, and several processes can run it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.util
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from pathlib import Path

from frameworm.errors import SearchArgumentError
from frameworm.search.execution.devices import Devices, found_gpus
from frameworm.search.execution.local import Local
from frameworm.search.execution.runner import Run
from frameworm.search.execution.workers.worker_pool import close_idle
from frameworm.trial.outcome import Outcome
from frameworm.trial.spec import TrialSpec

__all__ = ["Hosted"]

_runners: list[Local] = []


@dataclass(frozen=True)
class Hosted:
    """An objective that an executor's process runs in a worker, or several, of its own.

    Attributes:
        run: The objective.
        key: Names it.
        trial_timeout: Seconds after which a trial is killed.
        devices: The GPUs of each machine, dealt out among the executor's processes there.
        finds_gpus: Whether the GPUs are those that the process finds on its machine.
    """

    run: Run
    key: str
    trial_timeout: float | None = None
    devices: Devices = field(default_factory=Devices)
    finds_gpus: bool = False

    def __call__(self, spec: TrialSpec) -> Outcome:
        """Run a trial; raise what it ended with, if not with an outcome.

        Raises:
            SearchArgumentError: If processes of the executor may not start others.
        """
        runner = self._runner()
        runner.submit(spec)
        try:
            while not (done := runner.wait(1.0)):
                pass
        except BaseException:
            runner.drop(spec.claim)
            raise
        [(_, answer)] = done
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _runner(self) -> Local:
        own = _Own.of_this_thread(self.key)
        if own.runner is None:
            _end_with_process()
            if multiprocessing.current_process().daemon:
                raise SearchArgumentError(
                    "trial_timeout, gpus and processes_per_trial start processes, which daemonic "
                    "ones such as Dask's workers may not. Set the Dask option "
                    "distributed.worker.daemon to False, or leave these arguments out."
                )
            own.runner = Local(self.run, 1, self.key, self.trial_timeout, self._share(own))
            _runners.append(own.runner)
        return own.runner

    def _share(self, own: _Own) -> Devices:
        devices = self.devices
        if self.finds_gpus:
            devices = replace(devices, gpus=found_gpus(devices.processes))
        if not devices.gpus:
            return devices
        groups = devices.groups
        seat = own.seats.enter_context(_seat(self.key, len(groups)))
        return replace(devices, gpus=groups[seat])


class _Own:
    """What a thread of an executor's process has for the search it works for."""

    _threads = threading.local()

    def __init__(self, key: str) -> None:
        self.key = key
        self.runner: Local | None = None
        self.seats = contextlib.ExitStack()

    @classmethod
    def of_this_thread(cls, key: str) -> _Own:
        own: _Own | None = getattr(cls._threads, "own", None)
        if own is None or own.key != key:
            if own is not None:
                own.seats.close()
                if own.runner is not None:
                    own.runner.close(kill=False)
                    _runners.remove(own.runner)
            own = cls._threads.own = cls(key)
        return own


@cache
def _end_with_process() -> None:
    """Have the workers killed when this process ends: multiprocessing would wait for them."""
    if multiprocessing.parent_process() is not None:
        multiprocessing.util.Finalize(None, _end, exitpriority=100)


def _end() -> None:
    for runner in _runners:
        runner.close(kill=True)
    close_idle()


@contextlib.contextmanager
def _seat(key: str, groups: int) -> Iterator[int]:
    """Hold the group of GPUs that fewest processes of this machine hold; the system frees it."""
    from filelock import FileLock, Timeout

    folder = Path(tempfile.gettempdir()) / f"frameworm-gpus-{key}"
    folder.mkdir(exist_ok=True)
    for taken in count():
        for group in range(groups):
            lock = FileLock(folder / f"{group}.{taken}", thread_local=False)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue
            try:
                yield group
            finally:
                lock.release()
            return
