"""What a dashboard shows of a study beside its trials."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["StudyPage"]


@dataclass(frozen=True)
class StudyPage:
    """A study's note and files.

    Attributes:
        name: The study's name.
        note: What it is about, and its best configuration, in Markdown.
        pictures: Draws the study into files in a folder, and returns them.
        checkpoints: Files of its best trials, by the name to show them under.
    """

    name: str
    note: str
    pictures: Callable[[Path], list[Path]]
    checkpoints: Mapping[str, Path] = field(default_factory=dict)
