from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta

import pandas as pd
import pytest

from frameworm.core import Config
from frameworm.core.urls import without_password
from frameworm.errors import NoResultError, SearchArgumentError
from frameworm.search.results.facts import StudyFacts
from frameworm.search.results.results import SearchResults
from frameworm.search.space import Categorical, Integer, Real
from frameworm.trial.goals import Goals
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState

START = datetime(2024, 5, 1, 12)
SPACE = {
    "training.lr": Real(1e-4, 1e-1, log=True),
    "model.dim": Integer(1, 8),
    "model.sizes": Categorical([(8, 8), [1], None]),
}
BASE = {"training": {"lr": 0.5, "epochs": 3}, "model": {"dim": 0, "sizes": None}}


def record(number, score=None, state=None, **params):
    found = TrialState(state or ("FAIL" if score is None else "COMPLETE"))
    return TrialRecord(
        number,
        found,
        {"training.lr": 0.01, "model.dim": number, "model.sizes": (8, 8), **params},
        values=None if score is None else (score,),
        metrics={} if score is None else {"val_loss": score, "train_loss": 0.5},
        error="boom" if found is TrialState.FAIL else None,
        started_at=START,
        finished_at=START + timedelta(seconds=number + 1),
    )


def results(*records, mode="min", space=SPACE, base_config=BASE, **more):
    facts = StudyFacts(Goals.of("val_loss", mode), space, base_config, **more)
    return SearchResults(list(records), facts)


def test_an_item_is_a_plain_dictionary_with_the_full_config():
    found = results(record(0, 0.5))[0]
    assert found == {
        "trial_idx": 0,
        "config": {"training": {"lr": 0.01, "epochs": 3}, "model": {"dim": 0, "sizes": (8, 8)}},
        "params": {"training.lr": 0.01, "model.dim": 0, "model.sizes": (8, 8)},
        "metrics": {"val_loss": 0.5, "train_loss": 0.5},
        "score": 0.5,
        "values": [0.5],
        "state": "COMPLETE",
        "error": None,
        "traceback": None,
        "duration": 1.0,
        "started_at": START,
        "finished_at": START + timedelta(seconds=1),
    }
    assert type(found["config"]["training"]) is dict


def test_items_share_nothing_with_the_results():
    found = results(record(0, 0.5))
    found[0]["config"]["training"]["epochs"] = 99
    found[0]["params"].clear()
    assert found[0]["config"]["training"]["epochs"] == 3
    assert found[0]["params"]


def test_a_slice_is_results_too():
    found = results(record(0, 0.5), record(1, 0.2), record(2, 0.3), study_name="s")
    assert isinstance(found[1:], SearchResults)
    assert [item["trial_idx"] for item in found[1:]] == [1, 2]
    assert found[:1].best_score == 0.5
    assert found[:1].study_name == "s"
    assert found[-1]["trial_idx"] == 2


@pytest.mark.parametrize(
    ("mode", "scores", "expected"),
    [
        ("min", [0.5, 0.2, 0.3], 1),
        ("max", [0.5, 0.2, 0.3], 0),
        ("min", [0.5, 0.2, 0.2], 1),
        ("max", [0.5, 0.5], 0),
        ("min", [-math.inf, 4.0], 1),
        ("max", [math.inf, 4.0], 1),
        ("min", [math.inf, -math.inf], 1),
        ("min", [math.nan, 7.0], 1),
        ("min", [None, 7.0], 1),
    ],
)
def test_best(mode, scores, expected):
    found = results(*(record(i, score) for i, score in enumerate(scores)), mode=mode)
    assert found.best.number == expected
    assert found.best_score == scores[expected]


def test_a_pruned_trial_is_never_best():
    found = results(record(0, 0.5), record(1, 0.1, state="PRUNED"))
    assert found.best.number == 0
    assert found[1]["score"] is None


def test_best_config_is_a_full_config():
    config = results(record(3, 0.5)).best_config
    assert isinstance(config, Config)
    assert config["training.lr"] == 0.01
    assert config.training.epochs == 3


def test_no_best_says_what_there_is():
    with pytest.raises(NoResultError, match="2 trials: 1 FAIL, 1 PRUNED"):
        _ = results(record(0), record(1, state="PRUNED")).best
    with pytest.raises(NoResultError, match="there are 0 trials"):
        _ = results().best_score


