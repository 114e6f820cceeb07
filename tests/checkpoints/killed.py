"""File systems that kill this process in the midst of a write, as a lost machine would."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

__all__ = ["kill_at_write", "kill_once"]


def kill_at_write(number: int) -> None:
    """Die in the midst of a write to ``local://``: half of it is written by then.

    Args:
        number: Which write of this process, from 0; removals count too.
    """
    dies = _countdown(number, None)

    class Deadly(LocalFileSystem):
        def put_file(self, lpath: str, rpath: str, **options: Any) -> None:
            if dies():
                super().pipe_file(rpath, _half(Path(lpath).read_bytes()))
                _die()
            super().put_file(lpath, rpath, **options)

        def pipe_file(self, path: str, value: bytes, **options: Any) -> None:
            if dies():
                super().pipe_file(path, _half(value))
                _die()
            super().pipe_file(path, value, **options)

        def rm_file(self, path: str) -> None:
            if dies():
                _die()
            super().rm_file(path)

    fsspec.register_implementation("local", Deadly, clobber=True)


def kill_once(number: int, flag: Path) -> None:
    """Die in the midst of a write to ``s3://``, in one process only: the one that makes a file.

    Args:
        number: Which write of a process, from 0.
        flag: The file.
    """
    base: Any = fsspec.get_filesystem_class("s3")
    if base.__name__ == "Deadly":
        return
    dies = _countdown(number, flag)

    class Deadly(base):  # type: ignore[misc]
        async def _put_file(self, lpath: str, rpath: str, **options: Any) -> None:
            if dies():
                await super()._pipe_file(rpath, _half(Path(lpath).read_bytes()))
                _die()
            await super()._put_file(lpath, rpath, **options)

        async def _pipe_file(self, path: str, data: bytes, **options: Any) -> None:
            if dies():
                await super()._pipe_file(path, _half(data))
                _die()
            await super()._pipe_file(path, data, **options)

        async def _rm_file(self, path: str, **options: Any) -> None:
            if dies():
                _die()
            await super()._rm_file(path, **options)

    fsspec.register_implementation("s3", Deadly, clobber=True)


def _countdown(number: int, flag: Path | None) -> Callable[[], bool]:
    left = number

    def dies() -> bool:
        nonlocal left
        left -= 1
        if left >= 0 or (flag is not None and flag.exists()):
            return False
        if flag is not None:
            flag.touch()
        return True

    return dies


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
