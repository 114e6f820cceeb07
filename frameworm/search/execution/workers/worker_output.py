"""What trials print in worker processes: brought to the driver, line by line.

Each worker's standard output and error are pipes to its driver, which writes whole lines to its
own. So a live bar, which takes over the driver's ``sys.stdout``, stays below them, and a notebook
shows them.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
import sys
import threading
from multiprocessing.connection import Connection
from typing import Any, AnyStr

__all__ = ["WorkerOutput", "as_shown", "last_drawn", "send_output"]

_END = b"\0"
"""The driver writes it into a pipe to learn when everything before it has been read."""
_STREAMS = {"stdout": 1, "stderr": 2}
_MOVES = re.compile(r"\x1b\[[0-9;?]*[A-Za-ln-z]")
"""Terminal sequences other than colours: a bar's way to lines that are elsewhere by then."""
_BLOCK = 1 << 16
_LONGEST_LINE = 1 << 20
_SETTLE_SECONDS = 2.0


class WorkerOutput:
    """The driver's side of one worker's output.

    Attributes:
        ends: What the worker writes to, by stream; travels to it when it is started. Empty on
            Windows, whose pipes a process cannot take for its output: there workers write past
            their driver.
    """

    def __init__(self) -> None:
        self.ends: dict[str, Any] = {}
        self._readers: list[_Reader] = []
        if os.name != "posix":
            return
        for stream in _STREAMS:
            source, end = multiprocessing.Pipe(duplex=False)
            self.ends[stream] = end
            self._readers.append(_Reader(source, end, stream))

    def end_trial(self) -> None:
        """Finish the last line of a trial, which may have no end of its own."""
        for reader in self._readers:
            reader.mark()

    def settle(self) -> None:
        """Wait until all that was written before has been shown."""
        for reader in self._readers:
            reader.mark()
        for reader in self._readers:
            reader.settle()

    def close(self) -> None:
        """Show the rest of a worker that is gone."""
        self.settle()
        for reader in self._readers:
            reader.close()
        self.ends.clear()


class _Reader:
    """Reads one pipe in a thread of its own: a worker never waits for a busy driver."""

    def __init__(self, source: Connection, end: Connection, stream: str) -> None:
        self._source = source
        self._end = end
        self._stream = stream
        self._marks = 0
        self._seen = 0
        self._changed = threading.Condition()
        threading.Thread(target=self._read, name=f"worker {stream}", daemon=True).start()

    def mark(self) -> None:
        self._marks += 1
        with contextlib.suppress(OSError):
            os.write(self._end.fileno(), _END)

    def settle(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._seen >= self._marks, _SETTLE_SECONDS)

    def close(self) -> None:
        # The thread ends when the last process that holds the other end is gone.
        self._end.close()

    def _read(self) -> None:
        rest = b""
        with contextlib.suppress(OSError, ValueError):
            while block := os.read(self._source.fileno(), _BLOCK):
                lines, rest = _split(rest + block)
                self._show(lines)
                if marks := block.count(_END):
                    with self._changed:
                        self._seen += marks
                        self._changed.notify_all()
        self._show([rest] if rest else [])
        self._source.close()

    def _show(self, lines: list[bytes]) -> None:
        stream = getattr(sys, self._stream)
        if not lines or stream is None:
            return
        # One call for whole lines, so that those of other threads stay whole.
        with contextlib.suppress(OSError, ValueError):
            texts = (as_shown(line.decode(errors="replace")) for line in lines)
            stream.write("".join(f"{text}\n" for text in texts))
            stream.flush()


def _split(read: bytes) -> tuple[list[bytes], bytes]:
    """Return the whole lines of what was read, and the beginning of the next one."""
    lines: list[bytes] = []
    rest = b""
    for part in read.split(_END):
        if rest:
            lines.append(rest)
        *whole, rest = part.split(b"\n")
        lines.extend(whole)
    rest = last_drawn(rest)
    return ([*lines, rest], b"") if len(rest) > _LONGEST_LINE else (lines, rest)


def last_drawn(line: AnyStr) -> AnyStr:
    """Return what a terminal shows of a line: a progress bar draws itself over and over."""
    back: Any = "\r" if isinstance(line, str) else b"\r"
    return line[line.rstrip(back).rfind(back) + 1 :]


def as_shown(line: str) -> str:
    """Return a line as it looks in the end, without moves of the cursor; colours stay."""
    return _MOVES.sub("", last_drawn(line).rstrip("\r"))


def send_output(ends: dict[str, Any]) -> None:
    """Make this process's output go to its driver.

    Args:
        ends: As :class:`WorkerOutput` has them.
    """
    for stream, end in ends.items():
        number = _STREAMS[stream]
        os.dup2(end.fileno(), number)
        end.close()
        # A new one: the old one may believe that it writes to a file or a terminal.
        file = os.fdopen(number, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)
        setattr(sys, stream, file)
        setattr(sys, f"__{stream}__", file)
