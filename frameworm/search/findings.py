"""What a search has found: its results, its best trial, its checkpoints."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from frameworm.checkpoints.places import is_remote
from frameworm.core import Config
from frameworm.core.urls import without_password
from frameworm.errors import NoResultError
from frameworm.search.execution.checkpoints import best_checkpoint
from frameworm.search.results.file import load_results, save_results
from frameworm.search.results.front import ParetoFront
from frameworm.search.results.results import SearchResults
from frameworm.search.study.backend import Study
from frameworm.trial.goals import Goals, Mode

__all__ = ["Findings"]


class Findings:
    """The part of a search that is read once it has run; the base of ``Search``."""

    base_config: Config
    storage: Any
    study_name: str | None
    goals: Goals
    _results: SearchResults | None
    _loaded: SearchResults | None = None
    """Results of a file, which have a base configuration of their own."""
    _study: Study | None
    _followed_root: str | None = None
    """The checkpoints of a search that another process has driven."""

    def __repr__(self) -> str:
        kind = type(self).__name__
        name = self.study_name if self._study is None else self._study.name
        called = f"{kind} {name!r}" if name else kind
        if self._results is None:
            return f"<{called}: {self.goals}; not run yet>"
        found = self._results
        done = f"{len(found):,} of {self._total():,} trials done"
        return f"<{called}: {done}, {found.best_text()}>"

    def _total(self) -> int:
        """How many trials the study shall have in all."""
        found = 0 if self._results is None else len(self._results)
        return found if self._study is None else max(found, self._study.total)

    @property
    def metric(self) -> str:
        """The metric searched for; with several the first."""
        return self.goals.first.metric

    @property
    def mode(self) -> Mode:
        """Whether less (``"min"``) or more (``"max"``) of it is better."""
        return self.goals.first.mode

    @property
    def results(self) -> SearchResults:
        """The finished trials of the last run or loaded file."""
        if self._results is None:
            raise NoResultError("This search has no results yet: call run() or load_results().")
        return self._results

    @property
    def best_config(self) -> Config:
        """The configuration of the best trial, ready for the train function."""
        if self._results is self._loaded:
            return self.results.best_config
        return self.base_config.replace(self.results.best.params)

    @property
    def best_params(self) -> dict[str, Any]:
        """The parameters of the best trial by dotted key."""
        return dict(self.results.best.params)

    @property
    def best_score(self) -> float:
        """The metric of the best trial."""
        score = self.results.best.score
        assert score is not None
        return score

    @property
    def study(self) -> Any:
        """The ``optuna.Study`` behind this search."""
        if self._study is None:
            raise NoResultError("This search has no study yet: call run().")
        return self._study.native

    def dashboard(self, port: int = 8080) -> None:
        """Show this search in optuna-dashboard, on this machine only, until interrupted.

        Args:
            port: The port on localhost.

        Raises:
            NoResultError: If the search has not run yet.
            MissingPackageError: If optuna-dashboard is not installed.
        """
        if self._study is None:
            raise NoResultError("This search has no study to show yet: call run().")
        from frameworm.search.analysis.dashboard import serve_dashboard

        serve_dashboard(self.storage, port, self._study.name)

    @property
    def checkpoint_root(self) -> Path | str | None:
        """The folder with a folder of checkpoints for each trial that keeps them, or its URL."""
        root = self._root
        if root is None or is_remote(root):
            return None if root is None else without_password(root)
        return Path(root)

    @property
    def _root(self) -> str | None:
        return self._followed_root if self._study is None else self._study.checkpoint_root

    @property
    def best_checkpoint(self) -> Path:
        """The file or folder that the best trial saved last; if elsewhere, a copy of it here.

        Raises:
            NoResultError: If there is none.
            CheckpointError: If it lies elsewhere and cannot be read.
        """
        return best_checkpoint(self._root, self.results.best.number)

    def load_best_model(self, factory: Callable[[Config], Any] | None = None) -> Any:
        """Return the model of the best trial as it was after its last epoch.

        Args:
            factory: Makes the model from a ``Config``; may be left out for a ``BaseModel`` that
                is registered.

        Raises:
            NoResultError: If the best trial has no checkpoint.
            TrainingError: If the model cannot be made or does not fit.
        """
        from frameworm.training.checkpoint import load_model

        return load_model(self.best_checkpoint, self.best_config, factory)

    def save_results(self, path: str | os.PathLike[str]) -> None:
        """Save the results as one JSON file, whole or not at all.

        Args:
            path: The file; missing folders are made.
        """
        save_results(self.results, path)

    def load_results(self, path: str | os.PathLike[str]) -> None:
        """Take the results, metric and mode of a saved file.

        Args:
            path: A file that ``save_results`` wrote.

        Raises:
            ResultsFileError: If it is none.
        """
        self._results = self._loaded = load_results(path)
        self.goals = self._results.goals

    @property
    def pareto_front(self) -> ParetoFront:
        """The complete trials that no other is better than in every objective."""
        return self.results.pareto_front