def test_repr():
    named = results(record(0, 0.5), record(1, 0.12), study_name="name")
    assert repr(named) == "<SearchResults: 2 trials of 'name', best val_loss 0.12>"
    assert repr(results(record(0))) == "<SearchResults: 1 trial, none complete>"


def test_equality_is_by_value_and_nan_equals_itself():
    def make(score):
        return results(record(0, score), base_config={"x": float("nan")})

    assert make(0.5) == make(0.5)
    assert make(float("nan")) == make(float("nan"))
    assert make(0.5) != make(0.6)
    assert make(0.5) != results(record(0, 0.5), base_config={"x": float("nan")}, mode="max")
    assert make(0.5) != [make(0.5)[0]]


def test_a_wrong_mode_is_refused():
    with pytest.raises(SearchArgumentError, match="'min' or 'max', got 'minimize'"):
        results(mode="minimize")


class LazyRecords(Sequence):
    def __init__(self, count):
        self.count = count
        self.reads = 0

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        self.reads += 1
        if not 0 <= index < self.count:
            raise IndexError(index)
        return record(index, 1.0)


def test_lazy_records_are_read_only_when_asked_for():
    lazy = LazyRecords(3)
    found = SearchResults(lazy, StudyFacts(Goals.of("val_loss", "min"), SPACE, BASE))
    assert len(found) == 3
    assert lazy.reads == 0
    assert found[2]["trial_idx"] == 2
    assert lazy.reads == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///study.db", "sqlite:///study.db"),
        ("sqlite:///a:b@c/study.db", "sqlite:///a:b@c/study.db"),
        ("postgresql://ann:s:e/c@host:5432/db", "postgresql://ann@host:5432/db"),
        ("postgresql://ann@host/db", "postgresql://ann@host/db"),
        ("mysql+pymysql://h/db?password=x&charset=utf8", "mysql+pymysql://h/db?charset=utf8"),
    ],
)
def test_a_password_is_never_kept(url, expected):
    assert without_password(url) == expected
    assert results(storage=url).storage == expected


COLUMNS = {
    "trial_idx": "int64",
    "state": str(pd.Series([], dtype="str").dtype),
    "score": "float64",
    "training.lr": "float64",
    "model.dim": "int64",
    "model.sizes": "object",
    "metrics.val_loss": "float64",
    "metrics.train_loss": "float64",
    "datetime_start": "datetime64[us]",
    "datetime_complete": "datetime64[us]",
    "duration": "timedelta64[us]",
    "error": "object",
}


def test_frame_columns_and_types():
    frame = results(record(0, 0.5), record(1), record(2, 0.1, state="PRUNED")).to_frame()
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == COLUMNS
    assert frame["score"].tolist()[0] == 0.5
    assert frame["score"].isna().tolist() == [False, True, True]
    assert frame["state"].tolist() == ["COMPLETE", "FAIL", "PRUNED"]
    assert frame["error"].tolist() == [None, "boom", None]
    assert frame["model.sizes"].tolist() == [(8, 8)] * 3
    assert frame["duration"].dt.total_seconds().tolist() == [1.0, 2.0, 3.0]


def test_frame_without_trials_has_the_same_columns():
    frame = results().to_frame()
    expected = {name: kind for name, kind in COLUMNS.items() if name != "metrics.train_loss"}
    assert frame.shape == (0, len(expected))
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == expected


def test_frame_with_missing_parameters():
    lacking = TrialRecord(0, TrialState.WAITING, {})
    frame = results(lacking, record(1, 0.5, extra=7)).to_frame()
    assert str(frame["model.dim"].dtype) == "float64"
    assert frame["model.dim"].isna().tolist() == [True, False]
    assert frame["extra"].isna().tolist() == [True, False]
    assert frame["datetime_start"].isna().tolist() == [True, False]
    assert frame["duration"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("choices", "dtype"),
    [
        ([1, 2], "int64"),
        ([0.5, 1.5], "float64"),
        ([1, 1.5], "object"),
        ([True, False], "object"),
        ([2**70, 1], "object"),
        ([[1, 2], [3, 4]], "object"),
    ],
)
def test_a_categorical_column_keeps_the_choices(choices, dtype):
    records = [TrialRecord(i, TrialState.FAIL, {"p": choice}) for i, choice in enumerate(choices)]
    frame = results(*records, space={"p": Categorical(choices)}).to_frame()
    assert str(frame["p"].dtype) == dtype
    assert frame["p"].tolist() == choices


