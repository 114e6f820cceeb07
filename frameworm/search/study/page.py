"""What a dashboard shows of a study beside its trials."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["StudyPage"]


@dataclass(frozen=True)
class StudyPage:
    """A study's note and files.

    Attributes:
        name: The study's name.
        note: What it is about, and its best configuration, in Markdown.
        pictures: Draws the study into files in a folder, and returns them.
        checkpoints: Copies the checkpoints of its best trials into files in a folder, and yields
            each, called by the name to show it under.
    """

    name: str
    note: str
    pictures: Callable[[Path], list[Path]]
    checkpoints: Callable[[Path], Iterable[Path]]
