"""A database server, and how cost grows: parameters, reported values, drivers."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from frameworm.search import RandomSearch, Real, report
from frameworm.search.study.entry_point import find_backend
from tests.benchmarks.measure import REPOSITORY, Benchmark, Pair, seconds
from tests.benchmarks.workloads import BASE, SPACE, train

__all__ = ["BENCHMARKS", "print_scale"]

SERVER = os.environ.get(
    "FRAMEWORM_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/test"
)


def new_database() -> str:
    """Make an empty database on the server and return its URL."""
    name = f"frameworm_{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return sa.make_url(SERVER).set(database=name).render_as_string(hide_password=False)


def drop_database(url: str) -> None:
    engine = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        name = sa.make_url(url).database
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def search(url: str, n: int, space: dict[str, Any] | None = None, **options: Any) -> RandomSearch:
    options = {"n_trials": n, "random_state": 1, "storage": url, **options}
    return RandomSearch(options.pop("base", BASE), space or SPACE, **options)


def on_postgres(folder: Path, n: int) -> Pair:
    url = new_database()
    try:
        mine = seconds(lambda: search(url, n).run(train, verbose=False)) / n
    finally:
        drop_database(url)
    # Plain Optuna's own speed there, by its default sampler loop.
    theirs = new_database()
    try:
        import optuna

        def run() -> None:
            study = optuna.create_study(
                storage=theirs, sampler=optuna.samplers.RandomSampler(seed=1)
            )
            study.optimize(plain_objective, n_trials=n)

        return Pair(mine, seconds(run) / n)
    finally:
        drop_database(theirs)


def plain_objective(trial: Any) -> float:
    lr = trial.suggest_float("training.lr", 1e-5, 1e-1, log=True)
    momentum = trial.suggest_float("training.momentum", 0.0, 0.99)
    trial.suggest_int("model.width", 8, 512)
    trial.suggest_categorical("training.optimizer", ["sgd", "adam", "rmsprop"])
    trial.set_user_attr("train_loss", lr)
    return float((lr - 0.01) ** 2 + momentum)


def growth(folder: Path, n: int) -> Pair:
    return Pair(_a_trial(n), _a_trial(n // 10))


def _a_trial(n: int) -> float:
    url = new_database()
    try:
        return seconds(lambda: search(url, n).run(train, verbose=False)) / n
    finally:
        drop_database(url)


BENCHMARKS = [
    Benchmark(
        "P1pg", "P1 on PostgreSQL", "plain Optuna there", "s", 15, True, on_postgres, 500, 100, 3
    ),
    Benchmark(
        "P3pg", "10,000 trials on PostgreSQL", "1,000", "s", 1.15, False, growth, 10000, 1000, 3
    ),
]

DRIVER = """
import sys
from tests.benchmarks.servers import search
from tests.benchmarks.workloads import train
sys.stdin.readline()
search(sys.argv[1], int(sys.argv[2]), study_name="s").run(train, verbose=False)
"""


def trials_per_second(url: str, drivers: int, n: int) -> float:
    """Return how many trials several drivers finish a second, the plan being written."""
    backend_search = search(url, n, study_name="s")
    study = backend_search._open()
    study.plan()
    study.close()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", DRIVER, url, str(n)],
            stdin=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
        )
        for _ in range(drivers)
    ]
    time.sleep(3)
    started = time.perf_counter()
    for process in processes:
        process.communicate("\n")
    elapsed = time.perf_counter() - started
    records = find_backend().load(url, "s").records()
    assert len(records) == n
    assert all(record.state.value == "COMPLETE" for record in records)
    return n / elapsed


def print_scale(console: Console) -> None:
    """Print how cost grows with parameters, reported values, and drivers."""
    table = Table("what", "a trial")
    folder = Path(tempfile.mkdtemp())
    for count in (4, 16, 64):
        base = {"a": {f"p{i}": 0.5 for i in range(count)}}
        space = {f"a.p{i}": Real(0, 1) for i in range(count)}
        found = search(f"sqlite:///{folder}/{count}.db", 500, space, base=base)
        spent = seconds(lambda: found.run(lambda config: 1.0, verbose=False)) / 500  # noqa: B023
        table.add_row(f"{count} parameters", f"{spent * 1000:.2f} ms")
    for count in (0, 10, 100):

        def curve(config: Any, count: int = count) -> float:
            for step in range(count):
                report(step, val_loss=1.0)
            return 1.0

        found = search(f"sqlite:///{folder}/reported{count}.db", 300)
        spent = seconds(lambda: found.run(curve, verbose=False)) / 300  # noqa: B023
        table.add_row(f"{count} reported values", f"{spent * 1000:.2f} ms")
    for drivers in (1, 2, 4, 8):
        url = new_database()
        rate = trials_per_second(url, drivers, 1000)
        drop_database(url)
        table.add_row(f"{drivers} drivers on PostgreSQL", f"{rate:.0f} trials a second")
    console.print(table)
