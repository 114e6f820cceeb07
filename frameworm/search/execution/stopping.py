"""A stop is not a crash: signals as a wish to stop soon."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

__all__ = ["StopSignals"]

_logger = logging.getLogger("frameworm")
# What a terminal, Slurm, Kubernetes, a spot machine and `docker stop` send.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class StopSignals:
    """Takes the signals that ask a process to stop, while a search runs.

    The first one is a wish, which the driver meets as soon as it can; a second one ends at once.
    Signals that are ignored, as under ``nohup``, stay so. Outside the main thread Python gives no
    signals, and nothing is done.

    Args:
        on_stop: Called in the signal's handler at the first one.

    Attributes:
        received: The number of the first signal; ``None`` before.
    """

    def __init__(self, on_stop: Callable[[], None]) -> None:
        self.received: int | None = None
        self._on_stop = on_stop
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> StopSignals:
        if threading.current_thread() is threading.main_thread():
            for name in _NAMES:
                number = getattr(signal, name, None)
                if number is not None and signal.getsignal(number) not in (signal.SIG_IGN, None):
                    self._previous[number] = signal.signal(number, self._take)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._restore()

    def _restore(self) -> None:
        previous, self._previous = self._previous, {}
        for number, handler in previous.items():
            signal.signal(number, handler)

    def _take(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self.received is not None:
            self._restore()
            raise self.ending(number)
        self.received = number
        _logger.info("Stopping at %s; once more ends at once.", signal.Signals(number).name)
        self._on_stop()

    @staticmethod
    def ending(number: int) -> BaseException:
        """Return what a run that a signal has stopped ends with.

        Returns:
            ``KeyboardInterrupt`` for Ctrl-C; for others ``SystemExit`` with the code a shell gives
            a process that the signal has ended.
        """
        if number == signal.SIGINT:
            return KeyboardInterrupt()
        return SystemExit(128 + number)
