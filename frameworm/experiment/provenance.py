"""Which code an experiment or a search ran: the git commit of the working directory."""

from __future__ import annotations

import functools
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from frameworm.version import __version__

__all__ = ["GitState", "git_state", "provenance"]

_SECONDS = 10


@dataclass(frozen=True)
class GitState:
    """The commit that is checked out.

    Attributes:
        commit: Its hash; None outside a repository, before the first commit, or without git.
        is_dirty: Whether tracked files differ from it; None where there is no commit.
    """

    commit: str | None
    is_dirty: bool | None


def git_state() -> GitState:
    """Return the state of the working directory's repository.

    It is asked once per process and directory, because asking takes milliseconds and a search
    makes an experiment of every trial. So it is the state when the first experiment was made.

    Returns:
        The commit and whether tracked files differ from it.
    """
    try:
        return _state_of(Path.cwd())
    except FileNotFoundError:
        return _UNKNOWN  # the working directory was deleted


def provenance() -> dict[str, str | bool | None]:
    """Return Frameworm's ``version``, the ``git_commit`` and whether it is ``git_dirty``."""
    git = git_state()
    return {"version": __version__, "git_commit": git.commit, "git_dirty": git.is_dirty}


_UNKNOWN = GitState(None, None)


@functools.lru_cache(maxsize=32)
def _state_of(directory: Path) -> GitState:
    command = [
        *("git", "--no-optional-locks", "status", "--porcelain=v2"),
        *("--branch", "--untracked-files=no"),
    ]
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return _UNKNOWN
    lines = done.stdout.splitlines() if done.returncode == 0 else []
    commit = next((ln.split()[-1] for ln in lines if ln.startswith("# branch.oid ")), "(initial)")
    if commit == "(initial)":
        return _UNKNOWN
    return GitState(commit, any(not line.startswith("#") for line in lines))
