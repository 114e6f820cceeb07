"""Results of many trials: read when they are looked at, and the same trials however late."""

from __future__ import annotations

import pickle
from pathlib import Path

import optuna
import pytest

from frameworm.errors import StudyNotFoundError
from frameworm.search import RandomSearch, Real, SearchAnalyzer
from frameworm.search.results.study_trials import StudyTrials
from frameworm.search.study.entry_point import find_backend

COUNT = 2300
"""More than two pages."""


def train(config) -> float:
    return (config["x"] - 0.3) ** 2


def search(where, **options) -> RandomSearch:
    return RandomSearch(
        {"x": 0.0}, {"x": Real(0.0, 1.0)}, storage=where, study_name="s", random_state=1, **options
    )


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> RandomSearch:
    url = f"sqlite:///{tmp_path_factory.mktemp('many')}/s.db"
    found = search(url, n_trials=COUNT, durability="normal")
    found.run(train, verbose=False)
    return found


def test_only_what_is_looked_at_is_read(done: RandomSearch) -> None:
    trials = StudyTrials(find_backend().load(done.storage, "s"))
    trials.settle()
    assert len(trials) == COUNT
    assert not trials._pages
    best = trials.best("min")
    assert best is not None
    assert best.score == done.best_score
    assert len(trials._pages) == 1


def test_pages_hold_every_trial_once_in_order(done: RandomSearch) -> None:
    records = done.results.records
    assert [record.number for record in records] == list(range(COUNT))
    assert [record.number for record in records[995:1005]] == list(range(995, 1005))
    assert (records[-1].number, records[1000].number) == (COUNT - 1, 1000)
    with pytest.raises(IndexError):
        records[COUNT]


def test_the_best_is_that_of_all_records(done: RandomSearch) -> None:
    scores = [train(record.params) for record in done.results.records]
    assert done.best_score == min(scores)
    assert done.results.best.number == scores.index(min(scores))


def test_the_frame_shows_the_same_trials(done: RandomSearch) -> None:
    results = search(done.storage, n_trials=COUNT)
    results.run(train, verbose=False)
    held = results.results
    assert len(held) == COUNT
    more = search(done.storage, n_trials=COUNT + 5)
    more.run(train, verbose=False)
    assert len(more.results) == len(more.results.df) == COUNT + 5
    assert len(held.df) == len(held) == COUNT
    assert held.best.number < COUNT


def test_another_process_gets_the_trials_themselves(done: RandomSearch) -> None:
    records = pickle.loads(pickle.dumps(done.results.records))
    assert type(records) is tuple
    assert records[:3] == done.results.records[:3]


def test_a_deleted_study_is_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/s.db"
    found = search(url, n_trials=1100, durability="normal")
    found.run(train, verbose=False)
    find_backend().delete(url, "s")
    with pytest.raises(StudyNotFoundError, match="deleted"):
        list(found.results)


def test_storages_in_memory_have_them_too() -> None:
    found = search(optuna.storages.InMemoryStorage(), n_trials=1100)
    found.run(train, verbose=False)
    assert [item["trial_idx"] for item in found.results] == list(range(1100))
    assert found.best_score == min(item["score"] for item in found.results)
    assert len(SearchAnalyzer(found).df) == 1100


def test_a_resumed_search_knows_the_best_of_all_that_finished(done: RandomSearch) -> None:
    seen = []

    again = search(done.storage, n_trials=COUNT + 400)
    again.run(lambda c: seen.append(c["x"]) or 1.0, target=1e-3, verbose=False)
    assert again.stop_reason == "target"
    assert len(seen) <= 1
