"""SearchCV finds what GridSearchCV finds, resumes what was killed, and prunes by folds."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed (frameworm[sklearn])")

import sklearn
from scipy import stats
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import FitFailedWarning
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import GridSearchCV, GroupKFold, KFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from frameworm.errors import FitError, SearchArgumentError, SpaceError
from frameworm.integrations.sklearn import SearchCV
from frameworm.search import Categorical, Integer, Real, SearchAnalyzer
from tests.integrations.threshold import Threshold

X, Y = load_iris(return_X_y=True)
GRID = {"kernel": ["rbf", "linear"], "C": [0.1, 1, 10.0], "gamma": ["scale", 0.1]}
SCRIPT = Path(__file__).with_name("search_cv_script.py")


def assert_same_columns(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert set(ours) - {"trial", "state"} == set(theirs)
    for name, column in theirs.items():
        if "time" in name:
            assert (ours[name].shape, ours[name].dtype) == (column.shape, column.dtype)
        elif name == "params":
            assert ours[name] == column
        else:
            np.testing.assert_array_equal(ours[name], column, err_msg=name)
            assert ours[name].dtype == column.dtype, name


def test_a_grid_has_the_columns_of_scikit_learns() -> None:
    theirs = GridSearchCV(SVC(), GRID, return_train_score=True).fit(X, Y)
    ours = SearchCV(SVC(), GRID, "grid", return_train_score=True, random_state=3).fit(X, Y)
    assert_same_columns(ours.cv_results_, theirs.cv_results_)
    assert ours.best_index_ == theirs.best_index_
    assert ours.best_params_ == theirs.best_params_
    assert ours.best_score_ == theirs.best_score_
    assert ours.n_splits_ == theirs.n_splits_ == 5
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
    assert ours.score(X, Y) == theirs.score(X, Y)
    assert sorted(ours.cv_results_["trial"]) == list(range(12))
    assert set(ours.cv_results_["state"]) == {"COMPLETE"}


def test_several_grids_have_the_order_of_scikit_learns() -> None:
    grids = [
        {"kernel": ["poly"], "C": np.logspace(-1, 1, 3), "degree": range(2, 4)},
        {"kernel": ["rbf", "linear"], "C": np.logspace(-1, 1, 3)},
    ]
    theirs = GridSearchCV(SVC(), grids).fit(X, Y)
    ours = SearchCV(SVC(), grids, "grid").fit(X, Y)
    assert_same_columns(ours.cv_results_, theirs.cv_results_)


def both_scores(estimator: Any, X: Any, y: Any) -> dict[str, float]:
    found = estimator.predict(X)
    return {"accuracy": accuracy_score(y, found), "f1": f1_score(y, found, average="macro")}


@pytest.mark.parametrize("scoring", [["accuracy", "f1_macro"], both_scores])
def test_several_scores_have_the_columns_of_scikit_learns(scoring: Any) -> None:
    refit = "f1" if callable(scoring) else "f1_macro"
    settings = {"scoring": scoring, "refit": refit, "cv": KFold(3, shuffle=True, random_state=0)}
    theirs = GridSearchCV(SVC(), GRID, **settings).fit(X, Y)
    ours = SearchCV(SVC(), GRID, "grid", **settings).fit(X, Y)
    assert_same_columns(ours.cv_results_, theirs.cv_results_)
    assert ours.multimetric_
    assert ours.best_index_ == theirs.best_index_
    assert ours.score(X, Y) == theirs.score(X, Y)
    assert ours.results_.metric == f"mean_test_{refit}"


def test_refit_may_choose_or_be_left_out() -> None:
    def simplest(table: dict[str, Any]) -> int:
        return int(np.argmin(table["param_C"]))

    chosen = SearchCV(SVC(), GRID, "grid", refit=simplest).fit(X, Y)
    assert chosen.best_estimator_.C == 0.1
    left = SearchCV(SVC(), GRID, "grid", refit=False).fit(X, Y)
    assert left.best_params_ == GridSearchCV(SVC(), GRID, refit=False).fit(X, Y).best_params_
    assert not hasattr(left, "predict")
    several = SearchCV(SVC(), GRID, "grid", scoring=["accuracy", "f1_macro"], refit=False).fit(X, Y)
    assert not hasattr(several, "best_index_")
    assert several.results_.metric == "mean_test_accuracy"
    with pytest.raises(ValueError, match="refit must be set to a scorer key"):
        SearchCV(SVC(), GRID, "grid", scoring=both_scores).fit(X, Y)


@pytest.mark.parametrize("error_score", [np.nan, -1.0])
def test_failing_fits_have_the_columns_of_scikit_learns(error_score: float) -> None:
    grid = {"broken": [False, "first", True], "quality": [0.25, 0.5]}
    settings = {"cv": KFold(3), "error_score": error_score}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = GridSearchCV(Threshold(), grid, **settings).fit(X, Y)
    with pytest.warns(FitFailedWarning, match="ArithmeticError: cannot fit this"):
        ours = SearchCV(Threshold(), grid, "grid", **settings).fit(X, Y)
    assert_same_columns(ours.cv_results_, theirs.cv_results_)
    assert ours.best_params_ == {"broken": False, "quality": 0.5}
    failed = [item for item in ours.results_ if item["params"]["broken"] is True]
    assert {item["state"] for item in failed} == {"FAIL"}


def test_only_failing_fits_are_an_error() -> None:
    with pytest.raises(FitError, match=r"(?s)All 2 candidates failed.*2 times: .*cannot fit this"):
        SearchCV(Threshold(), {"broken": [True], "quality": [1, 2]}, "grid").fit(X, Y)
    assert issubclass(FitError, ValueError)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_failing_fit_is_raised_where_asked(n_jobs: int) -> None:
    search = SearchCV(
        Threshold(), {"broken": [True, False]}, "grid", error_score="raise", n_jobs=n_jobs
    )
    with pytest.raises(ArithmeticError, match="cannot fit this"):
        search.fit(X, Y)


def test_unknown_parameters_are_refused_with_the_nearest() -> None:
    with pytest.raises(SpaceError, match=r"no parameter 'gama'. Did you mean 'gamma'"):
        SearchCV(SVC(), {"gama": [0.1]}, "grid").fit(X, Y)
    with pytest.raises(ValueError, match="Invalid parameter 'depth' for estimator"):
        SearchCV(
            Pipeline([("clf", SVC())]),
            {"clf": [SVC(), LogisticRegression()], "clf__depth": [1, 2]},
            "grid",
        ).fit(X, Y)


def test_other_mistakes_are_scikit_learns_value_errors() -> None:
    with pytest.raises(ValueError, match="'method' parameter of SearchCV must be a str among"):
        SearchCV(SVC(), GRID, "genetic").fit(X, Y)
    with pytest.raises(ValueError, match=r"'n_trials' parameter of SearchCV must be an int"):
        SearchCV(SVC(), GRID, n_trials=0).fit(X, Y)
    with pytest.raises(ValueError, match=r"not a valid scoring|must be a str among"):
        SearchCV(SVC(), GRID, scoring="acuracy").fit(X, Y)


def test_scipys_distributions_are_drawn_from() -> None:
    space = {"C": stats.loguniform(1e-3, 1e-2), "kernel": ["rbf", "linear"]}
    search = SearchCV(SVC(), space, n_trials=5, random_state=0).fit(X, Y)
    assert all(1e-3 <= value <= 1e-2 for value in search.cv_results_["param_C"])


@pytest.mark.parametrize("method", ["random", "quasirandom", "bayesian"])
def test_a_seed_fixes_the_candidates(method: str) -> None:
    space = {"C": Real(0.01, 100, log=True), "kernel": ["rbf", "linear"]}
    searches = [
        SearchCV(SVC(), space, method, n_trials=6, cv=3, random_state=seed).fit(X, Y)
        for seed in (4, 4, np.random.RandomState(4))
    ]
    one, other, third = (search.cv_results_["params"] for search in searches)
    assert one == other != third
    assert len(one) == 6
    assert searches[0].best_score_ == max(searches[0].cv_results_["mean_test_score"])


def test_whole_steps_and_conditions_are_searched() -> None:
    space = {
        "scale": ["passthrough", StandardScaler()],
        "clf": (choices := Categorical([SVC(), KNeighborsClassifier()])),
        "clf__n_neighbors": Integer(1, 9, when={"clf": choices.choices[1]}),
    }
    pipeline = Pipeline([("scale", None), ("clf", SVC())])
    search = SearchCV(pipeline, space, n_trials=10, random_state=0).fit(X, Y)
    neighbors = search.cv_results_["param_clf__n_neighbors"]
    for params, masked in zip(search.cv_results_["params"], neighbors.mask, strict=True):
        assert masked == isinstance(params["clf"], SVC)
    assert 0 < neighbors.mask.sum() < 10
    assert not hasattr(choices.choices[0], "classes_")
    assert search.best_estimator_.named_steps["clf"] is not search.best_params_["clf"]


def test_groups_and_weights_go_where_scikit_learn_sends_them() -> None:
    groups, weight = np.arange(len(X)) % 7, np.linspace(0.1, 1, len(X))
    settings = {"cv": GroupKFold(3)}
    grid = {"alpha": [0.1, 1.0]}
    theirs = GridSearchCV(Ridge(), grid, **settings).fit(X, Y, groups=groups, sample_weight=weight)
    ours = SearchCV(Ridge(), grid, "grid", **settings)
    ours.fit(X, Y, groups=groups, sample_weight=weight)
    assert_same_columns(ours.cv_results_, theirs.cv_results_)
    with sklearn.config_context(enable_metadata_routing=True):
        estimator = (
            Ridge().set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
        )
        theirs = GridSearchCV(estimator, grid, **settings)
        theirs.fit(X, Y, groups=groups, sample_weight=weight)
        ours = SearchCV(estimator, grid, "grid", **settings)
        ours.fit(X, Y, groups=groups, sample_weight=weight)
    assert_same_columns(ours.cv_results_, theirs.cv_results_)


def test_a_fitted_search_is_analyzed_cloned_and_pickled(url: str) -> None:
    search = SearchCV(
        SVC(), {"C": Real(0.01, 100, log=True)}, n_trials=5, storage=url, random_state=0
    ).fit(X, Y)
    assert SearchAnalyzer(search.results_).results.best_score == search.best_score_
    assert search.study_name_ == search.results_.study_name
    copy = pickle.loads(pickle.dumps(search))
    np.testing.assert_array_equal(copy.predict(X), search.predict(X))
    assert len(copy.results_) == 5
    assert not hasattr(clone(search), "cv_results_")


class Heard:
    """A callback that keeps what it hears."""

    def __init__(self) -> None:
        self.scores: list[float] = []

    def on_trial_end(self, trial: Any, outcome: Any) -> None:
        self.scores.append(outcome.values[0])


def test_callbacks_and_limits_are_passed_on() -> None:
    heard = Heard()
    search = SearchCV(
        Threshold(), {"quality": Real(0, 1)}, n_trials=500, timeout=0.3, callbacks=[heard]
    ).fit(X, Y)
    assert 0 < len(search.cv_results_["params"]) < 500
    assert sorted(heard.scores) == sorted(search.cv_results_["mean_test_score"])
    if hasattr(search, "set_callbacks"):
        from sklearn.callback import ProgressBar

        with pytest.raises(SearchArgumentError, match="callbacks hear nothing"):
            search.set_callbacks(ProgressBar()).fit(X, Y)
