"""A SearchCV runs in processes, is resumed exactly once after a kill, and prunes by folds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed (frameworm[sklearn])")

from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import FitFailedWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.svm import SVC

from frameworm.errors import StudyMismatchError
from frameworm.integrations.sklearn import SearchCV
from frameworm.search import Integer, Real
from tests.integrations.threshold import Threshold

X, Y = load_iris(return_X_y=True)
SCRIPT = Path(__file__).with_name("search_cv_script.py")


def test_processes_find_what_one_finds_and_leave_nothing(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    alone, several, pruned = (
        SearchCV(
            SVC(),
            {"C": Real(0.01, 100, log=True)},
            n_trials=6,
            random_state=0,
            n_jobs=n_jobs,
            pruner=pruner,
        ).fit(X, Y)
        for n_jobs, pruner in ((1, None), (2, None), (2, "median"))
    )
    assert_same = np.testing.assert_array_equal
    assert_same(several.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"])
    assert (
        pruned.cv_results_["params"] == several.cv_results_["params"] == alone.cv_results_["params"]
    )
    assert list(tmp_path.iterdir()) == []


class Loads(list):  # type: ignore[type-arg]
    """Samples that write down each process they are sent to."""

    log = ""

    def __reduce__(self) -> Any:
        return _arrive, (list(self), self.log)


def _arrive(samples: list[Any], log: str) -> Loads:
    with Path(log).open("a") as file:
        file.write(f"{os.getpid()}\n")
    arrived = Loads(samples)
    arrived.log = log
    return arrived


def test_data_travels_to_a_worker_once(tmp_path: Path) -> None:
    samples = Loads([[float(i)] for i in range(40)])
    samples.log = str(tmp_path / "loads")
    search = SearchCV(
        DummyClassifier(), {"random_state": Integer(0, 99)}, n_trials=12, cv=2, n_jobs=2
    )
    search.fit(samples, [0, 1] * 20)
    counts = Counter((tmp_path / "loads").read_text().split())
    assert len(counts) == 2
    assert set(counts.values()) == {1}


def lines(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


@pytest.mark.faults
@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_killed_fit_goes_on_where_it_stopped(tmp_path: Path, url: str, n_jobs: int) -> None:
    log = tmp_path / "log"
    command = [sys.executable, str(SCRIPT), url, str(n_jobs), str(log)]
    first = subprocess.Popen([*command, "0.15"], start_new_session=True)
    deadline = time.monotonic() + 60
    while len(lines(log)) < 10:
        assert time.monotonic() < deadline
        assert first.poll() is None
        time.sleep(0.02)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    before = Counter(line.split()[2] for line in lines(log))
    done = [value for value, fits in before.items() if fits >= 3]
    second = subprocess.run(
        [*command, "0"], capture_output=True, text=True, timeout=100, check=True
    )
    fits = Counter(line.split()[2] for line in lines(log) if line.split()[1] != "150")
    assert len(fits) == 8
    assert len(done) >= 2
    # What was running when it was killed starts anew; a finished candidate is not fitted again,
    # but for one whose last fold had been logged and not yet stored.
    assert sum(fits[value] == 3 for value in done) >= len(done) - n_jobs
    assert "'C':" in second.stdout


def test_a_study_of_other_data_is_not_taken_over(url: str) -> None:
    search = SearchCV(
        SVC(), {"C": [0.1, 1.0]}, "grid", storage=url, study_name="s", cv=StratifiedKFold(3)
    )
    first = search.fit(X, Y).cv_results_
    again = clone(search).fit(X, Y).cv_results_
    np.testing.assert_array_equal(again["mean_fit_time"], first["mean_fit_time"])
    with pytest.raises(StudyMismatchError, match="scores of other data"):
        clone(search).fit(X + 1, Y)
    with pytest.raises(StudyMismatchError, match="other scoring;"):
        clone(search).set_params(scoring="f1_macro").fit(X, Y)
    shuffled = clone(search).set_params(cv=KFold(3, shuffle=True))
    with pytest.raises(StudyMismatchError, match=r"other folds; .* Give cv a random_state"):
        shuffled.fit(X, Y)
    with pytest.raises(StudyMismatchError, match="other estimator"):
        SearchCV(LogisticRegression(), **_without_estimator(search)).fit(X, Y)


def test_failed_candidates_run_again_where_asked(url: str, monkeypatch: Any) -> None:
    settings = {"storage": url, "study_name": "s", "cv": KFold(2)}
    space = {"quality": [0.25, 0.5], "broken": ["once", False]}
    with pytest.warns(FitFailedWarning):
        first = SearchCV(Threshold(), space, "grid", **settings).fit(X, Y)
    assert Counter(first.cv_results_["state"]) == {"COMPLETE": 2, "FAIL": 2}
    monkeypatch.setattr(Threshold, "mended", True)
    again = SearchCV(Threshold(), space, "grid", retry_failed=True, **settings).fit(X, Y)
    assert set(again.cv_results_["state"]) == {"COMPLETE"}


def _without_estimator(search: SearchCV) -> dict[str, Any]:
    return {
        name: value for name, value in search.get_params(deep=False).items() if name != "estimator"
    }


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_pruner_saves_folds(tmp_path: Path, n_jobs: int) -> None:
    log = tmp_path / "log"
    qualities = [i / 32 for i in range(33)]
    search = SearchCV(
        Threshold(log=str(log)),
        {"quality": qualities},
        "grid",
        cv=5,
        n_jobs=n_jobs,
        pruner="median",
        random_state=0,
    )
    search.fit(X, Y)
    states = Counter(search.cv_results_["state"])
    fits = len(lines(log)) - 1
    assert states["PRUNED"] >= 8
    assert states["FAIL"] == 0
    assert fits <= 5 * 33 - 2 * states["PRUNED"]
    assert search.best_params_ == {"quality": 1.0}
    pruned = np.array(search.cv_results_["state"]) == "PRUNED"
    assert np.isnan(search.cv_results_["mean_test_score"][pruned]).all()
    np.testing.assert_allclose(
        search.cv_results_["split0_test_score"],
        search.cv_results_["param_quality"].astype(float),
    )
    assert np.isnan(search.cv_results_["split4_test_score"][pruned]).all()


def test_wilcoxon_is_given_each_folds_score() -> None:
    search = SearchCV(SVC(), {"C": [0.001, 1.0]}, "grid", cv=4, pruner="wilcoxon").fit(X, Y)
    for record in search.results_.records:
        curve = [record.metrics[f"split{i}_test_score"] for i in range(4)]
        assert list(record.intermediate.values()) == curve
