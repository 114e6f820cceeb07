"""Studies that earlier commits have written open and go on: their database is kept as text."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import optuna
import pytest

from frameworm import (
    BayesianSearch,
    Categorical,
    GridSearch,
    Integer,
    QuasiRandomSearch,
    RandomSearch,
    Real,
    SearchAnalyzer,
)
from frameworm.search.study.entry_point import find_backend

STORED = Path(__file__).parents[1] / "stored"
COMMITS = [path.stem for path in sorted(STORED.glob("*.sql"))]
BASE = {"training": {"lr": 0.1, "optimizer": "sgd"}, "model": {"dim": 8}}
SPACE = {"training.lr": Real(1e-4, 1e-1, log=True), "model.dim": Integer(8, 64)}
AXES = {"training.lr": [0.1, 0.01], "model.dim": [8, 16, 32]}
CONDITIONAL = {
    "training.optimizer": ["sgd", "adam"],
    "training.lr": [0.1, 0.2],
    "training.momentum": Categorical([0.5, 0.9], when={"training.optimizer": "sgd"}),
}


@pytest.fixture(params=COMMITS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    file = tmp_path / "studies.sqlite"
    with sqlite3.connect(file) as connection:
        connection.executescript((STORED / f"{request.param}.sql").read_text(encoding="utf-8"))
    connection.close()
    return f"sqlite:///{file}"


def train(config):
    loss = (config.training.lr - 0.01) ** 2 + 1 / config.model.dim
    return {"val_loss": loss, "accuracy": 1 - config.training.lr}


def searches(url: str):
    common = {"storage": url}
    both = {"metric": ["val_loss", "accuracy"], "mode": ["min", "max"]}
    return {
        "grid": GridSearch(BASE, AXES, study_name="grid", random_state=1, **common),
        "random": RandomSearch(
            BASE, SPACE, n_trials=8, study_name="random", random_state=2, **common
        ),
        "quasirandom": QuasiRandomSearch(
            BASE,
            SPACE,
            n_trials=8,
            study_name="quasirandom",
            random_state=3,
            pruner="median",
            **common,
        ),
        "bayesian": BayesianSearch(
            BASE,
            SPACE,
            n_trials=8,
            n_initial_points=3,
            study_name="bayesian",
            random_state=4,
            sampler="tpe",
            **common,
        ),
        "several": RandomSearch(
            BASE, SPACE, n_trials=6, study_name="several", random_state=5, **both, **common
        ),
        "conditional": GridSearch(
            BASE, CONDITIONAL, study_name="conditional", random_state=6, **common
        ),
        "killed": RandomSearch(
            BASE, SPACE, n_trials=4, study_name="killed", random_state=7, **common
        ),
    }


TOTALS = {
    "grid": 6,
    "random": 8,
    "quasirandom": 8,
    "bayesian": 8,
    "several": 6,
    "conditional": 6,
    "killed": 4,
}


@pytest.mark.parametrize("name", TOTALS)
def test_it_goes_on_where_it_stopped(url: str, name: str) -> None:
    before = optuna.load_study(study_name=name, storage=url).trials
    seen = []

    def note(config):
        seen.append(config)
        return train(config)

    search = searches(url)[name]
    # The killed driver was on another host: given up once it has been silent.
    search.run(note, verbose=False, grace_period=0.1)
    after = optuna.load_study(study_name=name, storage=url).trials
    assert len(after) == TOTALS[name]
    assert {trial.state.name for trial in after} <= {"COMPLETE", "FAIL", "PRUNED"}
    left = [trial for trial in before if not trial.state.is_finished()]
    missing = TOTALS[name] - len(before)
    assert len(seen) == len(left) + missing, "what was finished is not run again"
    for old, new in zip(before, after, strict=False):
        assert old.params == new.params
        if old.state.is_finished():
            assert (old.state, old.values) == (new.state, new.values)


@pytest.mark.parametrize("name", TOTALS)
def test_it_is_read_and_rebuilt_alone(url: str, name: str) -> None:
    results = SearchAnalyzer(url, name).results
    assert results.metric == "val_loss"
    assert len(results) == sum(
        trial.state.is_finished()
        for trial in optuna.load_study(study_name=name, storage=url).trials
    )
    again = type(searches(url)[name]).resume(name, url)
    assert again.search_space.keys() == searches(url)[name].search_space.keys()
    summaries = {study.name: study for study in find_backend().studies(url)}
    assert summaries[name].total == TOTALS[name]
