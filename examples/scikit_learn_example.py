"""Search a scikit-learn pipeline where GridSearchCV would stand: resumable, pruned by folds.

Run it twice: the second time everything is read from the database and nothing is fitted but the
best pipeline. Needs scikit-learn (pip install 'frameworm[sklearn]').
"""

from pathlib import Path

import pandas as pd
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from frameworm.integrations.sklearn import SearchCV
from frameworm.search import Categorical, Real, SearchAnalyzer

OUTPUT = Path("search_output")
STORAGE = f"sqlite:///{OUTPUT}/scikit_learn.db"


def main() -> None:
    OUTPUT.mkdir(exist_ok=True)
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    search = SearchCV(
        Pipeline([("scale", StandardScaler()), ("svc", SVC())]),
        {
            "scale": ["passthrough", StandardScaler()],
            "svc__kernel": ["rbf", "linear"],
            "svc__C": Real(0.01, 100, log=True),
            # Searched only where it matters.
            "svc__gamma": Categorical(["scale", "auto"], when={"svc__kernel": "rbf"}),
        },
        method="bayesian",
        n_trials=20,
        # With a seed the folds are the same in the next run, so that it may go on with these.
        cv=StratifiedKFold(4, shuffle=True, random_state=0),
        random_state=0,
        pruner="median",
        storage=STORAGE,
        study_name="digits-svc",
    )
    search.fit(X_train, y_train)
    print(f"Best: {search.best_score_:.4f} with {search.best_params_}")
    print(f"On unseen digits: {search.score(X_test, y_test):.4f}")

    columns = ["trial", "state", "param_svc__C", "mean_test_score", "rank_test_score"]
    table = pd.DataFrame(search.cv_results_)[columns].sort_values("rank_test_score")
    print(table.head(5).to_string(index=False))

    SearchAnalyzer(search.results_).plot_parameter_vs_score(
        "svc__C", save_path=OUTPUT / "svc_C.png"
    )
    print(f"See every trial:  optuna-dashboard {STORAGE}")


if __name__ == "__main__":
    main()
