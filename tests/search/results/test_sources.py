"""Whatever holds trials is a source, and says the same of them."""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import optuna
import pandas as pd
import pytest

from frameworm.errors import ResultsFileError, SearchArgumentError, StorageError
from frameworm.search import GridSearch, RandomSearch, SearchAnalyzer
from frameworm.search.space import Real


@pytest.fixture
def search(url):
    found = RandomSearch(
        {"lr": 1.0, "score": 0.0},
        {"lr": Real(0, 1), "score": [1, 2]},
        n_trials=5,
        storage=url,
        study_name="ours",
        random_state=1,
    )

    def train(config):
        if config.lr > 0.8:
            raise ValueError("too fast")
        return {"val_loss": config.lr, "seconds": 2.0}

    found.run(train, verbose=False)
    return found


def same(one, other):
    assert one.best_score == other.best_score
    assert one.best_params == other.best_params
    assert [item["state"] for item in one] == [item["state"] for item in other]
    assert [item["params"] for item in one] == [item["params"] for item in other]
    assert [item["error"] for item in one] == [item["error"] for item in other]
    assert [item["duration"] for item in one] == pytest.approx(
        [item["duration"] for item in other], abs=1e-5
    )


def test_frames_and_lists_say_what_the_search_says(search, tmp_path):
    frame = search.results.to_frame()
    SearchAnalyzer(search).to_csv(tmp_path / "trials.csv")
    sources = {
        "frame": frame,
        "csv": pd.read_csv(tmp_path / "trials.csv"),
        "optuna's frame": search.study.trials_dataframe(),
        "optuna's trials": search.study.trials,
        "items": list(search.results),
    }
    for name, source in sources.items():
        found = SearchAnalyzer(source).results
        assert found.metric in ("val_loss", "value", "score"), name
        same(found, search.results)
    assert SearchAnalyzer(search.study.trials).results.metric == "val_loss"


def test_a_frame_of_ones_own_with_a_mode(search):
    frame = pd.DataFrame({"score": [0.5, 0.7, math.nan], "lr": [0.1, 0.2, 0.3]})
    found = SearchAnalyzer(frame, mode="max", metric="accuracy").results
    assert (found.best_params, found.metric) == ({"lr": 0.2}, "accuracy")
    assert found[2]["state"] == "FAIL"
    with pytest.raises(SearchArgumentError, match=r"column 'score'.*scores.*mean 'scores'"):
        SearchAnalyzer(pd.DataFrame({"scores": [1]}))


def test_the_clear_names(search, url, tmp_path):
    path = Path(url.removeprefix("sqlite:///"))
    search.save_results(tmp_path / "r.json")
    for found in (
        SearchAnalyzer.from_study(search.study),
        SearchAnalyzer.from_storage(url, "ours"),
        SearchAnalyzer.from_storage(path),
        SearchAnalyzer.from_storage(str(path), "ours"),
        SearchAnalyzer.from_file(tmp_path / "r.json"),
        SearchAnalyzer(path),
    ):
        same(found.results, search.results)


def test_reading_makes_no_database(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StorageError, match=r"'typo\.db' does not exist"):
        SearchAnalyzer.from_storage("typo.db", "x")
    with pytest.raises(StorageError):
        SearchAnalyzer("sqlite:///typo.db", "x")
    with pytest.raises(ResultsFileError, match="no file"):
        SearchAnalyzer.from_file("typo.json")
    with pytest.raises(ResultsFileError, match="no file"):
        SearchAnalyzer(Path("typo.db"))
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "text.db").write_text("text")
    with pytest.raises(StorageError, match="no SQLite database"):
        SearchAnalyzer.from_storage("text.db")


def test_values_of_several_metrics_that_plain_optuna_ran(url):
    study = optuna.create_study(storage=url, study_name="two", directions=["minimize", "maximize"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        study.set_metric_names(["val_loss", "accuracy"])
    study.optimize(lambda t: (t.suggest_float("lr", 0, 1), t.suggest_float("lr", 0, 1) * 2), 4)
    found = SearchAnalyzer(url, "two")
    wanted = [list(trial.values) for trial in study.trials]
    goals = [f"metrics.{name}" for name in found.results.goals.metrics]
    assert found.df[goals].to_numpy().tolist() == wanted
    assert [item["values"] for item in found.results] == wanted
    found.results.records[0]
    assert found.results.to_frame()[goals].to_numpy().tolist() == wanted
    assert goals[1] in found.to_markdown()
    names, modes = ["val_loss", "accuracy"], ["min", "max"]
    for source in (study.trials, list(found.results), found.df):
        again = SearchAnalyzer(source, metric=names, mode=modes).results
        assert [record.values for record in again.records] == list(map(tuple, wanted))
        assert again.pareto_front.df["trial_idx"].tolist() == (
            found.results.pareto_front.df["trial_idx"].tolist()
        )


def test_after_loading_the_best_configuration_is_the_files(tmp_path, url):
    first = GridSearch({"a": 1, "lr": 0.0}, {"lr": [0.1, 0.2]}, storage=url)
    first.run(lambda config: {"val_loss": config.lr}, verbose=False)
    first.save_results(tmp_path / "r.json")
    other = GridSearch({"a": 2, "b": 3, "lr": 0.0}, {"lr": [0.1, 0.2]}, storage=url)
    other.load_results(tmp_path / "r.json")
    assert other.best_config.to_dict() == {"a": 1, "lr": 0.1}
    other.run(lambda config: {"val_loss": config.lr}, verbose=False)
    assert other.best_config.to_dict() == {"a": 2, "b": 3, "lr": 0.1}


def test_searches_and_analyzers_say_what_they_are(search, url):
    done = len(search.results)
    best = f"best val_loss {search.best_score:.6g}"
    assert repr(search) == f"<RandomSearch 'ours': {done} of 5 trials done, {best}>"
    assert (
        repr(SearchAnalyzer(search))
        == f"SearchAnalyzer(<SearchResults: 5 trials of 'ours', {best}>)"
    )
    waiting = GridSearch({"lr": 0.0}, {"lr": [0.1]}, study_name="s")
    assert repr(waiting) == "<GridSearch 's': val_loss (min); not run yet>"


def test_the_best_are_printed_with_score_and_parameters(capsys):
    long = "model.encoder.block.attention.number_of_hidden_units"
    trials = [
        {"params": {"training.lr": 0.1 * i, "optimizer": "adam", long: 64 + i}, "score": float(i)}
        for i in range(9)
    ]
    best = SearchAnalyzer(trials, metric="val_loss").get_best_n(3)
    print(best)
    printed = capsys.readouterr().out
    for word in ("score", "training.lr", "adam", long, "66"):
        assert word in printed
    assert "..." not in printed
    assert "datetime" not in printed
    assert max(map(len, printed.splitlines())) <= 80
    assert "state" in best
    assert type(best[["score"]]) is pd.DataFrame
    assert "training.lr" in best._repr_html_()
