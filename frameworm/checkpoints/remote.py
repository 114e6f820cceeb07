"""A folder elsewhere, as fsspec reaches it; errors in Frameworm's words, without passwords."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

from frameworm.core.urls import without_password
from frameworm.errors import (
    CheckpointError,
    MissingPackageError,
    SearchArgumentError,
    nearest,
)

__all__ = ["RemoteFolder", "check_protocol"]


def check_protocol(url: str) -> None:
    """Refuse a URL that no installed package can reach.

    Raises:
        SearchArgumentError: If fsspec knows no such protocol.
        MissingPackageError: If its package is not installed.
    """
    try:
        import fsspec
    except ImportError as error:
        raise MissingPackageError(
            "Checkpoints elsewhere than in a folder need fsspec, which is not installed: "
            "pip install 'frameworm[remote]'."
        ) from error
    protocol = url.partition("://")[0].rpartition("::")[2]
    try:
        fsspec.get_filesystem_class(protocol)
    except ImportError as error:
        from fsspec.registry import known_implementations

        known = known_implementations[protocol]
        package = known["class"].partition(".")[0]
        remedy = f"pip install {package}" if package != "fsspec" else known.get("err", str(error))
        raise MissingPackageError(
            f"Checkpoints at {protocol}:// need a package that is not installed: {remedy}."
        ) from error
    except ValueError as error:
        known = fsspec.available_protocols()
        raise SearchArgumentError(
            f"checkpoints is a folder or a URL that fsspec knows, got {without_password(url)!r}."
            f"{nearest(protocol, known)}"
        ) from error


class RemoteFolder:
    """A folder elsewhere with files in it, and folders of which only the names count.

    Args:
        url: Its URL; it need not exist.

    Raises:
        CheckpointError: By every method, if the place cannot be reached, read or written.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._fs: Any
        self._path: str
        self._is_made = False
        with self._telling("reached"):
            from fsspec.core import url_to_fs

            self._fs, self._path = url_to_fs(url)

    @property
    def shown(self) -> str:
        """Its URL without a password."""
        return without_password(self.url)

    def files(self) -> list[str]:
        """Return the names of the files."""
        return self._names("file")

    def folders(self) -> list[str]:
        """Return the names of the folders."""
        return self._names("directory")

    def _names(self, kind: str) -> list[str]:
        with self._telling("read"):
            # What others have written meanwhile counts.
            self._fs.invalidate_cache()
            try:
                entries = self._fs.ls(self._path, detail=True)
            except FileNotFoundError:
                return []
            paths = [each["name"].rstrip("/") for each in entries if each["type"] == kind]
        return sorted(path.rpartition("/")[2] for path in paths if path != self._path.rstrip("/"))

    def read(self, name: str) -> bytes | None:
        """Return a file's content; ``None`` if it does not exist."""
        with self._telling("read"):
            try:
                content: bytes = self._fs.cat_file(self._at(name))
            except FileNotFoundError:
                return None
        return content

    def write(self, name: str, content: bytes) -> None:
        """Write a file."""
        with self._telling("written"):
            self._make()
            self._fs.pipe_file(self._at(name), content)

    def put(self, file: Path, name: str) -> None:
        """Copy a file from here to there."""
        with self._telling("written"):
            self._make()
            self._fs.put_file(str(file), self._at(name))

    def get(self, name: str, file: Path) -> bool:
        """Copy a file from there to here; return whether it exists."""
        with self._telling("read"):
            try:
                self._fs.get_file(self._at(name), str(file))
            except FileNotFoundError:
                return False
        return True

    def remove(self, name: str) -> None:
        """Remove a file, if it exists."""
        with self._telling("written"), contextlib.suppress(FileNotFoundError):
            self._fs.rm_file(self._at(name))

    def remove_all(self) -> None:
        """Remove the folder with all in it, if it exists."""
        with self._telling("written"), contextlib.suppress(FileNotFoundError):
            self._fs.invalidate_cache()
            self._fs.rm(self._path, recursive=True)

    def _at(self, name: str) -> str:
        return f"{self._path}/{name}"

    def _make(self) -> None:
        # Object stores have no folders, and fsspec would make a bucket for a slip of the pen.
        if self._fs.root_marker and not self._is_made:
            self._fs.makedirs(self._path, exist_ok=True)
        self._is_made = True

    @contextlib.contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            # What fails are HTTP clients and servers of a dozen kinds, each with errors of its own.
            self._tell(what, error)

    def _tell(self, what: str, error: Exception) -> NoReturn:
        text = f"{type(error).__name__}: {error}"
        secret = urlsplit(self.url).password
        for hidden in {secret, unquote(secret)} if secret else set():
            text = text.replace(hidden, "***")
        raise CheckpointError(
            f"The checkpoints at {self.shown} cannot be {what}: {text}. Mend the "
            "address, or what its file system takes credentials from, such as the environment."
        ) from (None if secret else error)
