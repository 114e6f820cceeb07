"""A failed trial's traceback reaches whoever asks why it failed."""

from __future__ import annotations

from pathlib import Path

import optuna
import pytest

from frameworm.search import RandomSearch, SearchAnalyzer
from frameworm.search.space import Real


def fails_at_times(config) -> float:
    if config["lr"] < 0.5:
        raise KeyError("b")
    return config["lr"]


@pytest.mark.parametrize("storage", ["sqlite", "memory"])
def test_results_carry_the_traceback_of_each_failed_trial(tmp_path: Path, storage: str) -> None:
    where = (
        f"sqlite:///{tmp_path}/t.db" if storage == "sqlite" else optuna.storages.InMemoryStorage()
    )
    search = RandomSearch(
        {"lr": 0.1}, {"lr": Real(0.0, 1.0)}, n_trials=8, storage=where, random_state=1
    )
    search.run(fails_at_times, verbose=False)
    failed = [result for result in search.results if result["state"] == "FAIL"]
    assert 0 < len(failed) < 8
    for result in search.results:
        assert (result["traceback"] is None) == (result["state"] == "COMPLETE")
    assert all('raise KeyError("b")' in result["traceback"] for result in failed)
    assert all(__file__ in result["traceback"] for result in failed)
    search.save_results(tmp_path / "saved.json")
    assert SearchAnalyzer(tmp_path / "saved.json").results[failed[0]["trial_idx"]] == failed[0]
