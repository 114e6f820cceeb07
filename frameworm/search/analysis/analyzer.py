"""Analyse a search: the best configurations, a summary, what mattered, pictures, a report."""

from __future__ import annotations

import contextlib
import functools
import logging
from typing import TYPE_CHECKING, Any

from frameworm.errors import MissingPackageError, NoResultError, SearchArgumentError
from frameworm.search.analysis.plot_methods import SearchPlots
from frameworm.search.results.sources import (
    results_from,
    results_in_file,
    results_in_storage,
    results_of_study,
)
from frameworm.search.results.summary import (
    SearchSummary,
    front_table,
    summarize,
    summary_table,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    from typing_extensions import Self

    from frameworm.search.analysis.verdict import Verdict
    from frameworm.search.results.results import SearchResults
    from frameworm.search.space.dimensions import Dimension
    from frameworm.trial.goals import Mode

__all__ = ["SearchAnalyzer"]

_logger = logging.getLogger("frameworm")

_SLOW_FANOVA = 200
"""From about this many trials on fANOVA takes seconds (16 s at 1,000 trials)."""


class SearchAnalyzer(SearchPlots):
    """Rank, summarise and draw the results of a search.

    Every plot returns the Matplotlib ``Axes`` it drew on, whose ``figure`` is the picture. A
    notebook shows it at the end of its cell; at a prompt, or in a script with a screen that imports
    pyplot, ``matplotlib.pyplot.show()`` does. Without a screen nothing needs to be shown or closed.
    With ``save_path`` the figure is saved, in the format its ending names; missing folders are
    made. With ``ax`` the plot is drawn into a figure of your own.

    Args:
        source: ``search.results``, a search, an Optuna study or its ``trials``, a storage URL such
            as ``"sqlite:///frameworm.db"``, the path of an SQLite file or of one that
            ``save_results`` wrote, a DataFrame of trials (`SearchResults.to_frame`, Optuna's
            ``trials_dataframe()``), or a list of result dictionaries (see
            `SearchResults.from_dicts`).
        study_name: For a storage: the study; may be left out where it holds one only.
        metric: For a DataFrame or a list: the metric of the scores, or several.
        mode: For a DataFrame or a list: ``"min"`` (the default) or ``"max"``, of each or of all.

    Raises:
        SearchArgumentError: If the source is none of these.
        ResultsFileError: If a file does not hold results.

    Example:
        >>> analyzer = SearchAnalyzer(
        ...     [
        ...         {"params": {"training.lr": 0.1}, "score": 0.5},
        ...         {"params": {"training.lr": 0.2}, "score": 0.3},
        ...     ]
        ... )
        >>> analyzer.get_best_n(1)[["trial_idx", "score", "training.lr"]]
           trial_idx  score  training.lr
        0          1    0.3          0.2
        >>> analyzer.plot_convergence().get_ylabel()
        'score'
    """

    @classmethod
    def from_study(cls, study: Any) -> Self:
        """Analyse an ``optuna.Study``.

        Args:
            study: The study.
        """
        return cls(results_of_study(study))

    @classmethod
    def from_storage(cls, storage: Any, study_name: str | None = None) -> Self:
        """Analyse a study in a storage; nothing is created or changed there.

        Args:
            storage: A database URL, the path of an SQLite file, or an Optuna storage object.
            study_name: The study's name; may be left out where the storage holds one study only.

        Raises:
            StorageError: If there is no such database.
            StudyNotFoundError: If there is no such study.
        """
        return cls(results_in_storage(storage, study_name))

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Self:
        """Analyse results that ``save_results`` wrote.

        Args:
            path: The file.

        Raises:
            ResultsFileError: If it is missing, or does not hold results.
        """
        return cls(results_in_file(path))

    def __init__(
        self,
        source: Any,
        study_name: str | None = None,
        *,
        metric: str | Sequence[str] | None = None,
        mode: Mode | Sequence[Mode] | None = None,
    ) -> None:
        self._results = results_from(source, study_name, metric, mode)
        self._shares: dict[tuple[str, str], dict[str, float]] = {}

    def __repr__(self) -> str:
        return f"SearchAnalyzer({self._results!r})"

    @property
    def results(self) -> SearchResults:
        """The results analysed."""
        return self._results

    @functools.cached_property
    def df(self) -> pd.DataFrame:
        """The trials as a DataFrame, made once; see `SearchResults.to_frame` for its columns."""
        return self._results.to_frame()

    def get_best_n(self, n: int = 5) -> pd.DataFrame:
        """Return the best complete trials, best first.

        Infinite scores come after all finite ones, equal scores in trial order. With several
        objectives these are trials of the Pareto front, by the first objective.

        Args:
            n: How many at most.

        Returns:
            Rows of `df`, numbered from 0.

        Raises:
            SearchArgumentError: If ``n`` is no whole number from 1.
        """
        if isinstance(n, bool) or not isinstance(n, int) or n < 1:
            raise SearchArgumentError(f"get_best_n needs a whole number n >= 1, got {n!r}.")
        import numpy as np

        scored = self.df[self.df["score"].notna()]
        scores = scored["score"].to_numpy()
        if not self._results.goals.is_single:
            front = {record.number for record in self._results.pareto_front.records}
            scored = scored[scored["trial_idx"].isin(front)]
            scores = scored["score"].to_numpy()
        sign = 1.0 if self._results.mode == "min" else -1.0
        order = np.lexsort((scored["trial_idx"], sign * scores, np.isinf(scores)))
        from frameworm.search.analysis.best_trials import BestTrials
        from frameworm.search.results.frame import param_columns

        present = dict.fromkeys([*self._results.space, *self._param_names()])
        labels = param_columns(present, self._results.goals.metrics).values()
        further = [f"metrics.{name}" for name in self._results.goals.metrics[1:]]
        best = scored.iloc[order[:n]].reset_index(drop=True)
        return BestTrials(best, ["trial_idx", "score", *further, *labels])

    def _param_names(self) -> list[str]:
        return [key for record in self._results.records for key in record.params]

    def summary(self) -> SearchSummary:
        """Return counts, the best trial, mean, spread and durations."""
        return summarize(self._results)

    def print_summary(self) -> None:
        """Print the summary as a table, the Pareto front if there is one, and the verdict."""
        from rich.console import Console
        from rich.text import Text

        console = Console()
        console.print(summary_table(self.summary()))
        if not self._results.goals.is_single and len(self._results.pareto_front):
            console.print(front_table(self._results))
        found = self.verdict()
        for line in (*found.findings, *found.warnings):
            console.print(Text(f"- {line}"))

    def importance(
        self, evaluator: str = "ped-anova", metric: str | None = None
    ) -> pd.Series[float]:
        """Return how much each parameter explains of a metric.

        Args:
            evaluator: ``"ped-anova"`` (fast; what decides whether a trial is among the best),
                ``"fanova"`` (random forests over all trials; 16 s at 1,000 trials) or ``"mdi"``.
            metric: One of the metrics searched for; by default the first.

        Returns:
            Shares by parameter, largest first. All but ``"ped-anova"`` leave out
            parameters that only some trials have.

        Raises:
            NoResultError: If the complete trials are too few or do not differ.
            SearchArgumentError: If there is no such evaluator, or the metric is not searched for.
            MissingPackageError: If the evaluator needs a package that is not installed.
        """
        import pandas as pd

        from frameworm.search.analysis.importance import importance

        metric = self._results.metric if metric is None else metric
        count = len(self.df["score"].dropna())
        if evaluator == "fanova" and count > _SLOW_FANOVA:
            _logger.warning(
                "fANOVA on %d trials takes a while (16 s at 1,000); evaluator='ped-anova' is fast.",
                count,
            )
        try:
            if (evaluator, metric) not in self._shares:
                self._shares[evaluator, metric] = importance(self._results, evaluator, metric)
        except ImportError as error:
            raise MissingPackageError(
                f"The evaluator {evaluator!r} needs scikit-learn, which is not installed: "
                "pip install scikit-learn; or use evaluator='ped-anova'."
            ) from error
        found = self._shares[evaluator, metric]
        shares: pd.Series[float] = pd.Series(found, dtype="float64", name="importance")
        shares = shares.rename_axis("parameter")
        return shares.sort_values(ascending=False, kind="stable")

    def importances(self) -> dict[str, dict[str, float]]:
        """Return `importance` for each metric searched for that it can be told of.

        Returns:
            Shares by parameter, largest first, by metric.
        """
        found = {}
        for metric in self._results.goals.metrics:
            with contextlib.suppress(NoResultError):
                found[metric] = {
                    str(k): float(v) for k, v in self.importance(metric=metric).items()
                }
        return found

    def verdict(self) -> Verdict:
        """Return what came of the search, in sentences.

        They say what is best and how sure that is: how far the second is behind, how many trials
        have come since, what matters, and whether the best lies at an end of what was searched.
        """
        from frameworm.search.analysis.verdict import verdict

        return verdict(self._results, self.importances())

    def suggest_space(self) -> dict[str, Dimension]:
        """Return a narrower space for the next search: where the best fifth of the trials lies.

        Returns:
            Dimensions by dotted key, ready for ``search_space``; see
            `frameworm.search.analysis.narrowing.narrower_space` for how they are found.

        Raises:
            NoResultError: If fewer than 10 trials are complete.
        """
        from frameworm.search.analysis.narrowing import narrower_space

        return narrower_space(self._results)

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write `df` as CSV, ``duration`` in seconds.

        Args:
            path: The file; missing folders are made.
        """
        from frameworm.search.analysis.export import to_csv

        to_csv(self.df, path)

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write `df` as Parquet, ``duration`` in seconds, mixed values as text.

        Args:
            path: The file; missing folders are made.

        Raises:
            MissingPackageError: If pyarrow is not installed.
        """
        from frameworm.search.analysis.export import to_parquet

        to_parquet(self.df, path)

    def to_markdown(self, path: str | os.PathLike[str] | None = None, n: int | None = None) -> str:
        """Return trials as a Markdown table.

        Args:
            path: Where to write it too; missing folders are made.
            n: Only the best ``n``, best first; by default all trials, in trial order.
        """
        from frameworm.search.analysis.export import to_markdown

        return to_markdown(self.df if n is None else self.get_best_n(n), path)

    def report(self, path: str | os.PathLike[str] = "report.html") -> Path:
        """Write everything about the search as one HTML page that opens without a network.

        It holds the summary, the best configuration as YAML, all pictures that apply, a table of
        trials to sort and filter, the space, the errors, and where it comes from.

        Args:
            path: The file; missing folders are made, an older report is replaced.

        Returns:
            The path.

        Raises:
            SearchArgumentError: If the path is a folder.
        """
        from frameworm.search.analysis.gallery import gallery
        from frameworm.search.analysis.html_report import write_report

        shares = self.importances()
        pictures = gallery(self._results, self.offscreen(), shares)
        return write_report(path, self._results, self.summary(), self.df, pictures, shares)
