"""What commands print: for a person at a terminal, as plain text in a pipe, or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from frameworm.core.json_values import text_of, value_to_json

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = [
    "echo",
    "facts",
    "is_terminal",
    "jsonable",
    "moment",
    "print_json",
    "show",
    "value",
]


def is_terminal() -> bool:
    """Whether a person reads the output."""
    return sys.stdout.isatty()


def echo(text: str = "") -> None:
    """Print a line as it is."""
    print(text)  # noqa: T201  # a command prints


def print_json(document: Any) -> None:
    """Print a document as JSON.

    Args:
        document: Of dictionaries, lists and plain values.
    """
    echo(json.dumps(document, indent=2, ensure_ascii=False, default=str))


def jsonable(found: Any) -> Any:
    """Return any value as JSON can hold it; not-a-number and infinities become text."""
    return value_to_json(found)


def value(found: Any) -> str:
    """Return a score or metric as people read it; nothing for none."""
    return "" if found is None else text_of(found)


def moment(found: datetime | None) -> str:
    """Return a time to the second; nothing for none."""
    return "" if found is None else f"{found:%Y-%m-%d %H:%M:%S}"


def facts(pairs: Iterable[tuple[str, str]]) -> RenderableType:
    """Return names and values, one pair a line."""
    from rich.table import Table
    from rich.text import Text

    listed = list(pairs)
    if not is_terminal():
        width = max((len(name) for name, _ in listed), default=0)
        return "\n".join(f"{name:<{width}}  {' '.join(text.split())}" for name, text in listed)
    made = Table.grid(padding=(0, 2))
    made.add_column(style="bold", no_wrap=True)
    made.add_column(overflow="fold")
    for name, text in listed:
        made.add_row(Text(name), Text(text))
    return made


def show(*parts: RenderableType) -> None:
    """Print parts one under the other."""
    if not is_terminal():
        for part in parts:
            echo(str(part))
        return
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    for part in parts:
        # Text is wrapped by the terminal: what is copied from there is then as it was.
        console.print(part, soft_wrap=isinstance(part, str))
