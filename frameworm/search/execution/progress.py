"""Show how far a search is: a live bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

__all__ = ["BarProgress", "LineProgress", "NoProgress", "Progress", "Standing", "make_progress"]

_FIRST_LINE_SECONDS = 2.0
_LINE_SECONDS = 10.0


@dataclass
class Standing:
    """How far a search is.

    Attributes:
        total: Trials in all.
        done: Finished trials.
        running: Trials in flight here.
        failed: Failed trials among the finished.
        pruned: Pruned trials among the finished.
        best: The best score so far, ``None`` without one.
        best_params: Its parameters.
        front: With several objectives, how many trials none is better than; else ``None``.
    """

    total: int
    done: int = 0
    running: int = 0
    failed: int = 0
    pruned: int = 0
    best: float | None = None
    best_params: Mapping[str, Any] = field(default_factory=dict)
    front: int | None = None

    def describe(self) -> str:
        """Return failures and the best so far in one line."""
        failed = f"{self.failed} failed, " if self.failed else ""
        failed += f"{self.pruned} pruned, " if self.pruned else ""
        if self.front is not None:
            return f"{failed}{self.front} on the Pareto front"
        if self.best is None:
            # A search with nothing left to run does not read the scores there are.
            has_scores = self.done > self.failed + self.pruned
            return failed + ("nothing left to run" if has_scores else "no score yet")
        params = ", ".join(f"{key}={_short(value)}" for key, value in self.best_params.items())
        return f"{failed}best {self.best:.6g} ({params})"


def _short(value: Any) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 24 else f"{text[:23]}…"


class Progress(Protocol):
    """Shows a search's standing."""

    def show(self, standing: Standing) -> None:
        """Show it now, or leave it if it was shown a moment ago."""
        ...

    def tell(self, text: str) -> None:
        """Show lines that stay."""
        ...

    def close(self, standing: Standing) -> None:
        """Show it for the last time."""
        ...


class NoProgress:
    """Shows nothing."""

    def show(self, standing: Standing) -> None:
        """Show nothing."""

    def tell(self, text: str) -> None:
        """Show nothing."""

    def close(self, standing: Standing) -> None:
        """Show nothing."""


class LineProgress:
    """Prints a line now and then: for pipes, logs and notebooks.

    Args:
        name: The study's name.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._started = time.monotonic()
        self._next = self._started + _FIRST_LINE_SECONDS

    def show(self, standing: Standing) -> None:
        """Print a line if the last one is some seconds old."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _LINE_SECONDS
            self._print(standing)

    def tell(self, text: str) -> None:
        """Print the lines."""
        print(text, flush=True)  # noqa: T201

    def close(self, standing: Standing) -> None:
        """Print the last line."""
        self._print(standing)

    def _print(self, standing: Standing) -> None:
        seconds = time.monotonic() - self._started
        print(  # noqa: T201  # progress is one of the places the guide prints
            f"{self._name}: {standing.done}/{standing.total} trials in {seconds:.1f} s, "
            f"{standing.describe()}",
            flush=True,
        )


class BarProgress:
    """A live bar on a terminal, drawn by rich; what trials print goes above it.

    Args:
        name: The study's name.
    """

    def __init__(self, name: str) -> None:
        from rich.console import Console
        from rich.live import Live

        from frameworm.search.execution.above_bar import AboveBar

        self._name = name
        self._started = time.monotonic()
        self._done_before: int | None = None
        self._done = 0
        self._next = self._next_begun = 0.0
        self._begun: list[str] = []
        self._bar: list[RenderableType] = [_one_line(f"{name}: opening")]
        # It moves when it is told to: no thread of its own draws into what a trial prints.
        self._live = Live(
            self._bar[0],
            console=Console(file=sys.stdout),
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()
        self._above = AboveBar(self.tell, self._show_begun)

    def show(self, standing: Standing) -> None:
        """Move the bar, at most ten times a second: drawing must not slow short trials."""
        if standing.done != self._done:
            self._done = standing.done
            self._above.end_lines()
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + 0.1
            self._bar = self._drawn(standing)
            self._refresh()

    def tell(self, text: str) -> None:
        """Print the lines above the bar."""
        from rich.text import Text

        # Markup in it is text, and the terminal breaks a long line.
        self._live.console.print(Text.from_ansi(text), soft_wrap=True)

    def close(self, standing: Standing) -> None:
        """Draw the last standing and leave it on the screen."""
        self._above.close()
        self._bar = self._drawn(standing)
        self._refresh()
        self._live.stop()

    def _show_begun(self, lines: list[str]) -> None:
        """Show lines that trials are still writing, such as bars of their own."""
        is_new = len(lines) != len(self._begun)
        self._begun = lines
        if is_new or time.monotonic() >= self._next_begun:
            self._next_begun = time.monotonic() + 0.1
            self._refresh()

    def _refresh(self) -> None:
        from rich.console import Group

        begun = map(_one_line, self._begun)
        self._live.update(Group(*begun, *self._bar), refresh=True)

    def _drawn(self, standing: Standing) -> list[RenderableType]:
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        line = Table.grid(padding=(0, 1))
        line.add_row(
            Text(self._name, style="bold", no_wrap=True, overflow="ellipsis"),
            ProgressBar(total=max(standing.total, 1), completed=standing.done, width=24),
            Text(f"{standing.done}/{standing.total}", no_wrap=True),
            Text(self._times(standing), no_wrap=True),
        )
        return [line, _one_line(f"  {standing.running} running, {standing.describe()}")]

    def _times(self, standing: Standing) -> str:
        """Return the time taken, and what the rest takes at the rate of this run so far."""
        elapsed = time.monotonic() - self._started
        if self._done_before is None:
            self._done_before = standing.done
        here, rest = standing.done - self._done_before, standing.total - standing.done
        left = f", {_clock(elapsed / here * rest)} left" if here and rest > 0 else ""
        return f"{_clock(elapsed)}{left}"


def _one_line(text: str) -> Text:
    from rich.text import Text

    line = Text.from_ansi(text)
    line.no_wrap, line.overflow = True, "ellipsis"
    return line


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def make_progress(name: str, verbose: bool) -> Progress:
    """Return what shows the progress here.

    Args:
        name: The study's name.
        verbose: Whether to show anything.
    """
    if not verbose:
        return NoProgress()
    return BarProgress(name) if sys.stdout.isatty() else LineProgress(name)
