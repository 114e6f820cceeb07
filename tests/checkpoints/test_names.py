"""What trials' folders are called."""

from __future__ import annotations

import pytest

from frameworm.checkpoints.names import trial_name, trial_number


@pytest.mark.parametrize("number", [0, 7, 99_999, 100_000, 12_345_678])
def test_a_folder_tells_its_trial(number: int) -> None:
    assert trial_number(trial_name(number)) == number


@pytest.mark.parametrize("name", ["trial-3", "trial-00003.tmp", "xtrial-00003", "study.json", ""])
def test_other_folders_tell_none(name: str) -> None:
    assert trial_number(name) is None
