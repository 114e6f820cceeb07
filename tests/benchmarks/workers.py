"""Trials in parallel against joblib and a bare loky pool: P5 and P5b."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import joblib
from loky.process_executor import ProcessPoolExecutor

from frameworm.search import RandomSearch
from frameworm.search.execution.workers.worker_pool import close_idle
from tests.benchmarks.measure import Benchmark, Pair, seconds
from tests.benchmarks.workloads import BASE, SPACE

__all__ = ["BENCHMARKS"]


SETTLED = 1.0
"""Seconds after which every process of a pool is up and idle."""


def work(config: Any) -> float:
    """200 ms of CPU."""
    started, count = time.thread_time(), 0
    while time.thread_time() - started < 0.2:
        count += 1
    return float(count)


def quick(config: Any) -> float:
    return 0.0


def quick_with_torch(config: Any) -> float:
    import torch

    return float(torch.zeros(1).item())


class First:
    """Notes when the first trial is finished."""

    def __init__(self) -> None:
        self.at: float | None = None

    def on_trial_end(self, trial: Any, outcome: Any) -> None:
        if self.at is None:
            self.at = time.perf_counter()


def search(folder: Path, n: int, name: str) -> RandomSearch:
    return RandomSearch(
        BASE, SPACE, n_trials=n, random_state=1, storage=f"sqlite:///{folder}/{name}.db"
    )


def parallel(folder: Path, n: int) -> Pair:
    search(folder, 4, "warm").run(quick, n_jobs=2, verbose=False)
    found = search(folder, n, "ours")
    with joblib.Parallel(2) as pool:
        pool(joblib.delayed(quick)(None) for _ in range(4))
        mine = seconds(lambda: found.run(work, n_jobs=2, verbose=False))
        theirs = seconds(lambda: pool(joblib.delayed(work)(None) for _ in range(n)))
    close_idle()
    return Pair(mine, theirs)


def first_trial(train: Any, again: bool = False) -> Any:
    def pair(folder: Path, n: int) -> Pair:
        # What both import first is not theirs to pay.
        search(folder, 1, "warm").run(quick, verbose=False)
        if again:
            search(folder, 2, "ours").run(train, n_jobs=2, verbose=False)
            time.sleep(SETTLED)
        else:
            close_idle()
        first, started = First(), time.perf_counter()
        search(folder, 2, "ours").run(train, n_jobs=2, verbose=False, callbacks=[first])
        assert first.at is not None
        mine = first.at - started
        close_idle()
        return Pair(mine, bare_pool(train, again))

    return pair


def bare_pool(train: Any, again: bool) -> float:
    started = time.perf_counter()
    pool = ProcessPoolExecutor(2)
    if again:
        list(pool.map(train, [None, None]))
        time.sleep(SETTLED)
        started = time.perf_counter()
    futures = [pool.submit(train, None) for _ in range(2)]
    while not any(future.done() for future in futures):
        time.sleep(0.0005)
    ended = time.perf_counter()
    pool.shutdown()
    return ended - started


def _first(key: str, what: str, pair: Any) -> Benchmark:
    return Benchmark(key, what, "a bare loky pool", "s", 1.3, False, pair, 2, 2)


BENCHMARKS = [
    Benchmark("P5", "40 trials of 200 ms, n_jobs=2", "joblib", "s", 1.05, False, parallel, 40, 16),
    _first("P5b", "first finished trial", first_trial(quick)),
    _first("P5bt", "the same, torch imported", first_trial(quick_with_torch)),
    _first("P5b2", "the same, a second run", first_trial(quick, again=True)),
]
