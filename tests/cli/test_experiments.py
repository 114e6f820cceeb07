"""``frameworm experiments``, on what a search has recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import RANDOM, frameworm, on_terminal, run


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


def test_times_are_those_of_the_readers_clock_and_ids_stay_whole(
    folder: Path, recorded: list[str]
) -> None:
    utc, tokyo = (
        frameworm(folder, "experiments", "show", recorded[0], TZ=zone) for zone in ("UTC", "JST-9")
    )
    hours = [
        int(line.split()[2].partition(":")[0])
        for shown in (utc, tokyo)
        for line in shown.stdout.splitlines()
        if line.startswith("created_at")
    ]
    assert (hours[1] - hours[0]) % 24 == 9
    assert utc.stderr == ""
    for columns in (80, 140):
        lines = on_terminal(folder, columns, "experiments", "list")
        assert all(any(found in line for line in lines) for found in recorded)
        assert max(map(len, lines)) <= columns
