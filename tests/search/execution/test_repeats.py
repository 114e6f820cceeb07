"""Repeats: one configuration, several seeds, ranked by the mean."""

from __future__ import annotations

import statistics

import optuna
import pytest

from frameworm.errors import SearchArgumentError
from frameworm.search import RandomSearch, Real, current_trial, report

BASE = {"a": {"x": 0.5}}
SPACE = {"a.x": Real(0, 1)}


def noise() -> float:
    return (current_trial().seed % 1000) / 1000


def train(config) -> dict[str, float]:
    return {"val_loss": config.a.x + noise(), "repeat": current_trial().repeat}


def search(url: str, **options) -> RandomSearch:
    return RandomSearch(BASE, SPACE, n_trials=6, random_state=2, storage=url, **options)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_trial_holds_mean_and_sample_standard_deviation(url: str, n_jobs: int) -> None:
    singles = []

    def remember(config) -> dict[str, float]:
        metrics = train(config)
        singles.append(metrics["val_loss"])
        return metrics

    found = search(url, repeats=3, study_name="s")
    found.run(remember if n_jobs == 1 else train, n_jobs=n_jobs, verbose=False)
    for index, result in enumerate(found.results):
        if n_jobs == 1:
            mine = singles[3 * index : 3 * index + 3]
            assert len(set(mine)) == 3
            assert result["score"] == pytest.approx(statistics.fmean(mine))
            assert result["metrics"]["val_loss_std"] == pytest.approx(statistics.stdev(mine))
        assert result["metrics"]["repeat"] == 1.0
        assert result["metrics"]["repeat_std"] == 1.0
    frame = found.results.to_frame()
    assert (frame["metrics.val_loss_std"] > 0).all()
    trial = optuna.load_study(storage=url, study_name="s").best_trial
    assert trial.value == found.best_score == min(frame["score"])


def test_the_first_repeat_has_the_seed_of_a_search_without_repeats(url: str) -> None:
    seeds = {}

    def note(config) -> float:
        trial = current_trial()
        seeds.setdefault(trial.number, []).append(trial.seed)
        return config.a.x

    search(url, repeats=2).run(note, verbose=False)
    with_repeats = {number: found[0] for number, found in seeds.items()}
    seeds.clear()
    search(url).run(note, verbose=False)
    assert {number: found[0] for number, found in seeds.items()} == with_repeats


def test_one_failed_repeat_fails_the_trial(url: str) -> None:
    def fail(config) -> float:
        if current_trial().number == 2 and current_trial().repeat == 1:
            raise ValueError("no luck")
        return config.a.x

    found = search(url, repeats=3)
    found.run(fail, verbose=False)
    assert [result["state"] for result in found.results].count("FAIL") == 1
    assert "no luck" in found.results[2]["error"]


def test_the_first_repeat_alone_reports_and_is_judged(url: str) -> None:
    def curve(config) -> float:
        for step in range(1, 5):
            report(step, val_loss=config.a.x + current_trial().repeat * 100)
        return config.a.x

    found = RandomSearch(
        BASE, SPACE, n_trials=16, random_state=2, storage=url, repeats=2, pruner="median"
    )
    found.run(curve, verbose=False)
    for record in found.results.records:
        assert all(value <= 1 for value in record.intermediate.values())
    assert any(result["state"] == "PRUNED" for result in found.results)


@pytest.mark.parametrize("repeats", [0, -1, 1.5, True])
def test_repeats_is_a_whole_number(url: str, repeats) -> None:
    with pytest.raises(SearchArgumentError, match="repeats"):
        search(url, repeats=repeats)
