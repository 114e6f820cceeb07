"""What trials of this process print while a live bar is shown: whole lines, above the bar."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from frameworm.search.execution.workers.worker_output import as_shown, last_drawn

__all__ = ["AboveBar"]

_STREAMS = ("stdout", "stderr")


class AboveBar:
    """Takes the place of standard output and error, until it is closed.

    Handlers of `logging` that write to them write here too: they would draw over the bar.

    Args:
        show: Shows a text of whole lines above the bar.
        show_begun: Shows the lines that are being written, such as a trial's own bar.
    """

    def __init__(
        self, show: Callable[[str], None], show_begun: Callable[[list[str]], None]
    ) -> None:
        self._before = {name: getattr(sys, name) for name in _STREAMS}
        self._lines = {
            name: _Lines(file, show, self._pass_on) for name, file in self._before.items() if file
        }
        self._show_begun = show_begun
        for name, lines in self._lines.items():
            setattr(sys, name, lines)
        self._handlers = [
            (handler, handler.setStream(lines))
            for handler in _stream_handlers()
            for lines in self._lines.values()
            if handler.stream is lines.file
        ]

    def _pass_on(self) -> None:
        begun = (as_shown(lines.begun) for lines in self._lines.values())
        self._show_begun([text for text in begun if text])

    def end_lines(self) -> None:
        """Show what has no end of its own: the trial that has begun it is over."""
        for lines in self._lines.values():
            lines.end()

    def close(self) -> None:
        """Put everything back."""
        self.end_lines()
        for handler, file in self._handlers:
            if file is not None and handler.stream in self._lines.values():
                handler.setStream(file)
        for name, lines in self._lines.items():
            # What a trial has put there itself stays.
            if getattr(sys, name) is lines:
                setattr(sys, name, self._before[name])


class _Lines:
    """A text file that passes on whole lines.

    Args:
        file: What it stands for: whether it is a terminal, its encoding and all else.
        show: Shows a text of whole lines.
        tell_begun: Called when the line that has no end yet has changed.
    """

    def __init__(
        self, file: Any, show: Callable[[str], None], tell_begun: Callable[[], None]
    ) -> None:
        self.file = file
        self.begun = ""
        self._is_bar = False
        self._show = show
        self._tell_begun = tell_begun
        self._lock = threading.RLock()

    def write(self, text: str) -> int:
        with self._lock:
            if self._is_bar and text.endswith("\n") and text[0] not in "\r\n":
                # A warning or a log record comes while a bar stands there: it is no part of it.
                *whole, _ = text.split("\n")
            else:
                *whole, rest = (self.begun + text).split("\n")
                self._is_bar = "\r" in rest or (self._is_bar and not whole)
                self.begun = last_drawn(rest)
                self._tell_begun()
            if whole:
                self._show("\n".join(map(as_shown, whole)))
        return len(text)

    def writelines(self, lines: Any) -> None:
        self.write("".join(lines))

    def flush(self) -> None:
        """Nothing waits here but a line that has no end yet."""

    def end(self) -> None:
        with self._lock:
            text, self.begun = as_shown(self.begun), ""
            if text:
                self._tell_begun()
                self._show(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


def _stream_handlers() -> Iterator[logging.StreamHandler[Any]]:
    loggers = [logging.getLogger(), *logging.Logger.manager.loggerDict.values()]
    for logger in loggers:
        for handler in getattr(logger, "handlers", ()):
            if isinstance(handler, logging.StreamHandler):
                yield handler
