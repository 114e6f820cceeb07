"""What a trial costs beside its training: P1 to P4, P10, P11."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from frameworm.search.space import Integer, Real
from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Random
from frameworm.trial.goals import Goals
from frameworm.trial.outcome import Outcome
from frameworm.trial.state import TrialState
from frameworm_optuna import OptunaBackend
from tests.benchmarks.measure import Benchmark, Pair, seconds
from tests.benchmarks.workloads import SPACE, ours, plain

__all__ = ["BENCHMARKS"]


def random_search(folder: Path, n: int) -> Pair:
    return Pair(seconds(ours(folder, "random", n)) / n, seconds(plain(folder, "random", n)) / n)


def normal_durability(folder: Path, n: int) -> Pair:
    mine = ours(folder, "random", n, durability="normal")
    return Pair(seconds(mine) / n, seconds(plain(folder, "random", n)) / n)


def grid_search(folder: Path, n: int) -> Pair:
    return Pair(seconds(ours(folder, "grid", n)) / n, seconds(plain(folder, "grid", n)) / n)


def growth(folder: Path, n: int) -> Pair:
    short = seconds(ours(folder, "random", n // 10, "short")) / (n // 10)
    return Pair(seconds(ours(folder, "random", n, "long")) / n, short)


def storage_alone(folder: Path, n: int) -> Pair:
    return Pair(seconds(lambda: _study(folder, n)) / n, seconds(lambda: _bare(folder, n)) / n)


def _study(folder: Path, n: int) -> None:
    space = {"a": Real(0, 1), "b": Real(0, 1), "c": Integer(0, 9), "d": Integer(0, 9)}
    settings = StudySettings(space, Random(n, seed=1), Goals.of("val_loss", "min"), {})
    study = OptunaBackend().open(f"sqlite:///{folder}/study.db", "s", settings)
    study.plan()
    finished = []
    while claimed := study.exchange(finished, 1).specs:
        outcome = Outcome(TrialState.COMPLETE, (0.5,), {"val_loss": 0.5, "train_loss": 0.1})
        finished = [(claimed[0], outcome)]
    study.close()


def _bare(folder: Path, n: int) -> None:
    """The same rows with nothing but SQLite: a plan in chunks, then a claim and a finish each."""
    base = sqlite3.connect(folder / "bare.db", isolation_level=None)
    base.executescript(
        """PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
        CREATE TABLE trials (id INTEGER PRIMARY KEY, number INT, study INT, state TEXT,
                             start TEXT, end TEXT);
        CREATE INDEX by_study ON trials (study);
        CREATE TABLE params (id INTEGER PRIMARY KEY, trial INT, name TEXT, value REAL, kind TEXT,
                             UNIQUE (trial, name));
        CREATE TABLE vals (id INTEGER PRIMARY KEY, trial INT, objective INT, value REAL,
                           UNIQUE (trial, objective));
        CREATE TABLE attrs (id INTEGER PRIMARY KEY, trial INT, key TEXT, value TEXT,
                            UNIQUE (trial, key));"""
    )
    kind = json.dumps({"name": "FloatDistribution", "attributes": {"low": 0.0, "high": 1.0}})
    for first in range(0, n, 500):
        base.execute("BEGIN IMMEDIATE")
        numbers = range(first, min(n, first + 500))
        base.executemany(
            "INSERT INTO trials (number, study, state) VALUES (?, 1, 'WAITING')",
            [(number,) for number in numbers],
        )
        base.executemany(
            "INSERT INTO params (trial, name, value, kind) VALUES (?, ?, ?, ?)",
            [(number + 1, name, 0.5, kind) for number in numbers for name in "abcd"],
        )
        base.execute("COMMIT")
    for trial in range(1, n + 1):
        base.execute("BEGIN IMMEDIATE")
        base.execute(
            "SELECT id FROM trials WHERE study = 1 AND state = 'WAITING' AND id >= ? LIMIT 1",
            (trial,),
        ).fetchone()
        base.execute("UPDATE trials SET state = 'RUNNING', start = ? WHERE id = ?", ("now", trial))
        base.execute(
            "INSERT INTO attrs (trial, key, value) VALUES (?, 'claim', ?)",
            (trial, '{"driver": "0123456789abcdef", "attempt": 0}'),
        )
        base.execute("SELECT name, value FROM params WHERE trial = ?", (trial,)).fetchall()
        base.execute("COMMIT")
        base.execute("BEGIN IMMEDIATE")
        base.execute("UPDATE trials SET state = 'COMPLETE', end = ? WHERE id = ?", ("now", trial))
        base.execute("INSERT INTO vals (trial, objective, value) VALUES (?, 0, 0.5)", (trial,))
        base.executemany(
            "INSERT INTO attrs (trial, key, value) VALUES (?, ?, ?)",
            [(trial, "val_loss", "0.5"), (trial, "train_loss", "0.1")],
        )
        base.execute("COMMIT")
    base.close()


def experiments(folder: Path, n: int) -> Pair:
    without = seconds(ours(folder, "random", n, "without")) / n
    recorded = seconds(ours(folder, "random", n, "with", experiment_root=folder / "runs")) / n
    return Pair(recorded - without, without)


def adaptive(folder: Path, n: int) -> Pair:
    mine, theirs = ours(folder, "bayesian", n, study_name="s"), plain(folder, "bayesian", n)
    found: list[list[dict[str, object]]] = []
    pair = Pair(
        seconds(lambda: found.append([r["params"] for r in mine().results])) / n,
        seconds(lambda: found.append([t.params for t in theirs().trials])) / n,
    )
    assert found[0] == found[1], "TPE proposed other points than plain Optuna's"
    return pair


BENCHMARKS = [
    Benchmark(
        "P1", "RandomSearch.run, a trial", "plain Optuna", "s", 15, True, random_search, 1000, 200
    ),
    Benchmark(
        "P1n",
        'the same with durability="normal"',
        "plain Optuna",
        "s",
        25,
        True,
        normal_durability,
        1000,
        200,
    ),
    Benchmark(
        "P2", "GridSearch.run, a point", "plain Optuna", "s", 50, True, grid_search, 1000, 200
    ),
    Benchmark("P3", "a trial of 10,000", "a trial of 1,000", "s", 1.15, False, growth, 10000, 2000),
    Benchmark(
        "P4", "plan + claim + finish", "bare sqlite3", "s", 2.0, False, storage_alone, 1000, 200
    ),
    Benchmark(
        "P10", "experiment_root, a trial", "P1's time", "s", 3.0, False, experiments, 1000, 200
    ),
    Benchmark("P11", "BayesianSearch, a trial", "plain TPE", "s", 2.0, True, adaptive, 300, 100),
]
assert len(SPACE) == 4
