"""Where this machine keeps copies of folders that lie elsewhere."""

from __future__ import annotations

import getpass
import hashlib
import os
import tempfile
from pathlib import Path

from frameworm.errors import CheckpointError

__all__ = ["copies_of"]


def copies_of(url: str) -> Path:
    """Return a folder of the user's own for copies of a folder elsewhere; its parent is made.

    It lies in the system's folder for temporary files, ``TMPDIR``.

    Args:
        url: The folder's URL.

    Raises:
        CheckpointError: If another user has made such a folder before: checkpoints may hold code.
    """
    root = Path(tempfile.gettempdir(), f"frameworm-checkpoints-{getpass.getuser()}")
    root.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and root.stat(follow_symlinks=False).st_uid != os.getuid():
        raise CheckpointError(
            f"Copies of checkpoints lie in a folder that is yours alone, but {root} belongs to "
            "another user. Set TMPDIR to another folder."
        )
    digest = hashlib.sha256(url.encode()).hexdigest()[:16]
    return root / digest
