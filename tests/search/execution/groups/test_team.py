"""Two processes on each trial: exact, and what a killed, pruned or failed rank does to the rest."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import optuna
import pytest

SCRIPT = Path(__file__).with_name("trainings.py")
pytestmark = [pytest.mark.timeout(600), pytest.mark.slow]
QUIET, KILLS_1, KILLS_0, PRUNED, FAILS = range(5)
KINDS = range(5)


class Run:
    """What a run of the script has left."""

    def __init__(self, folder: Path, processes: int) -> None:
        self.folder, self.processes = folder, processes
        study = optuna.load_study(storage=f"sqlite:///{folder}/s.db", study_name=f"by {processes}")
        self.trials = {trial.params["kind"]: trial for trial in study.trials}

    def noted(self, kind: int, rank: int, what: str) -> list[Any]:
        lines = (self.folder / f"rank {rank} of {self.processes}.jsonl").read_text().splitlines()
        found = [json.loads(line) for line in lines]
        return [note[2:] for note in found if note[:2] == [kind, what]]


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> tuple[Run, Run]:
    folder = tmp_path_factory.mktemp("runs")
    subprocess.run([sys.executable, SCRIPT, folder, *map(str, KINDS)], check=True, timeout=550)
    return Run(folder, 2), Run(folder, 1)


@pytest.mark.parametrize("number", [QUIET, KILLS_1, KILLS_0])
def test_two_ranks_train_as_one_process_does(runs: tuple[Run, Run], number: int) -> None:
    two, one = runs
    assert two.trials[number].state.name == "COMPLETE"
    assert two.trials[number].value == pytest.approx(one.trials[number].value, rel=1e-4)
    curve = two.trials[number].intermediate_values
    assert list(curve) == [1, 2, 3, 4]
    assert curve == pytest.approx(one.trials[number].intermediate_values, rel=1e-4)
    [[*alone]] = one.noted(number, 0, "state")
    for rank in (0, 1):
        [[train, val, weight]] = two.noted(number, rank, "state")
        assert (train, val) == tuple(pytest.approx(each, rel=1e-4) for each in alone[:2])
        assert weight[0] == pytest.approx(alone[2][0], rel=1e-4)
    # No two ranks draw the same random numbers, resumed or not.
    assert two.noted(number, 0, "random") != two.noted(number, 1, "random")


@pytest.mark.parametrize(("number", "epoch"), [(KILLS_1, 3), (KILLS_0, 2)])
def test_a_killed_rank_ends_its_group_which_goes_on_from_the_checkpoint(
    runs: tuple[Run, Run], number: int, epoch: int
) -> None:
    two, _ = runs
    assert two.trials[number].system_attrs["frameworm:claim"]["attempt"] == 1
    for rank in (0, 1):
        trained = [each for [each] in two.noted(number, rank, "epoch")]
        # The one that lived may have begun the epoch in which the other was killed.
        assert sorted(set(trained)) == [1, 2, 3, 4]
        assert trained.count(epoch - 1) == 1, "an epoch that was saved is trained again"


def test_all_ranks_are_pruned_at_the_same_epoch(runs: tuple[Run, Run]) -> None:
    two, one = runs
    assert two.trials[PRUNED].state.name == one.trials[PRUNED].state.name == "PRUNED"
    assert two.noted(PRUNED, 0, "pruned") == two.noted(PRUNED, 1, "pruned")
    assert two.noted(PRUNED, 0, "pruned") == one.noted(PRUNED, 0, "pruned") != []
    assert len(two.trials[PRUNED].intermediate_values) == two.noted(PRUNED, 0, "pruned")[0][0]


def test_a_rank_that_fails_is_named_as_the_cause(runs: tuple[Run, Run]) -> None:
    failed = runs[0].trials[FAILS]
    assert failed.state.name == "FAIL"
    assert failed.user_attrs["frameworm:error"] == "rank 1: ValueError: rank one's own"
    assert failed.system_attrs["frameworm:claim"]["attempt"] == 0
