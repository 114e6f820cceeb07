"""Places of checkpoints as text: the absolute path of a folder here, or a URL."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from frameworm.errors import SearchArgumentError

__all__ = ["checked_place", "inside", "is_remote"]


def checked_place(given: object) -> str | None:
    """Return a place that a user names: an absolute path, or a URL that fsspec knows.

    A folder need not exist, nor can a URL be reached yet.

    Args:
        given: A path, a ``file://`` URL, another URL, or ``None``.

    Raises:
        SearchArgumentError: If it is none of these.
        MissingPackageError: If the package for such URLs is not installed.
    """
    if given is None:
        return None
    if not isinstance(given, (str, os.PathLike)) or not (place := os.fspath(given)):
        raise SearchArgumentError(
            "checkpoints is a folder or a URL such as s3://bucket/folder, or None for a folder "
            f"beside the database, got {given!r}."
        )
    if isinstance(place, bytes):
        place = os.fsdecode(place)
    if place.startswith("file:"):
        # Folders need no copies, network disks included.
        place = unquote(urlsplit(place).path)
    if not is_remote(place):
        return str(Path(place).expanduser().absolute())
    from frameworm.checkpoints.remote import check_protocol

    check_protocol(place)
    return place.rstrip("/")


def is_remote(place: str) -> bool:
    """Whether a place is a URL, and no folder of this machine."""
    return "://" in place


def inside(place: str, name: str) -> str:
    """Return the place of a folder in another.

    Example:
        >>> inside("s3://bucket/runs", "trial-00003")
        's3://bucket/runs/trial-00003'
    """
    return f"{place}/{name}" if is_remote(place) else str(Path(place, name))
