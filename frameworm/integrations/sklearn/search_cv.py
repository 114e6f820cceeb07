"""``SearchCV``: any of Frameworm's searches where ``GridSearchCV`` would stand."""

from __future__ import annotations

import contextlib
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar

from joblib import effective_n_jobs
from sklearn.base import _fit_context, clone, is_classifier
from sklearn.model_selection import check_cv
from sklearn.model_selection._search import BaseSearchCV
from sklearn.utils import check_random_state, indexable
from sklearn.utils._param_validation import Interval, StrOptions

from frameworm.errors import NoResultError, ObjectiveError, SearchArgumentError
from frameworm.integrations.sklearn.cross_validation import CrossValidation, FitRaisedError
from frameworm.integrations.sklearn.failures import tell_failures
from frameworm.integrations.sklearn.fingerprint import SECTION, check_fingerprint, fingerprint
from frameworm.integrations.sklearn.fold_metrics import folds_of, score_names
from frameworm.integrations.sklearn.grid_order import grid_place
from frameworm.integrations.sklearn.parameter_names import check_names
from frameworm.search import BayesianSearch, GridSearch, QuasiRandomSearch, RandomSearch
from frameworm.search.search import Search
from frameworm.search.space import expand_search_space
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState

__all__ = ["SearchCV"]

_METHODS: dict[str, Callable[..., Search]] = {
    "grid": GridSearch,
    "random": RandomSearch,
    "quasirandom": QuasiRandomSearch,
    "bayesian": BayesianSearch,
}
_MEMORY = "sqlite://"


