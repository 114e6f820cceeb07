"""Places as users name them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from frameworm.checkpoints.places import checked_place, inside
from frameworm.errors import MissingPackageError, SearchArgumentError


def test_folders_become_absolute_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/ann")
    given = ["runs", Path("runs"), f"file://{tmp_path}/my%20runs", "~/runs", "/nfs/runs"]
    assert [checked_place(each) for each in given] == [
        f"{tmp_path}/runs",
        f"{tmp_path}/runs",
        f"{tmp_path}/my runs",
        "/home/ann/runs",
        "/nfs/runs",
    ]
    assert checked_place(None) is None


def test_urls_stay_urls() -> None:
    assert checked_place("memory://runs/") == "memory://runs"
    assert inside("s3://bucket/runs", "trial-00001") == "s3://bucket/runs/trial-00001"


@pytest.mark.parametrize("given", ["", 5, ["s3://bucket"]])
def test_what_is_no_place_is_refused(given: object) -> None:
    with pytest.raises(SearchArgumentError, match=r"checkpoints is .* got"):
        checked_place(given)


def test_a_mistyped_protocol_gets_a_hint_and_shows_no_password() -> None:
    with pytest.raises(SearchArgumentError, match=r"Did you mean 'memory'\?") as caught:
        checked_place("memroy://ann:secret@host/runs")
    assert "secret" not in str(caught.value)


def test_a_missing_package_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = pytest.importorskip("fsspec.registry")
    known = {"class": "frameworm_no_such_package.FileSystem", "err": "install it"}
    monkeypatch.setitem(registry.known_implementations, "nosuch", known)
    with pytest.raises(MissingPackageError, match="pip install frameworm_no_such_package"):
        checked_place("nosuch://bucket")


def test_importing_frameworm_loads_no_fsspec() -> None:
    code = "import frameworm.search.search, sys; print('fsspec' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
