"""SearchCV keeps scikit-learn's own contract for estimators."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed (frameworm[sklearn])")

from sklearn.base import is_regressor
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from frameworm.integrations.sklearn import SearchCV
from frameworm.search import Real

# scikit-learn expects it of its own GridSearchCV; see its instance_generator.py.
EXPECTED = {
    "check_supervised_y_2d": "no warning for a column of targets",
}
# As scikit-learn checks its own searches, with error_score="raise".
HOW: dict[str, Any] = {"n_trials": 2, "cv": 2, "error_score": "raise"}


@parametrize_with_checks(
    [
        SearchCV(Ridge(), {"alpha": [0.1, 1.0]}, "grid", **HOW),
        SearchCV(LogisticRegression(), {"C": Real(0.1, 1.0, log=True)}, "random", **HOW),
        SearchCV(make_pipeline(PCA(), Ridge()), {"ridge__alpha": Real(0.1, 1)}, "bayesian", **HOW),
    ],
    expected_failed_checks=lambda estimator: EXPECTED if is_regressor(estimator) else {},
)
def test_it_is_an_estimator(estimator: Any, check: Any) -> None:
    check(estimator)
