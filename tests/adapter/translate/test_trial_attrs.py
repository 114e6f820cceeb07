"""What a finished trial carries fits every database, and is what the train function gave."""

from __future__ import annotations

import json
import math

import optuna
import pytest

from frameworm import GridSearch
from frameworm.trial.outcome import Outcome
from frameworm.trial.state import TrialState
from frameworm_optuna.translate.trial_attrs import outcome_attrs, read_metrics
from tests.servers import new_database


def texts(outcome: Outcome) -> dict[str, object]:
    return {key: json.loads(text) for key, text in outcome_attrs(outcome).items()}


def test_metrics_come_back_those_that_are_no_numbers_too() -> None:
    metrics = {"loss": 0.5, "odd": math.nan, "far": -math.inf}
    found = read_metrics(texts(Outcome(TrialState.COMPLETE, (0.5,), metrics)))
    assert found.keys() == metrics.keys()
    assert math.isnan(found["odd"])
    assert (found["loss"], found["far"]) == (0.5, -math.inf)


def test_an_error_of_half_characters_is_a_text() -> None:
    found = texts(Outcome(TrialState.FAIL, error="bad \ud800 end"))
    assert found["frameworm:error"] == "bad \\ud800 end"


def test_a_huge_error_keeps_both_ends() -> None:
    text = "first" + "ü" * 200_000 + "last"
    stored = outcome_attrs(Outcome(TrialState.FAIL, error=text, traceback=text))
    for key in ("frameworm:error", "frameworm:traceback"):
        assert len(stored[key].encode()) < 65_535
        found = json.loads(stored[key])
        assert found.startswith("first")
        assert found.endswith("last")
        assert "characters left out" in found


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_whatever_a_trial_returns_or_raises_the_search_goes_on(kind: str, tmp_path) -> None:
    def train(config):
        if config.x == 1:
            raise ValueError("\ud800" + "x" * 100_000)
        if config.x == 2:
            return {"val_loss": 1.0, "m" * 600: 2.0}
        return {"val_loss": 2.0, "F1": 0.5, "f1": 0.25}

    def check(url: str) -> None:
        search = GridSearch({"x": 0}, {"x": [1, 2, 3]}, storage=url, study_name="s")
        search.run(train, verbose=False)
        states = {r["params"]["x"]: r["state"] for r in search.results}
        assert states == {1: "FAIL", 2: "COMPLETE", 3: "COMPLETE"}
        metrics = {r["params"]["x"]: r["metrics"] for r in search.results}
        assert (metrics[3]["F1"], metrics[3]["f1"]) == (0.5, 0.25)
        assert sorted(metrics[2].values()) == [1.0, 2.0]

    if kind == "sqlite":
        check(f"sqlite:///{tmp_path}/s.db")
        return
    with new_database(kind) as url:
        check(url)


def test_attributes_that_enqueue_trial_left_give_way(tmp_path) -> None:
    url = f"sqlite:///{tmp_path}/s.db"
    GridSearch({"x": 0}, {"x": [1, 2]}, storage=url, study_name="s")._open().close()
    study = optuna.load_study(study_name="s", storage=url)
    study.enqueue_trial({"x": 2}, user_attrs={"val_loss": "as planned", "note": "mine"})
    search = GridSearch({"x": 0}, {"x": [1, 2]}, storage=url, study_name="s")
    search.run(lambda config: {"val_loss": config.x}, verbose=False)
    (trial,) = [trial for trial in search.study.trials if "note" in trial.user_attrs]
    assert trial.user_attrs["val_loss"] == 2.0


def test_names_that_differ_in_case_are_two_studies() -> None:
    with new_database("mariadb") as url:
        for name in ("exp", "Exp"):
            search = GridSearch({"x": 0}, {"x": [1, 2]}, storage=url, study_name=name)
            search.run(lambda config: {"val_loss": config.x}, verbose=False)
            assert len(search.results) == 2
        names = {study.study_name for study in optuna.get_all_study_summaries(url)}
        assert names == {"exp", "Exp"}
