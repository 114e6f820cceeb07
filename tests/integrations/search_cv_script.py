"""A user's scikit-learn script, run as a process of its own by the tests, which kill it.

Usage: search_cv_script.py URL N_JOBS LOG SECONDS
"""

from __future__ import annotations

import os
import sys
import time

from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from frameworm.integrations.sklearn import SearchCV
from frameworm.search import Real


class LoggedRegression(LogisticRegression):
    """Writes a line for each fit."""

    def __init__(self, C=1.0, log="", seconds=0.0):
        super().__init__(C=C)
        self.log = log
        self.seconds = seconds

    def fit(self, X, y):
        time.sleep(self.seconds)
        with open(self.log, "a") as log:  # noqa: PTH123
            log.write(f"{os.getpid()} {len(X)} {self.C}\n")
        return super().fit(X, y)


def main() -> None:
    url, n_jobs, log, seconds = sys.argv[1:]
    search = SearchCV(
        LoggedRegression(log=log, seconds=float(seconds)),
        {"C": Real(1e-3, 1e3, log=True)},
        n_trials=8,
        cv=3,
        random_state=1,
        n_jobs=int(n_jobs),
        storage=url,
        study_name="s",
    )
    search.fit(*load_iris(return_X_y=True))
    print(search.best_params_, search.best_score_)


if __name__ == "__main__":
    main()
