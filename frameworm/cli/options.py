"""Arguments and options that several commands share, and what they stand for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from frameworm.errors import CommandError, StudyNotFoundError, nearest

if TYPE_CHECKING:
    from frameworm.search.study.backend import Study

__all__ = [
    "DEFAULT_STORAGE",
    "AsJson",
    "Storage",
    "StudyName",
    "checked_storage",
    "one_of",
    "open_study",
    "storage_url",
]

DEFAULT_STORAGE = "sqlite:///frameworm.db"


def storage_url(storage: str) -> str:
    """Return a storage as a database URL.

    Args:
        storage: A database URL, or the path of an SQLite file.
    """
    return storage if "://" in storage else f"sqlite:///{storage}"


def checked_storage(storage: str) -> str:
    """Return a storage URL to read from; reading makes no file.

    Args:
        storage: A database URL, or the path of an SQLite file.

    Raises:
        CommandError: If it is a file that does not exist.
    """
    url = storage_url(storage)
    scheme, _, rest = url.partition(":///")
    path = rest.partition("?")[0]
    is_file = scheme.partition("+")[0] in ("sqlite", "journal") and not path.startswith("file:")
    if not is_file or Path(path).is_file():
        return url
    raise CommandError(
        f"There is no database {path} here. Give --storage a file or a URL such as "
        f"{DEFAULT_STORAGE}, or start a search with 'frameworm search run'."
    )


def open_study(name: str | None, storage: str) -> Study:
    """Open a study to look at it.

    Args:
        name: Its name; may be left out where the storage holds one study only.
        storage: A database URL, or the path of an SQLite file.

    Raises:
        CommandError: If the storage or the study does not exist, or it is not clear which.
    """
    from frameworm.search.study.entry_point import find_backend

    url = checked_storage(storage)
    if name is not None:
        return find_backend().load(url, name)
    names = [study.name for study in find_backend().studies(url)]
    if not names:
        raise StudyNotFoundError("The storage holds no study; 'frameworm search run' makes one.")
    if len(names) > 1:
        raise StudyNotFoundError(
            f"The storage holds {len(names)} studies; name one of {', '.join(names)}."
        )
    return find_backend().load(url, names[0])


def one_of(option: str, known: Sequence[str]) -> Callable[[Any], Any]:
    """Return a callback that refuses what is not among the names an option knows.

    Args:
        option: The option, such as ``--pruner``.
        known: The names.
    """

    def check(given: Any) -> Any:
        for name in given if isinstance(given, list) else [given]:
            if name is not None and name not in known:
                raise CommandError(
                    f"{option} is one of {', '.join(known)}, got {name!r}.{nearest(name, known)}"
                )
        return given

    return check


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


Storage = Annotated[
    str,
    typer.Option(
        "--storage",
        envvar="FRAMEWORM_STORAGE",
        metavar="URL",
        help="The database: a URL or an SQLite file; on a network disk journal:///FILE.",
        rich_help_panel="Storage",
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
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.", rich_help_panel="Output")]
