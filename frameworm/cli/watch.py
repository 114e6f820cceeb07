"""``frameworm search watch``: a study as it goes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from frameworm.cli.help_text import Command, examples
from frameworm.cli.options import DEFAULT_STORAGE, Storage, StudyName, open_study

if TYPE_CHECKING:
    from collections.abc import Callable

    from frameworm.cli.study_view import StudyView
    from frameworm.search.study.backend import Study

__all__ = ["register"]

_SHARE = 5
"""Reading a large study takes at most one part in so many of the time."""


def register(app: typer.Typer) -> None:
    """Add the command to a group."""
    app.command(
        "watch",
        cls=Command,
        epilog=examples(
            "frameworm search watch mnist", "frameworm search watch mnist --every 10 >> log.txt"
        ),
    )(watch)


def watch(
    study: StudyName = None,
    storage: Storage = DEFAULT_STORAGE,
    every: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="Between two looks.")
    ] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Look once.")] = False,
) -> None:
    """Watch a study until all its trials are done; Ctrl-C ends it.

    In a pipe it prints a line whenever something has changed.
    """
    from frameworm.cli.screen import is_terminal

    opened = open_study(study, storage)
    try:
        if is_terminal() and not once:
            _draw(opened, every)
        else:
            _print_lines(opened, every, once)
    finally:
        opened.close()


def _follow(study: Study, every: float, look: Callable[[StudyView], None]) -> None:
    """Look at a study now and then until nothing of it is left to do."""
    from frameworm.cli.study_view import StudyView

    while True:
        started = time.monotonic()
        view = StudyView.of(study)
        look(view)
        if view.done >= view.total:
            return
        time.sleep(max(every, _SHARE * (time.monotonic() - started)))


def _draw(study: Study, every: float) -> None:
    from rich.console import Console, Group
    from rich.live import Live
    from rich.text import Text

    console = Console(highlight=False, markup=False)
    # On a screen of its own, so that what was on the terminal is still there afterwards.
    with Live(console=console, screen=True, auto_refresh=False) as live:
        last: list[Group] = []

        def look(view: StudyView) -> None:
            rows = max(3, (console.height - 22) // 2)
            # An empty text is no line for a group of renderables.
            parts = [Text(" ") if part == "" else part for part in view.parts(rows)]
            foot = Text(f"\n{view.now:%H:%M:%S}, every {every:g} s; Ctrl-C ends it", style="dim")
            last[:] = [Group(*parts)]
            live.update(Group(*parts, foot), refresh=True)

        try:
            _follow(study, every, look)
        finally:
            shown = last[0] if last else None
    if shown is not None:
        console.print(shown)


def _print_lines(study: Study, every: float, once: bool) -> None:
    from frameworm.cli.study_view import StudyView

    if once:
        typer.echo(_line(StudyView.of(study)))
        return
    before = ""

    def look(view: StudyView) -> None:
        nonlocal before
        line = _line(view)
        if line != before:
            typer.echo(f"{view.now:%H:%M:%S} {line}")
        before = line

    _follow(study, every, look)


def _line(view: StudyView) -> str:
    from frameworm.cli.screen import value

    ranked = view.ranked
    if not view.settings.goals.is_single:
        best = f"{len(ranked)} on the Pareto front"
    elif ranked:
        metric, first = view.settings.goals.first.metric, ranked[0]
        best = f"best {metric} {value(first.score)} (trial {first.number})"
    else:
        best = "no score yet"
    idle = ", no run works on it now" if view.is_idle else ""
    return f"{view.name}: {view.done}/{view.total} done ({view.states}), {best}{idle}"
