"""A frame read as columns equals, in values and types, one made of a record a trial."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import optuna
import pandas as pd
import pytest
import sqlalchemy as sa

from frameworm import Categorical, Integer, RandomSearch, Real
from frameworm.search import SearchAnalyzer
from frameworm.search.results.frame import trials_frame
from frameworm.search.study.backend import Study
from frameworm.search.study.columns import TrialColumns
from frameworm.search.study.entry_point import find_backend
from frameworm_optuna.reading.columns import local_times

BASE = {
    "training": {"lr": 0.1, "momentum": 0.5, "optimizer": "sgd"},
    "model": {"width": 8, "layers": None, "score": 1},
}
SPACE = {
    "training.optimizer": Categorical(["sgd", "adam", None]),
    "training.momentum": Real(0.0, 0.99, when={"training.optimizer": "sgd"}),
    "training.lr": Real(1e-5, 1e-1, log=True),
    "model.width": Integer(8, 512),
    "model.layers": Categorical([(64, 64), [32], {"depth": 2}]),
    "model.score": Categorical([1, 2, 4]),
}
SERVERS = {
    "postgres": "FRAMEWORM_TEST_POSTGRES_URL",
    "mysql": "FRAMEWORM_TEST_MYSQL_URL",
}


def train(config: Any) -> dict[str, float]:
    width = config.model.width
    if width % 7 == 0:
        raise ValueError(f"a width of {width}, with 'quotes' and\nlines")
    loss = float("inf") if width % 11 == 0 else config.training.lr
    found = {"val_loss": loss, "zeta": float("-inf") if width % 5 == 0 else width / 3}
    if width % 2:
        found["alpha"] = float("nan") if width % 3 == 0 else 1e-300
    return found


@pytest.fixture(params=["sqlite", *SERVERS])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/s.db"
        return
    variable = SERVERS[request.param]
    if variable not in os.environ:
        pytest.skip(f"{variable} is not set")
    name = f"frameworm_{uuid.uuid4().hex[:12]}"
    server = sa.create_engine(os.environ[variable], isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    made = sa.make_url(os.environ[variable]).set(database=name)
    yield made.render_as_string(hide_password=False)
    with server.connect() as connection:
        force = " WITH (FORCE)" if request.param == "postgres" else ""
        connection.execute(sa.text(f"DROP DATABASE {name}{force}"))
    server.dispose()


def by_records(study: Study) -> pd.DataFrame:
    finished = [record for record in study.records() if record.state.is_finished]
    settings = study.settings
    return trials_frame(
        TrialColumns.of(finished), space=settings.space, metric=settings.goals.first.metric
    )


def by_columns(study: Study) -> pd.DataFrame:
    columns = study.columns()
    assert columns is not None
    settings = study.settings
    return trials_frame(columns, space=settings.space, metric=settings.goals.first.metric)


def assert_same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    for label in one:
        if one[label].dtype == object:
            pairs = zip(one[label], other[label], strict=True)
            assert all(type(first) is type(second) for first, second in pairs)


def test_a_study_of_ours_reads_the_same(url: str) -> None:
    search = RandomSearch(BASE, SPACE, n_trials=150, random_state=2, storage=url, study_name="s")
    search.run(train, verbose=False, max_failures=100)
    study = find_backend().load(url, "s")
    frame = by_columns(study)
    assert_same(frame, by_records(study))
    assert set(frame["state"]) == {"COMPLETE", "FAIL"}
    assert frame["training.momentum"].isna().any()
    assert frame["error"].str.contains("'quotes' and\nlines", regex=False).any()
    assert frame["metrics.val_loss"].max() == float("inf")
    assert frame["metrics.zeta"].min() == float("-inf")
    study.close()


def test_the_analyzer_shows_what_the_records_hold(url: str) -> None:
    search = RandomSearch(BASE, SPACE, n_trials=30, random_state=2, storage=url, study_name="s")
    search.run(train, verbose=False)
    assert_same(SearchAnalyzer(url, study_name="s").df, search.results.to_frame())


def test_unfinished_trials_are_left_out(url: str) -> None:
    study = optuna.create_study(storage=url, study_name="s")
    space = {"x": optuna.distributions.FloatDistribution(0, 1)}
    for state in ("COMPLETE", "PRUNED", "FAIL"):
        trial = study.ask(space)
        trial.report(0.25, 1)
        value = trial.params["x"] if state == "COMPLETE" else None
        study.tell(trial, value, state=optuna.trial.TrialState[state])
    study.ask(space)
    study.enqueue_trial({"x": 0.5})
    opened = find_backend().load(url, "s")
    assert_same(by_columns(opened), by_records(opened))
    assert list(by_columns(opened)["state"]) == ["COMPLETE", "PRUNED", "FAIL"]
    opened.close()


def test_attributes_that_are_no_numbers_are_no_metrics(url: str) -> None:
    study = optuna.create_study(storage=url, study_name="s", direction="maximize")

    def objective(trial: optuna.Trial) -> float:
        x = trial.suggest_float("x", 0, 1)
        trial.set_user_attr("note", "3")
        trial.set_user_attr("flag", True)
        trial.set_user_attr("list", [1, 2])
        trial.set_user_attr("sometimes", "text" if trial.number % 2 else 0.5)
        trial.set_user_attr("count", trial.number)
        trial.set_user_attr("nothing", None)
        return {1: float("inf"), 2: float("-inf")}.get(trial.number, x)

    study.optimize(objective, n_trials=6)
    opened = find_backend().load(url, "s")
    frame = by_columns(opened)
    assert_same(frame, by_records(opened))
    assert (frame["score"].max(), frame["score"].min()) == (float("inf"), float("-inf"))
    found = {label for label in frame if label.startswith("metrics.")}
    assert {"metrics.sometimes", "metrics.count"} <= found
    assert not {"metrics.note", "metrics.flag", "metrics.list", "metrics.nothing"} & found
    opened.close()


def test_parameters_that_come_and_go_in_a_plain_study(url: str) -> None:
    study = optuna.create_study(storage=url, study_name="s")

    def objective(trial: optuna.Trial) -> float:
        kind = trial.suggest_categorical("kind", ["a", "b", None])
        return trial.suggest_int("n", 1, 9) if kind == "a" else trial.suggest_float("x", 0, 1)

    study.optimize(objective, n_trials=25)
    opened = find_backend().load(url, "s")
    shown = SearchAnalyzer(url, study_name="s").df
    assert_same(shown, by_records(opened))
    assert shown["n"].isna().any()
    opened.close()


def test_a_study_without_trials_has_the_columns(url: str) -> None:
    search = RandomSearch(BASE, SPACE, n_trials=3, random_state=1, storage=url, study_name="s")
    study = search._open()
    assert_same(by_columns(study), by_records(study))
    assert list(by_columns(study)["trial_idx"]) == []
    assert "model.width" in by_columns(study)
    study.close()


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe"])
def test_local_times_are_those_of_the_clock(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import datetime, timedelta, timezone

    from frameworm_optuna.reading.records import local_time

    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        first = datetime(2026, 3, 1, 0, 7, 30, 123456)
        stored = [first + timedelta(minutes=37 * step) for step in range(12000)]
        found = local_times([*stored, None])
        wanted = [local_time(at) for at in stored]
        assert found[:-1].tolist() == wanted
        assert pd.isna(found[-1])
        assert wanted[0] == first.replace(tzinfo=timezone.utc).astimezone().replace(tzinfo=None)
    finally:
        monkeypatch.undo()
        time.tzset()
