"""Folders elsewhere: in a dictionary, in folders by way of fsspec, in an S3 server."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from frameworm.checkpoints.remote import RemoteFolder
from frameworm.errors import CheckpointError

pytest.importorskip("fsspec")


def test_files_come_back_as_they_went(place: str, tmp_path: Path) -> None:
    folder = RemoteFolder(f"{place}/a b")
    assert folder.files() == folder.folders() == []
    assert folder.read("one") is None
    assert not folder.get("one", tmp_path / "none")
    (tmp_path / "two").write_bytes(b"2" * 1000)
    folder.write("one", b"1")
    folder.put(tmp_path / "two", "two")
    folder.write("one", b"11")
    again = RemoteFolder(f"{place}/a b")
    assert again.files() == ["one", "two"]
    assert RemoteFolder(place).folders() == ["a b"]
    assert again.read("one") == b"11"
    assert again.get("two", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == b"2" * 1000
    again.remove("one")
    again.remove("one")
    assert folder.files() == ["two"]
    RemoteFolder(place).remove_all()
    RemoteFolder(place).remove_all()
    assert folder.files() == RemoteFolder(place).folders() == []


def test_a_bucket_that_does_not_exist_is_told_and_not_made(bucket: str) -> None:
    folder = RemoteFolder("s3://slip-of-the-pen/runs")
    with pytest.raises(CheckpointError, match="slip-of-the-pen/runs cannot be written"):
        folder.write("one", b"1")
    import s3fs

    assert not s3fs.S3FileSystem().exists("slip-of-the-pen")


def test_a_password_is_shown_nowhere() -> None:
    url = "ftp://ann:p%40ss@127.0.0.1:9/runs"
    with pytest.raises(CheckpointError, match=r"ftp://ann@127\.0\.0\.1:9/runs") as caught:
        RemoteFolder(url)
    told = "".join(traceback.format_exception(caught.value))
    assert "p%40ss" not in told
    assert "p@ss" not in told
