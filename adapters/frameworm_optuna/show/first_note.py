"""The note that plain optuna-dashboard shows of a study until Frameworm's dashboard adds to it."""

from __future__ import annotations

from typing import Any

from frameworm.search.study.settings import StudySettings

__all__ = ["note_attrs"]

_PART = 2045
"""So much of a note optuna-dashboard keeps in one attribute."""


def note_attrs(settings: StudySettings) -> dict[str, Any]:
    """Return a new study's note as the system attributes ``optuna_dashboard.save_note`` writes.

    Args:
        settings: What the study is about.
    """
    rows = "\n".join(f"| {key} | `{dimension!r}` |" for key, dimension in settings.space.items())
    pruner = f", pruned by {settings.pruner_name}" if settings.pruner_name else ""
    text = (
        f"**{settings.strategy.name.capitalize()} search** by Frameworm for {settings.goals}"
        f"{pruner}.\n\n| parameter | searched |\n|---|---|\n{rows}\n\n"
        "`frameworm dashboard` writes the verdict, the best configuration and pictures here."
    )
    parts = [text[start : start + _PART] for start in range(0, len(text), _PART)]
    return {
        "dashboard:note_ver": 1,
        **{f"dashboard:note_str:{index}": part for index, part in enumerate(parts)},
    }
