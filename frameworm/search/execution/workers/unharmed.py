"""What a train function may change in its process, put back for the next trial."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading

# `signal` makes a member of an enumeration of each handler, which takes ten times as long.
from _signal import getsignal  # type: ignore[import-not-found]
from collections.abc import Iterator
from typing import Any

__all__ = ["Harm", "unharmed"]

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGCHLD", "SIGPIPE")
_SIGNALS = [int(getattr(signal, name)) for name in _NAMES if hasattr(signal, name)]


class Harm:
    """What could not be put back.

    Attributes:
        lasts: Whether the process should run no further trial.
    """

    def __init__(self) -> None:
        self.lasts = False


@contextlib.contextmanager
def unharmed() -> Iterator[Harm]:
    """Put back what the block changes: working directory, signals, output, memory limit.

    Only in the main thread: in another one, changes may be those of a trial beside it.

    Yields:
        What could not be put back, known once the block has ended.
    """
    harm = Harm()
    if threading.current_thread() is not threading.main_thread():
        yield harm
        return
    folder = _folder()
    handlers = _handlers()
    streams = sys.stdin, sys.stdout, sys.stderr
    copies = _copies()
    limit = _memory_limit()
    try:
        yield harm
    finally:
        # First, for all else may need memory.
        harm.lasts = not _set_memory_limit(limit)
        for number, copy in copies.items():
            os.dup2(copy, number)
            os.close(copy)
        sys.stdin, sys.stdout, sys.stderr = streams
        harm.lasts |= any(stream is not None and stream.closed for stream in streams[1:])
        for number, handler in handlers.items():
            if getsignal(number) is not handler:
                signal.signal(number, handler)
        if folder is not None and _folder() != folder:
            with contextlib.suppress(OSError):  # it was deleted
                os.chdir(folder)


def _folder() -> str | None:
    try:
        return os.getcwd()  # noqa: PTH109 - a Path would be made for every trial
    except OSError:
        return None


def _handlers() -> dict[int, Any]:
    handlers = {number: getsignal(number) for number in _SIGNALS}
    # None is a handler that C has set, which Python cannot set back.
    return {number: handler for number, handler in handlers.items() if handler is not None}


def _copies() -> dict[int, int]:
    copies = {}
    for number in (0, 1, 2):
        with contextlib.suppress(OSError):  # closed before, as under a service
            copies[number] = os.dup(number)
    return copies


def _memory_limit() -> tuple[int, int] | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    return resource.getrlimit(resource.RLIMIT_AS)


def _set_memory_limit(limit: tuple[int, int] | None) -> bool:
    if limit is None or _memory_limit() == limit:
        return True
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_AS, limit)
    except (OSError, ValueError):  # the hard limit was lowered, which only root can undo
        return False
    return True
