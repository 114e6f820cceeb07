"""A study begun by Frameworm is finished by plain Optuna in another process, and back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import optuna
import pytest

from frameworm import Categorical, GridSearch, Integer, RandomSearch, Real
from frameworm.errors import StudyMismatchError

BASE = {"training": {"lr": 0.1, "batch_size": 8}, "optimizer": "adam"}
GRID = {"training.lr": [0.1, 0.01, 0.001], "training.batch_size": [8, 16]}
SPACE = {
    "training.lr": Real(1e-5, 1e-1, log=True),
    "training.batch_size": Integer(8, 64),
    "optimizer": Categorical(["adam", "sgd"]),
}

PLAIN_RANDOM = """
import optuna, sys
optuna.logging.set_verbosity(optuna.logging.ERROR)
def objective(trial):
    lr = trial.suggest_float("training.lr", 1e-5, 1e-1, log=True)
    size = trial.suggest_int("training.batch_size", 8, 64)
    trial.suggest_categorical("optimizer", ["adam", "sgd"])
    return lr * size
study = optuna.load_study(storage=sys.argv[1], study_name="s")
study.optimize(objective, n_trials=int(sys.argv[2]))
"""
PLAIN_GRID = """
import optuna, sys
optuna.logging.set_verbosity(optuna.logging.ERROR)
grid = {"training.lr": [0.1, 0.01, 0.001], "training.batch_size": [8, 16]}
def objective(trial):
    return (trial.suggest_float("training.lr", 0.001, 0.1)
            * trial.suggest_int("training.batch_size", 8, 16))
study = optuna.create_study(storage=sys.argv[1], study_name="s", load_if_exists=True,
    sampler=optuna.samplers.GridSampler(grid, seed=0))
study.optimize(objective, n_trials=int(sys.argv[2]) or None)
"""


def plain(script: str, url: str, n_trials: int) -> None:
    command = [sys.executable, "-c", script, url, str(n_trials)]
    subprocess.run(command, check=True, timeout=120)


def train(config):
    return {"val_loss": config.training.lr * config.training.batch_size, "other": 1.0}


class Stop(BaseException):
    pass


def train_some(count):
    done = []

    def run(config):
        if len(done) == count:
            raise Stop
        done.append(config)
        return train(config)

    return run


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/study.db"


def grid(url: str, **settings) -> GridSearch:
    return GridSearch(BASE, GRID, storage=url, study_name="s", random_state=0, **settings)


def random(url: str, n_trials: int = 10) -> RandomSearch:
    return RandomSearch(BASE, SPACE, n_trials=n_trials, storage=url, study_name="s", random_state=3)


def points(url: str) -> dict[int, dict]:
    study = optuna.load_study(storage=url, study_name="s")
    return {trial.number: trial.params for trial in study.trials}


def test_random_begun_here_is_finished_by_plain_optuna(url: str, tmp_path: Path) -> None:
    undisturbed = RandomSearch(
        BASE,
        SPACE,
        n_trials=10,
        storage=f"sqlite:///{tmp_path}/b.db",
        study_name="s",
        random_state=3,
    )
    undisturbed.run(train, verbose=False)
    with pytest.raises(Stop):
        random(url).run(train_some(4), verbose=False)
    plain(PLAIN_RANDOM, url, 6)
    study = optuna.load_study(storage=url, study_name="s")
    assert [trial.state.name for trial in study.trials] == ["COMPLETE"] * 10
    assert points(url) == points(f"sqlite:///{tmp_path}/b.db")
    assert study.metric_names == ["val_loss"]
    search = random(url)
    search.run(train, verbose=False)
    assert len(search.results) == 10


def test_grid_begun_here_is_finished_by_plain_optuna(url: str) -> None:
    with pytest.raises(Stop):
        grid(url).run(train_some(2), verbose=False)
    plain(PLAIN_GRID, url, 0)
    trials = optuna.load_study(storage=url, study_name="s").trials
    assert [trial.state.name for trial in trials] == ["COMPLETE"] * 6
    assert len({json.dumps(trial.params, sort_keys=True) for trial in trials}) == 6


def test_grid_points_are_visited_in_the_order_of_optunas_sampler(url: str, tmp_path: Path) -> None:
    grid(url).run(train, verbose=False)
    other = f"sqlite:///{tmp_path}/plain.db"
    plain(PLAIN_GRID, other, 0)
    assert points(url) == points(other)


def test_random_begun_by_plain_optuna_is_finished_here(url: str) -> None:
    optuna.create_study(storage=url, study_name="s")
    plain(PLAIN_RANDOM, url, 3)
    before = points(url)
    search = random(url)
    search.run(train, verbose=False)
    assert len(search.results) == 10
    after = points(url)
    assert {number: after[number] for number in before} == before


def test_grid_begun_by_plain_optuna_is_finished_here(url: str) -> None:
    plain(PLAIN_GRID, url, 2)
    search = grid(url)
    search.run(train, verbose=False)
    assert len(search.results) == 6
    assert len({json.dumps(record["params"], sort_keys=True) for record in search.results}) == 6


def test_an_enqueued_trial_runs_here_with_its_parameters(url: str) -> None:
    with pytest.raises(Stop):
        random(url).run(train_some(0), verbose=False)
    study = optuna.load_study(storage=url, study_name="s")
    study.enqueue_trial({"training.lr": 0.05, "optimizer": "sgd"})
    search = random(url, n_trials=11)
    search.run(train, verbose=False)
    last = search.results[10]["params"]
    assert (last["training.lr"], last["optimizer"]) == (0.05, "sgd")
    assert 8 <= last["training.batch_size"] <= 64


def test_the_dashboard_lists_the_study(url: str) -> None:
    wsgi = pytest.importorskip("optuna_dashboard").wsgi
    grid(url).run(train, verbose=False)
    seen = {}

    def get(path: str):
        import io

        def start(status, headers, exc_info=None):
            seen["status"] = status

        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "SERVER_NAME": "x",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
            "QUERY_STRING": "",
        }
        return json.loads(b"".join(wsgi(optuna.storages.RDBStorage(url))(environ, start)))

    listed = get("/api/studies")["study_summaries"]
    assert [study["study_name"] for study in listed] == ["s"]
    study = get(f"/api/studies/{listed[0]['study_id']}")
    assert study["objective_names"] == ["val_loss"]
    assert len(study["trials"]) == 6
    assert {param["name"] for param in study["trials"][0]["params"]} == set(GRID)
    assert {attr["key"] for attr in study["trials"][0]["user_attrs"]} >= {"val_loss", "other"}


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"metric": "acc"}, "metric"),
        ({"mode": "max"}, "mode"),
        ({"search_space": {"training.lr": [0.5, 0.1]}}, "extend=True"),
    ],
)
def test_resuming_as_something_else_is_refused(url: str, changes: dict, word: str) -> None:
    grid(url).run(train, verbose=False)
    settings = {"base_config": BASE, "search_space": GRID, **changes}
    other = GridSearch(**settings, storage=url, study_name="s", random_state=0)
    with pytest.raises(StudyMismatchError, match=word):
        other.run(train, verbose=False)


def test_a_longer_list_extends_the_same_study(url: str) -> None:
    grid(url).run(train, verbose=False)
    longer = {**GRID, "training.lr": [0.1, 0.01, 0.001, 0.5]}
    search = GridSearch(BASE, longer, storage=url, study_name="s", random_state=0, extend=True)
    search.run(train, verbose=False)
    assert len(search.results) == 8
    sampler = search.study.sampler
    assert sampler._get_unvisited_grid_ids(search.study) == []
