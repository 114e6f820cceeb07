"""``frameworm experiments``, on what a search has recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import RANDOM, frameworm, run


@pytest.fixture
def recorded(folder: Path) -> list[str]:
    """The ids of the experiments, the newest first."""
    assert run(folder, *RANDOM, "--experiments", "experiments").returncode == 0
    listed = frameworm(folder, "experiments", "list", "--json")
    return [row["id"] for row in json.loads(listed.stdout)]


def test_experiments_are_listed_shown_compared_and_deleted(
    folder: Path, recorded: list[str]
) -> None:
    assert len(recorded) == 6
    assert recorded[0] in frameworm(folder, "experiments", "list", "-n", "1").stdout
    assert recorded[1] not in frameworm(folder, "experiments", "list", "-n", "1").stdout
    none = frameworm(folder, "experiments", "list", "--status", "failed")
    assert (none.returncode, none.stdout) == (0, "")
    shown = json.loads(frameworm(folder, "experiments", "show", recorded[0], "--json").stdout)
    assert shown["config"]["training"]["size"] in (1, 2, 4)
    assert shown["status"] == "completed"
    compared = json.loads(
        frameworm(folder, "experiments", "compare", *recorded[:2], "--json").stdout
    )
    assert {row["id"] for row in compared} == set(recorded[:2])
    assert any("training.lr" in key for key in compared[0])
    assert frameworm(folder, "experiments", "delete", recorded[0], "--yes").returncode == 0
    gone = frameworm(folder, "experiments", "show", recorded[0])
    assert gone.returncode == 2
    assert recorded[0] in gone.stderr