class SearchCV(BaseSearchCV):  # type: ignore[misc]  # scikit-learn has no types
    """Search an estimator's parameters by cross-validation, with any of Frameworm's searches.

    It is a scikit-learn estimator with the attributes of ``GridSearchCV``. Each candidate is a
    trial of a study: with a ``study_name`` a fit that was interrupted goes on where it stopped and
    fits nothing twice, several processes may share one search, and ``frameworm show`` or
    ``optuna-dashboard`` read it.

    Args:
        estimator: What to fit; it is cloned.
        space: Lists of values, ``Real``, ``Integer``, ``Categorical`` or SciPy distributions by
            parameter name; a pipeline's are called ``step__parameter``. A grid may be a list of
            grids that one parameter tells apart.
        method: ``"grid"``, ``"random"``, ``"quasirandom"`` or ``"bayesian"``.
        n_trials: How many candidates; a grid tries all of its own.
        cv: A number of folds, a splitter or splits, as in ``GridSearchCV``.
        scoring: A scorer's name, a function, or several; by default the estimator's own score.
        refit: Fit the best candidate on all data in the end. With several scores the name of the
            one to follow, or a function from ``cv_results_`` to the best index; unless it is a
            name, the search follows the first score.
        n_jobs: Candidates at once, each in a process that gets the data once; -1 for one a core,
            ``None`` for 1 unless in a ``joblib.parallel_config``.
        error_score: The score of a fold whose fit fails; ``"raise"`` ends the search with it.
        return_train_score: Score on the training folds too.
        random_state: Fixes the candidates; also the order in which a grid is run.
        pruner: Stops hopeless candidates after some of their folds, by the mean score so far:
            ``"median"``, ``"asha"``, ``"hyperband"``, an Optuna pruner, or ``"wilcoxon"``, which
            compares the folds' scores one by one. Their remaining columns are NaN.
        sampler: How ``"bayesian"`` proposes; see
            :class:`~frameworm.search.bayesian.BayesianSearch`.
        storage: A database URL; by default the search lives in memory, with a ``study_name`` in
            ``sqlite:///frameworm.db``.
        study_name: Make or resume the study of this name; it must be of the same data and folds.
        timeout: Seconds after which no further candidate starts.
        retry_failed: Run candidates again that failed in an earlier fit of this study.
        callbacks: Objects with methods of
            :class:`~frameworm.search.execution.callbacks.SearchCallback`.
        verbose: Show progress.

    Attributes:
        cv_results_: Scikit-learn's columns, a row a candidate, and ``state`` (``"COMPLETE"``,
            ``"PRUNED"`` or ``"FAIL"``) and ``trial``, its number in the study. A grid's rows are
            in ``GridSearchCV``'s order, others in order of their trials.
        results_: The same as Frameworm's search results, ready for ``SearchAnalyzer``.
        study_name_: The study's name.

    Raises:
        FitError: If every candidate failed.
        StudyMismatchError: If the study to resume has scores of other data or folds.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.svm import SVC
        >>> from frameworm.search import Real
        >>> X, y = load_iris(return_X_y=True)
        >>> search = SearchCV(SVC(), {"C": Real(0.01, 100, log=True)}, n_trials=5, random_state=0)
        >>> bool(search.fit(X, y).best_score_ > 0.9)
        True
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **BaseSearchCV._parameter_constraints,
        "method": [StrOptions({*_METHODS})],
        "n_trials": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "retry_failed": ["boolean"],
        "timeout": [Interval(Real, 0, None, closed="left"), None],
    }

    def __init__(
        self,
        estimator: Any,
        space: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        method: str = "random",
        *,
        n_trials: int = 50,
        cv: Any = None,
        scoring: Any = None,
        refit: Any = True,
        n_jobs: int | None = None,
        error_score: Any = float("nan"),
        return_train_score: bool = False,
        random_state: Any = None,
        pruner: Any = None,
        sampler: Any = "tpe",
        storage: Any = None,
        study_name: str | None = None,
        timeout: float | None = None,
        retry_failed: bool = False,
        callbacks: Sequence[Any] = (),
        verbose: int = 0,
    ) -> None:
        super().__init__(
            estimator,
            scoring=scoring,
            n_jobs=n_jobs,
            refit=refit,
            cv=cv,
            verbose=verbose,
            error_score=error_score,
            return_train_score=return_train_score,
        )
        self.space = space
        self.method = method
        self.n_trials = n_trials
        self.random_state = random_state
        self.pruner = pruner
        self.sampler = sampler
        self.storage = storage
        self.study_name = study_name
        self.timeout = timeout
        self.retry_failed = retry_failed
        self.callbacks = callbacks

    @_fit_context(prefer_skip_nested_validation=False)  # type: ignore[untyped-decorator]
    def fit(self, X: Any, y: Any = None, **params: Any) -> SearchCV:
        """Search, and fit the best candidate.

        Args:
            X: The samples.
            y: The targets; ``None`` for unsupervised learning.
            **params: Passed on to the estimator's ``fit``, the scorer and the splitter
                (``sample_weight``, ``groups``), or routed as their metadata requests say.

        Returns:
            This estimator.
        """
        if getattr(self, "_skl_callbacks", ()):
            raise SearchArgumentError(
                "scikit-learn's callbacks hear nothing of this search; give callbacks=[...] with "
                "methods of frameworm.search.SearchCallback instead."
            )
        scorer, refit_metric = self._get_scorers()
        X, y = indexable(X, y)
        routed = self._get_routed_params_for_fit(params)
        splitter = check_cv(self.cv, y, classifier=is_classifier(self.estimator))
        folds = [*splitter.split(X, y, **routed.splitter.split)]
        self.n_splits_ = len(folds)
        followed, names = self._scores_of(scorer)
        validation = CrossValidation(
            metric=f"mean_test_{followed or 'score'}",
            followed=followed,
            estimator=clone(self.estimator),
            X=X,
            y=y,
            folds=folds,
            scorer=scorer,
            fit_params=routed.estimator.fit,
            score_params=routed.scorer.score,
            error_score=self.error_score,
            with_train=self.return_train_score,
            each_fold=self.pruner == "wilcoxon",
        )
        records = self._search(validation)
        # Only its scores tell how many a scoring function returns.
        names = names or score_names(records)
        self.multimetric_ = names != ["score"]
        if self.multimetric_ and callable(self.scoring):
            self._check_refit_for_multimetric(names)
            refit_metric = self.refit
        self.cv_results_ = self._table(records, names)
        self._choose(refit_metric)
        if self.refit:
            self._refit(X, y, routed.estimator.fit)
        self.scorer_ = getattr(scorer, "_scorers", scorer)
        return self

    def _scores_of(self, scorer: Any) -> tuple[str | None, list[str]]:
        """Return the score to follow, and the names of all as far as they are known."""
        names = [*scorer._scorers] if hasattr(scorer, "_scorers") else []
        if not names and not callable(self.scoring):
            return None, ["score"]
        return (self.refit if isinstance(self.refit, str) else next(iter(names), None)), names

    def _search(self, validation: CrossValidation) -> list[TrialRecord]:
        """Run the trials that are missing, and return all that are finished."""
        n_jobs = effective_n_jobs(self.n_jobs)
        with self._place(n_jobs) as storage:
            search = self._make_search(validation, storage)
            check_names(validation.estimator, search.search_space)
            try:
                search.run(
                    validation,
                    n_jobs=n_jobs,
                    verbose=bool(self.verbose),
                    timeout=self.timeout,
                    retry_failed=self.retry_failed,
                    callbacks=self.callbacks,
                )
            except FitRaisedError as error:
                raise error.args[1] from None
            except (ObjectiveError, NoResultError):
                tell_failures(search.results.records, self.error_score)
                raise
        self.results_ = search.results
        self.study_name_ = self.results_.study_name
        records = [*self.results_.records]
        tell_failures(records, self.error_score)
        if isinstance(search, GridSearch):
            spaces = [self.space] if isinstance(self.space, Mapping) else self.space
            grids = [expand_search_space(space) for space in spaces]
            records.sort(key=lambda record: grid_place(grids, record.params))
        return records

    def _make_search(self, validation: CrossValidation, storage: Any) -> Search:
        base: dict[str, Any] = {
            name: value
            for name, value in validation.estimator.get_params().items()
            if value is None or isinstance(value, (bool, int, float, str))
        }
        if storage != _MEMORY:
            base[SECTION] = fingerprint(validation)
            if self.study_name is not None:
                check_fingerprint(storage, self.study_name, base[SECTION])
        options: dict[str, Any] = {
            "storage": storage,
            "study_name": self.study_name,
            "random_state": self._seed(),
            "pruner": self.pruner,
            "keep_checkpoints": None,
        }
        if self.method != "grid":
            options["n_trials"] = self.n_trials
        if self.method == "bayesian":
            options["sampler"] = self.sampler
        return _METHODS[self.method](base, self.space, validation.metric, "max", **options)

    def _seed(self) -> int | None:
        if self.random_state is None or isinstance(self.random_state, Integral):
            return None if self.random_state is None else int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**31))

    @contextlib.contextmanager
    def _place(self, n_jobs: int) -> Iterator[Any]:
        """Where the study lies; what nobody asked to keep leaves nothing behind."""
        if self.storage is not None:
            yield self.storage
        elif self.study_name is not None:
            yield "sqlite:///frameworm.db"
        elif self.pruner is None or n_jobs == 1:
            yield _MEMORY
        else:
            # Workers report to the study while they run a trial, so they must reach it.
            with tempfile.TemporaryDirectory(prefix="frameworm-") as folder:
                yield f"sqlite:///{folder}/search.db"

    def _table(self, records: Sequence[TrialRecord], names: Sequence[str]) -> dict[str, Any]:
        error_score = float("nan") if self.error_score == "raise" else self.error_score
        fits = [
            fold
            for record in records
            for fold in folds_of(
                record,
                names,
                self.n_splits_,
                error_score=error_score,
                with_train=self.return_train_score,
            )
        ]
        with warnings.catch_warnings():
            if any(record.state is TrialState.PRUNED for record in records):
                warnings.filterwarnings("ignore", "One or more of the .* scores are non-finite")
            table: dict[str, Any] = self._format_results(
                [dict(record.params) for record in records],
                self.n_splits_,
                fits,
                {
                    "trial": [record.number for record in records],
                    "state": [record.state.value for record in records],
                },
            )
        return table

    def _choose(self, refit_metric: Any) -> None:
        if self.multimetric_ and not self.refit:
            return
        self.best_index_ = self._select_best_index(self.refit, refit_metric, self.cv_results_)
        if not callable(self.refit):
            self.best_score_ = self.cv_results_[f"mean_test_{refit_metric}"][self.best_index_]
        self.best_params_ = self.cv_results_["params"][self.best_index_]

    def _refit(self, X: Any, y: Any, fit_params: Mapping[str, Any]) -> None:
        # A parameter may be an estimator; the search keeps its own unfitted.
        self.best_estimator_ = clone(self.estimator).set_params(
            **clone(self.best_params_, safe=False)
        )
        targets = () if y is None else (y,)
        started = time.perf_counter()
        self.best_estimator_.fit(X, *targets, **fit_params)
        self.refit_time_ = time.perf_counter() - started
        if hasattr(self.best_estimator_, "feature_names_in_"):
            self.feature_names_in_ = self.best_estimator_.feature_names_in_