def test_parameters_called_like_other_columns_have_their_own():
    space = {"score": Real(0, 1), "state": Real(0, 1), "params.state": Real(0, 1)}
    params = {"score": 0.25, "state": 0.5, "params.state": 0.75}
    trial = TrialRecord(0, TrialState.COMPLETE, params, values=(9.0,))
    frame = results(trial, space=space).to_frame()
    assert frame.columns.is_unique
    assert frame.loc[0, "score"] == 9.0
    assert frame.loc[0, "params.score"] == 0.25
    assert frame.loc[0, "params.state"] == 0.75
    assert frame.loc[0, "params.params.state"] == 0.5


def test_the_searched_metric_is_the_score_where_a_study_kept_no_metrics():
    trial = TrialRecord(0, TrialState.COMPLETE, {}, values=(9.0,))
    assert results(trial).to_frame()["metrics.val_loss"].tolist() == [9.0]


def test_from_dicts_of_own_items_gives_the_same_trials():
    found = results(record(0, 0.5), record(1, math.inf), record(2), record(3, 0.1, state="PRUNED"))
    again = SearchResults.from_dicts(list(found), metric="val_loss", space=SPACE)
    assert list(again) == list(found)
    assert again.best == found.best


def test_from_dicts_finds_parameters_metric_and_space_in_configs():
    dicts = [
        {"config": {"a": {"lr": 10.0**-i, "n": 2}, "opt": name}, "metrics": {"loss": float(i)}}
        for i, name in enumerate(["adam", "sgd", "adam", "adam"])
    ]
    found = SearchResults.from_dicts(dicts, mode="max")
    assert found.metric == "loss"
    assert found.base_config == {"a": {"n": 2}}
    assert found.space == {
        "a.lr": Real(1e-3, 1.0, log=True),
        "opt": Categorical(["adam", "sgd"]),
    }
    assert found.best_params == {"a.lr": 1e-3, "opt": "adam"}
    assert [item["config"] for item in found] == [entry["config"] for entry in dicts]


def test_from_dicts_states():
    found = SearchResults.from_dicts(
        [
            {"params": {"x": 1}, "score": 0.5},
            {"params": {"x": 2}, "score": float("nan")},
            {"params": {"x": 3}, "metrics": {}},
            {"params": {"x": 4}, "score": 0.1, "state": "PRUNED"},
            {"params": {"x": 5}, "state": "RUNNING"},
        ]
    )
    assert [item["state"] for item in found] == ["COMPLETE", "FAIL", "FAIL", "PRUNED"]
    assert found.metric == "score"
    assert found.best_params == {"x": 1}


def test_from_dicts_names_the_metric_that_equals_the_score():
    found = SearchResults.from_dicts(
        [{"params": {}, "score": 2.0, "metrics": {"acc": 1.0, "loss": 2.0}}]
    )
    assert found.metric == "loss"


def test_from_dicts_refuses_what_it_cannot_read():
    with pytest.raises(SearchArgumentError, match=r"name the one that counts.*metric='a'"):
        SearchResults.from_dicts([{"params": {}, "metrics": {"a": 1, "b": 2}}])
    with pytest.raises(SearchArgumentError, match="number 1 is 'x'"):
        SearchResults.from_dicts([{"params": {}, "score": 1}, "x"])
    with pytest.raises(SearchArgumentError, match="state is one of"):
        SearchResults.from_dicts([{"params": {}, "score": 1, "state": "DONE"}])


def test_from_dicts_of_nothing():
    assert len(SearchResults.from_dicts([], "loss")) == 0


def test_the_module_loads_nothing_heavy():
    code = (
        "import sys, frameworm.search.results.results, frameworm.search.analysis.analyzer\n"
        "heavy = {'pandas', 'numpy', 'matplotlib', 'torch', 'optuna', 'sqlalchemy', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_df_is_the_frame():
    found = results(record(0, 0.5), record(1, 0.25))
    pd.testing.assert_frame_equal(found.df, found.to_frame())
