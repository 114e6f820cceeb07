"""URLs that are safe to show."""

from __future__ import annotations

import re

__all__ = ["without_password"]


def without_password(url: str) -> str:
    """Return a URL without its password.

    Example:
        >>> without_password("postgresql://ann:secret@host/db?sslpassword=secret")
        'postgresql://ann@host/db'
    """
    url = re.sub(r"(://[^:/@]*):[^@]*@", r"\1@", url, count=1)
    base, _, query = url.partition("?")
    kept = [
        part for part in query.split("&") if part and not _SECRET.search(part.partition("=")[0])
    ]
    return f"{base}?{'&'.join(kept)}" if kept else base


_SECRET = re.compile(r"pass(word|wd|phrase)?$|pwd$|token$|secret$", re.IGNORECASE)
