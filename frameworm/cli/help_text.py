"""How help is laid out: for a person at a terminal, or plain for a pipe."""

from __future__ import annotations

import sys
from typing import Literal

__all__ = ["MARKUP", "examples"]

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
