"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

__all__ = ["whole_file"]


@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Write a file so that a crash leaves the old one or the new one, never a half.

    Missing folders are made; a link stays a link to the new content.

    Args:
        path: The file.

    Yields:
        A path in the same folder to write to. When the block ends its file takes the place of the
        old one, safe from a power cut; when the block raises it is deleted.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp(), "new", "file.txt")
        >>> with whole_file(path) as draft:
        ...     _ = draft.write_text("whole")
        >>> path.read_text(), [file.name for file in path.parent.iterdir()]
        ('whole', ['file.txt'])
    """
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder, because only there is replacing the old file one step.
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        yield draft
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
