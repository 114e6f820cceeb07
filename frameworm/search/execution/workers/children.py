"""Processes that a trial starts: that they work in a worker, and that none outlives it."""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.reduction
import os
import types
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psutil

__all__ = ["allow_children", "end_all", "ending_children"]

_GRACE_SECONDS = 1.0


def allow_children(start_method: str | None) -> None:
    """Let trials of this worker start processes as they would in the user's own.

    Args:
        start_method: The start method that the user has chosen; ``None`` for the system's.
    """
    # In its workers loky makes its own method the default, which DataLoader does not know.
    multiprocessing.set_start_method(start_method, force=True)
    multiprocessing.reduction.ForkingPickler.reducer_override = _reduce  # type: ignore[method-assign]


def _reduce(pickler: Any, value: Any) -> Any:
    """Send functions and classes of the user's ``__main__`` whole.

    A worker has got them so itself: its ``__main__`` is another, which a child would look in.
    """
    del pickler
    if isinstance(value, (type, types.FunctionType)) and value.__module__ == "__main__":
        import cloudpickle

        return _restore, (cloudpickle.dumps(value),)
    return NotImplemented


def _restore(pickle: bytes) -> Any:
    import cloudpickle

    # What a child sends back may be of these classes, too.
    multiprocessing.reduction.ForkingPickler.reducer_override = _reduce  # type: ignore[method-assign]
    return cloudpickle.loads(pickle)


@contextlib.contextmanager
def ending_children() -> Iterator[None]:
    """End the processes that were started in the block and are still there at its end.

    Those stay that belong to something that lives on: multiprocessing's own servers, and daemonic
    processes such as a closed-over DataLoader's ``persistent_workers``.
    """
    before = {child.pid for child in _children()}
    try:
        yield
    finally:
        if new := [child for child in _children() if child.pid not in before]:
            _end(new, kept=_kept())


def end_all() -> None:
    """Kill all processes that this one has started, and what these have."""
    _kill(_children(recursive=True))


def _children(recursive: bool = False) -> list[psutil.Process]:
    import psutil

    with contextlib.suppress(psutil.Error):
        return psutil.Process().children(recursive)
    return []


def _kept() -> set[int | None]:
    from multiprocessing import forkserver, resource_tracker

    daemons = {child.pid for child in multiprocessing.active_children() if child.daemon}
    tracker = getattr(resource_tracker, "_resource_tracker")  # noqa: B009 - it has no public name
    server = getattr(forkserver, "_forkserver")  # noqa: B009
    servers = {getattr(tracker, "_pid", None), getattr(server, "_forkserver_pid", None)}
    return daemons | servers


def _end(children: Collection[psutil.Process], kept: Collection[int | None]) -> None:
    import psutil

    for child in children:
        if child.pid in kept:
            continue
        with contextlib.suppress(psutil.Error):
            if child.status() != psutil.STATUS_ZOMBIE:
                _kill([*child.children(recursive=True), child])
    # A thread or an object of the trial may be waiting for one of them.
    with contextlib.suppress(ChildProcessError):
        multiprocessing.active_children()


def _kill(processes: Collection[psutil.Process]) -> None:
    import psutil

    mine = os.getpid()
    for process in processes:
        with contextlib.suppress(psutil.Error):
            if process.pid != mine:
                process.kill()
    psutil.wait_procs(list(processes), timeout=_GRACE_SECONDS)
