"""Database servers: driver rows of the fault matrix, restarts, and passwords that never show."""

from __future__ import annotations

import json
import logging
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import optuna
import pytest
import sqlalchemy as sa

from frameworm.errors import StorageError
from frameworm.search import BayesianSearch, RandomSearch, Real, report
from tests.search.faults import check_complete, finish, finished, start, trials, wait_until_ready
from tests.servers import KINDS, new_database, private_server

pytestmark = pytest.mark.faults


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest) -> Iterator[str]:
    with new_database(request.param) as url:
        yield url


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict]:
    url = f"sqlite:///{tmp_path_factory.mktemp('calm')}/s.db"
    finish(start(url, 1, "grid", TRIAL_SECONDS="0"))
    return {number: trial.params for number, trial in trials(url).items()}


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_driver_loses_nothing(server: str, expected, seed: int) -> None:
    driver = start(server, 1 + seed % 2, "grid")
    wait_until_ready(driver)
    time.sleep(random.Random(seed).uniform(0.2, 1.2))
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    before = finished(server)
    assert finish(start(server, 2, "grid", TRIAL_SECONDS="0")).endswith("finished 40\n")
    check_complete(server, expected)
    after = finished(server)
    assert {number: after[number] for number in before} == before


def test_a_driver_killed_while_planning_plans_nothing_twice(server: str) -> None:
    driver = start(server, 1, "3000", TRIAL_SECONDS="0")
    wait_until_ready(driver)
    time.sleep(0.7)
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    again = start(server, 1, "3000", TRIAL_SECONDS="0")
    wait_until_ready(again)
    deadline = time.monotonic() + 60
    while len(trials(server)) < 3000 and time.monotonic() < deadline:
        time.sleep(0.5)
    again.send_signal(signal.SIGKILL)
    again.wait()
    found = trials(server)
    assert sorted(found) == list(range(3000))
    assert len({str(sorted(trial.params.items())) for trial in found.values()}) == 3000


def test_eight_drivers_on_one_new_database(server: str) -> None:
    drivers = [start(server, 1, "200", TRIAL_SECONDS="0.005") for _ in range(8)]
    for driver in drivers:
        assert finish(driver).endswith("finished 200\n")
    found = trials(server)
    assert sorted(found) == list(range(200))
    assert {trial.state.name for trial in found.values()} == {"COMPLETE"}
    assert len({t.system_attrs["frameworm:claim"]["driver"] for t in found.values()}) > 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_restarted_in_mid_run_is_waited_for(kind: str, tmp_path: Path, expected) -> None:
    # A socket's path must be short, and its folder open to the server's user.
    folder = Path("/tmp") / f"fw-{kind}-{random.randrange(10**6)}"
    with private_server(kind, folder) as server:
        driver = start(server.url, 2, "grid", TRIAL_SECONDS="0.1")
        wait_until_ready(driver)
        deadline = time.monotonic() + 30
        while len(finished(server.url)) < 5 and time.monotonic() < deadline:
            time.sleep(0.1)
        server.stop()
        time.sleep(1.0)
        assert driver.poll() is None, driver.communicate()[1]
        server.start()
        assert finish(driver).endswith("finished 40\n")
        check_complete(server.url, expected)


def test_pruned_and_adaptive_searches_run_there_too(server: str) -> None:
    def train(config) -> float:
        for step in range(1, 9):
            report(step, val_loss=config["x"] + 1 / step)
        return config["x"]

    options = {"n_trials": 16, "random_state": 1, "storage": server, "pruner": "median"}
    for kind in (RandomSearch, BayesianSearch):
        search = kind({"x": 0.5}, {"x": Real(0, 1)}, study_name=kind.__name__, **options)
        search.run(train, n_jobs=2, verbose=False)
        states = {result["state"] for result in search.results}
        assert states == {"COMPLETE", "PRUNED"}
        study = optuna.load_study(storage=server, study_name=kind.__name__)
        assert len(study.trials) == 16
        frame = search.results.to_frame()
        assert list(frame["trial_idx"]) == list(range(16))


def test_a_password_never_shows(server: str, caplog, tmp_path: Path) -> None:
    secret = "s3cr-et:p@ss/word"
    user = f"frameworm_{random.randrange(10**6)}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    is_postgres = engine.dialect.name == "postgresql"
    with engine.connect() as connection:
        quoted = secret.replace(":", r"\:")
        if is_postgres:
            connection.execute(sa.text(f"CREATE USER {user} SUPERUSER PASSWORD '{quoted}'"))
        else:
            connection.execute(
                sa.text(f"GRANT ALL ON *.* TO {user}@'127.0.0.1' IDENTIFIED BY '{quoted}'")
            )
    url = sa.make_url(server).set(username=user, password=secret)
    storage = url.render_as_string(hide_password=False)
    try:
        caplog.set_level(logging.DEBUG, logger="frameworm")
        search = RandomSearch(
            {"x": 0.5}, {"x": Real(0, 1)}, n_trials=4, storage=storage, study_name="s"
        )
        search.run(lambda config: config["x"], verbose=True)
        search.save_results(tmp_path / "r.json")
        study = optuna.load_study(storage=server, study_name="s")
        shown = [
            caplog.text,
            (tmp_path / "r.json").read_text(),
            repr(search),
            repr(search.results),
            json.dumps(study.user_attrs),
            json.dumps([trial.system_attrs for trial in study.trials]),
            json.dumps(study._storage.get_study_system_attrs(study._study_id)),
        ]
        wrong = url.set(database="nowhere").render_as_string(hide_password=False)
        with pytest.raises(StorageError) as caught:
            RandomSearch({"x": 0.5}, {"x": Real(0, 1)}, storage=wrong).run(lambda c: 1.0)
        shown += [str(caught.value), repr(caught.value)]
        for text in shown:
            assert secret not in text
            assert sa.engine.url.URL.create("x", password=secret).password not in text
            assert "p%40ss" not in text
    finally:
        with engine.connect() as connection:
            if is_postgres:
                connection.execute(sa.text(f"DROP OWNED BY {user} CASCADE"))
                connection.execute(sa.text(f"DROP USER {user}"))
            else:
                connection.execute(sa.text(f"DROP USER {user}@'127.0.0.1'"))
        engine.dispose()


def test_a_base_config_a_server_cannot_hold_is_said_so(tmp_path: Path) -> None:
    with new_database("mariadb") as url:
        search = RandomSearch(
            {"x": 0.5, "notes": "long" * 20000}, {"x": Real(0, 1)}, n_trials=2, storage=url
        )
        with pytest.raises(StorageError, match="64 KB"):
            search.run(lambda config: config["x"], verbose=False)


def test_a_large_plan_is_known_to_postgresqls_planner_at_once() -> None:
    with new_database("postgresql") as url:
        search = RandomSearch(
            {"lr": 0.1}, {"lr": Real(0, 1)}, n_trials=600, storage=url, study_name="s"
        )
        study = search._open()
        study.plan()
        study.close()
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            query = "SELECT relname, reltuples FROM pg_class WHERE relname LIKE 'trial%'"
            rows = {row.relname: row.reltuples for row in connection.execute(sa.text(query))}
        engine.dispose()
    assert rows["trials"] == 600
    assert rows["trial_params"] == 600
