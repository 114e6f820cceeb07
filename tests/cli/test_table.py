"""Tables on terminals: whatever the width, no number and no name is cropped."""

from __future__ import annotations

from pathlib import Path

import pytest

from frameworm.search import Categorical, RandomSearch, Real
from tests.cli.command import frameworm, on_terminal

NAME = "a-study-with-a-name-of-some-length"
OPTIMIZERS = ["adam", "stochastic-gradient-descent", "rmsprop"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A folder with a study of 14 parameters, and its scores and first parameters as shown."""
    folder = tmp_path_factory.mktemp("table")
    space = {f"training.part{i}.weight_{i}": Real(1e-6, 1e-2, log=True) for i in range(12)}
    base = {"training": {f"part{i}": {f"weight_{i}": 0.1} for i in range(12)}}
    search = RandomSearch(
        {**base, "optimizer": "adam", "none": None},
        {**space, "optimizer": Categorical(OPTIMIZERS), "none": Categorical([None, 1])},
        storage=f"sqlite:///{folder}/frameworm.db",
        study_name=NAME,
        n_trials=25,
        random_state=3,
    )

    def train_fn(config) -> float:
        return float(config.training.part0.weight_0)

    search.run(train_fn, verbose=False)
    ranked = sorted(search.results, key=lambda result: result["score"])[:5]
    key = "training.part1.weight_1"
    shown = [f"{r['score']:.6g}" for r in ranked] + [f"{r['params'][key]:.6g}" for r in ranked]
    return folder, [*shown, *(f"{result['trial_idx']:>2} " for result in ranked)]


@pytest.mark.parametrize("columns", [80, 100, 140, 300])
def test_trials_fit_the_screen_and_keep_their_numbers(
    made: tuple[Path, list[str]], columns: int
) -> None:
    folder, numbers = made
    lines = on_terminal(folder, columns, "search", "show")
    assert max(map(len, lines)) <= columns
    text = "\n".join(lines)
    for number in numbers:
        assert number in text
    header = next(line for line in lines if line.lstrip().startswith("trial  "))
    there = sum(f"weight_{i}" in header for i in range(12)) + sum(
        name in header for name in ("optimizer", "none")
    )
    assert (f"+{14 - there} more" in header) == (there < 14)
    assert there >= 2


def test_a_list_of_studies_keeps_the_name(made: tuple[Path, list[str]]) -> None:
    folder, _ = made
    for columns in (66, 80, 140):
        lines = on_terminal(folder, columns, "search", "list")
        assert max(map(len, lines)) <= columns
        row = next(line for line in lines if NAME in line)
        assert row.split()[2] == "25"


def test_a_pipe_gets_everything(made: tuple[Path, list[str]]) -> None:
    folder, _ = made
    shown = frameworm(folder, "search", "show").stdout
    assert "more" not in shown
    assert "training.part11.weight_11" in shown
    assert "None" in shown
