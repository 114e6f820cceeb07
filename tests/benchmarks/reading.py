"""Reading a study back: P6 and P7."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

import optuna

from frameworm.search import RandomSearch, SearchAnalyzer
from tests.benchmarks.measure import Benchmark, Pair, child, seconds
from tests.benchmarks.workloads import BASE, WIDE, train

__all__ = ["BENCHMARKS"]


@functools.cache
def finished_study(n: int) -> str:
    """Return the URL of a finished study of 8 parameters, made once."""
    folder = Path(tempfile.mkdtemp(prefix="frameworm-benchmark-"))
    url = f"sqlite:///{folder}/finished.db"
    search(url, n).run(train, verbose=False)
    return url


def search(url: str, n: int) -> RandomSearch:
    return RandomSearch(
        BASE, WIDE, n_trials=n, random_state=1, storage=url, study_name="s", durability="normal"
    )


def resume(folder: Path, n: int) -> Pair:
    url = finished_study(n)
    best: list[float] = []

    def mine() -> None:
        found = search(url, n)
        found.run(train, verbose=False)
        best.append(train(found.best_config)["val_loss"])

    pair = Pair(
        seconds(mine), seconds(lambda: optuna.load_study(storage=url, study_name="s").trials)
    )
    assert best[0] == optuna.load_study(storage=url, study_name="s").best_value
    return pair


def frame(folder: Path, n: int) -> Pair:
    url = finished_study(n)
    return Pair(
        seconds(lambda: SearchAnalyzer(url, study_name="s").df),
        seconds(lambda: optuna.load_study(storage=url, study_name="s").trials_dataframe()),
    )


PEAK = """
import sys
from tests.benchmarks.measure import peak
{imports}
before = peak()
{work}
print(peak() - before)
"""


def frame_memory(folder: Path, n: int) -> Pair:
    url = finished_study(n)
    mine = PEAK.format(
        imports="from frameworm.search import SearchAnalyzer\nimport optuna, pandas, sqlalchemy\n"
        "import frameworm_optuna.backend\npandas.DataFrame({'a': [1]})",
        work="SearchAnalyzer(sys.argv[1], study_name='s').df",
    )
    theirs = PEAK.format(
        imports="import optuna, pandas, sqlalchemy, alembic\npandas.DataFrame({'a': [1]})",
        work="optuna.load_study(storage=sys.argv[1], study_name='s').trials_dataframe()",
    )
    return Pair(child(mine, url), child(theirs, url))


BENCHMARKS = [
    Benchmark(
        "P6", "resume a finished study", "load_study().trials", "s", 0.15, False, resume, 10000, 500
    ),
    Benchmark(
        "P7", "SearchAnalyzer(...).df", "trials_dataframe()", "s", 0.08, False, frame, 10000, 2000
    ),
    Benchmark(
        "P7m",
        "its peak memory",
        "trials_dataframe()'s",
        "MB",
        0.3,
        False,
        frame_memory,
        10000,
        2000,
        3,
    ),
]
