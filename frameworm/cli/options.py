"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from frameworm.errors import CommandError

__all__ = ["DEFAULT_STORAGE", "AsJson", "Storage", "StudyName", "checked_storage"]

DEFAULT_STORAGE = "sqlite:///frameworm.db"


def _complete_studies(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the names of studies that begin so; none where the storage cannot be read."""
    try:
        from frameworm.search.study.entry_point import find_backend

        storage = checked_storage(ctx.params.get("storage") or DEFAULT_STORAGE)
        names = [study.name for study in find_backend().studies(storage)]
    except Exception:
        # A shell that completes must show names or nothing.
        return []
    return [name for name in names if name.startswith(incomplete)]


def checked_storage(storage: str) -> str:
    """Return a storage URL to read from; reading makes no file.

    Args:
        storage: A database URL, or the path of an SQLite file.

    Raises:
        CommandError: If it is an SQLite file that does not exist.
    """
    if "://" not in storage and Path(storage).is_file():
        return f"sqlite:///{storage}"
    if "://" not in storage:
        raise CommandError(
            f"There is no database {storage}; --storage is a file or a URL such as "
            f"{DEFAULT_STORAGE}."
        )
    path = storage.removeprefix("sqlite:///").partition("?")[0]
    if path != storage and not path.startswith("file:") and not Path(path).is_file():
        raise CommandError(
            f"There is no database {path} here. Give --storage, or start a search with "
            "'frameworm search run'."
        )
    return storage


Storage = Annotated[
    str,
    typer.Option(
        "--storage",
        envvar="FRAMEWORM_STORAGE",
        metavar="URL",
        help="The database: a URL, or the path of an SQLite file.",
    ),
]
StudyName = Annotated[
    str | None,
    typer.Argument(
        metavar="STUDY",
        help="The study's name; may be left out where there is only one.",
        autocompletion=_complete_studies,
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
