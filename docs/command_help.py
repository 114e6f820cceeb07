"""Writes ``reference/command-line.md`` from the commands' own help; with ``-`` shows it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent / "reference" / "command-line.md"
HEAD = """\
# Command line

What each command's `--help` says. [How to use them](../how-to/command-line.md).
"""


def commands(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Return the words of a command and of all below it."""
    yield words
    for name, below in sorted(getattr(command, "commands", {}).items()):
        yield from commands(below, (*words, name))


def page() -> str:
    """Return the page's text."""
    os.environ.update({"COLUMNS": "90", "TERMINAL_WIDTH": "90", "NO_COLOR": "1"})
    os.environ.pop("FRAMEWORM_STORAGE", None)
    import typer
    from typer.testing import CliRunner

    from frameworm.cli.app import app

    parts = [HEAD]
    for words in commands(typer.main.get_command(app), ("frameworm",)):
        shown = CliRunner().invoke(app, [*words[1:], "--help"], prog_name="frameworm")
        text = re.sub(r"[ \t]+$", "", shown.output, flags=re.MULTILINE).strip()
        parts.append(f"{'#' * min(len(words) + 1, 3)} {' '.join(words)}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    if sys.argv[1:] == ["-"]:
        sys.stdout.write(page())
    else:
        PAGE.write_text(page(), encoding="utf-8")
