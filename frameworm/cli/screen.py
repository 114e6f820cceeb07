"""What commands print: coloured tables on a terminal, aligned columns in a pipe, or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from frameworm.core.json_values import name_of, value_to_json

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

__all__ = [
    "echo",
    "facts",
    "is_terminal",
    "jsonable",
    "moment",
    "print_json",
    "show",
    "table",
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
    """Return a parameter's or metric's value as people read it."""
    if found is None:
        return ""
    return f"{found:.6g}" if isinstance(found, float) else name_of(found)


def moment(found: datetime | None) -> str:
    """Return a time to the second; nothing for none."""
    return "" if found is None else f"{found:%Y-%m-%d %H:%M:%S}"


def table(
    header: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[str] = ()
) -> RenderableType:
    """Return a table.

    Args:
        header: The columns' names.
        rows: The cells, shown as they are, never read as markup.
        right: The columns whose cells stand to the right, as numbers do.

    Returns:
        On a terminal a rich table; in a pipe plain text as wide as it needs.
    """
    numbers = set(right)
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    if is_terminal():
        return _rich_table(header, cells, numbers)
    return _plain_table(header, cells, numbers)


def _rich_table(header: Sequence[str], rows: list[list[str]], numbers: set[str]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for name in header:
        # Long cells end in an ellipsis; numbers and the first column stay whole.
        kept = name in numbers or name == header[0]
        made.add_column(
            Text(name),
            justify="right" if name in numbers else "left",
            no_wrap=True,
            overflow="fold" if kept else "ellipsis",
        )
    for row in rows:
        made.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
    return made


_STYLES = {
    "complete": "green",
    "completed": "green",
    "failed": "red",
    "running": "cyan",
    "pruned": "yellow",
    "waiting": "dim",
}


def _plain_table(header: Sequence[str], rows: list[list[str]], numbers: set[str]) -> RenderableType:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = []
    for row in [list(header), *rows]:
        padded = [
            cell.rjust(width) if name in numbers else cell.ljust(width)
            for name, cell, width in zip(header, row, widths, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


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

    Console(highlight=False, markup=False).print(*parts, sep="\n")
