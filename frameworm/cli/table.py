"""Tables that fit a terminal without cropping a number or a name; in a pipe as wide as need be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from frameworm.cli.screen import is_terminal

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

__all__ = ["table"]

_LEAST = 12
"""Cells of optional columns keep so many characters, which is room for any number shown."""
_GAP = 2
_STYLES = {
    "complete": "green",
    "completed": "green",
    "failed": "red",
    "running": "cyan",
    "abandoned": "magenta",
    "pruned": "yellow",
    "waiting": "dim",
}


@dataclass(frozen=True)
class _Column:
    """A column, and how wide it is or may become."""

    name: str
    cells: tuple[str, ...]
    is_number: bool
    is_optional: bool

    @property
    def natural(self) -> int:
        """The width that shows everything."""
        from rich.cells import cell_len

        return max(map(cell_len, (self.name, *self.cells)))

    @property
    def least(self) -> int:
        """The width below which something would be lost."""
        from rich.cells import cell_len

        if not self.is_optional:
            return self.natural
        return max(cell_len(self.name), min(self.natural, _LEAST))


def table(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    right: Iterable[str] = (),
    optional: Iterable[str] = (),
) -> RenderableType:
    """Return a table.

    Args:
        header: The columns' names.
        rows: The cells, shown as they are, never read as markup.
        right: The columns whose cells stand to the right, as numbers do.
        optional: The columns that may be shortened, and then left out from the last on, where a
            terminal is too narrow; a last column then says how many there are more. Dotted names
            among them may lose all but the end that tells them apart.

    Returns:
        On a terminal a rich table that fits it; in a pipe plain text as wide as it needs.
    """
    numbers, spare = set(right), set(optional)
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    columns = [
        _Column(name, tuple(column), name in numbers, name in spare)
        for name, column in zip(header, zip(*cells, strict=True), strict=True)
    ]
    return _rich_table(columns) if is_terminal() else _plain_table(columns)


def _plain_table(columns: Sequence[_Column]) -> str:
    padded = [
        [
            cell.rjust(column.natural) if column.is_number else cell.ljust(column.natural)
            for cell in (column.name, *column.cells)
        ]
        for column in columns
    ]
    return "\n".join("  ".join(row).rstrip() for row in zip(*padded, strict=True))


def _rich_table(columns: Sequence[_Column]) -> Table:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    fitted = _fit(columns, Console().width)
    made = Table(
        box=box.SIMPLE_HEAD,
        header_style="bold",
        border_style="dim",
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
    )
    for column, width in fitted:
        made.add_column(
            Text(column.name),
            justify="right" if column.is_number else "left",
            width=width,
            no_wrap=column.is_optional,
            overflow="ellipsis" if column.is_optional else "fold",
        )
    for row in zip(*(column.cells for column, _ in fitted), strict=True):
        made.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
    return made


def _fit(columns: Sequence[_Column], room: int) -> list[tuple[_Column, int]]:
    """Return the columns there is room for, and their widths."""
    if _width(column.natural for column in columns) > room:
        columns = _with_short_names(columns)
    kept, left_out = list(columns), 0
    shown = kept
    while _width(column.least for column in shown) > room:
        optional = [column for column in kept if column.is_optional]
        if not optional:
            break
        kept.remove(optional[-1])
        left_out += 1
        note = _Column(f"+{left_out} more", ("…",) * len(columns[0].cells), False, False)
        shown = [*kept, note]
    widths = [column.least for column in shown]
    while _width(widths) > room and max(widths) > _LEAST:
        # Nothing is left to leave out: the widest columns wrap.
        widths[widths.index(max(widths))] -= 1
    spare = room - _width(widths)
    for index, column in enumerate(shown):
        given = max(0, min(spare, column.natural - widths[index]))
        widths[index] += given
        spare -= given
    return list(zip(shown, widths, strict=True))


def _width(widths: Iterable[int]) -> int:
    listed = list(widths)
    return sum(listed) + _GAP * (len(listed) - 1)


def _with_short_names(columns: Sequence[_Column]) -> list[_Column]:
    """Return the columns with optional dotted names cut to the last part where it is unique."""
    ends = Counter(column.name.rpartition(".")[2] for column in columns)
    return [
        replace(column, name=end)
        if column.is_optional and ends[end := column.name.rpartition(".")[2]] == 1
        else column
        for column in columns
    ]
