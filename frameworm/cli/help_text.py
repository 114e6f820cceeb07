"""How help is laid out: in panels for a person at a terminal, in sections for a pipe."""

from __future__ import annotations

import sys
from typing import Any, Literal

from typer.core import TyperCommand, TyperGroup

__all__ = ["MARKUP", "Command", "Group", "examples"]

MARKUP: Literal["rich"] | None = "rich" if sys.stdout.isatty() else None
"""In a pipe help is plain text: no boxes, no colours."""


def examples(*lines: str) -> str:
    """Return the end of a command's help.

    Args:
        *lines: Command lines that can be typed as they are.
    """
    listed = "\n".join(f"  $ {line}" for line in lines)
    # Plain help wraps paragraphs unless they begin like this.
    mark = "" if MARKUP else "\b\n"
    return f"{mark}Examples:\n{listed}"


class Command(TyperCommand):
    """A command whose options stand under the names of their panels, in plain help too."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters; flags and arguments without a type, help in the last panel."""
        params = _without_types(super().get_params(ctx))
        panels = [panel for param in params if (panel := getattr(param, "rich_help_panel", None))]
        for param in params:
            if panels and param.name == "help":
                param.rich_help_panel = panels[-1]
        return params

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the sections of plain help."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            shown = param.get_help_record(ctx)
            if shown is not None:
                plain = "Arguments" if param.param_type_name == "argument" else "Options"
                title = getattr(param, "rich_help_panel", None) or plain
                sections.setdefault(title, []).append(shown)
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl(rows)


class Group(TyperGroup):
    """A group of commands, laid out alike."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters; flags and arguments without a type."""
        return _without_types(super().get_params(ctx))


def _without_types(params: list[Any]) -> list[Any]:
    """Let flags and arguments be shown by their names alone: these say enough."""
    for param in params:
        if getattr(param, "is_flag", False):
            param.metavar = ""
        elif param.param_type_name == "argument":
            param.display_type_rich = lambda ctx: None  # noqa: ARG005  # Typer passes it
    return params
