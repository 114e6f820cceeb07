"""A search's trials as runs of an MLflow experiment."""

from __future__ import annotations

from typing import Any

from frameworm.errors import MissingPackageError
from frameworm.integrations.plain_params import plain_params
from frameworm.search.execution.callbacks import SearchCallback
from frameworm.trial.outcome import Outcome
from frameworm.trial.spec import TrialSpec
from frameworm.trial.state import TrialState

__all__ = ["MLflowLogger"]

_STUDY, _TRIAL, _BEST = "frameworm.study", "frameworm.trial", "frameworm.best"
_LONGEST = 5000
"""Characters of a tag that every MLflow store takes."""

_STATUS = {
    TrialState.COMPLETE: "FINISHED",
    TrialState.FAIL: "FAILED",
    TrialState.PRUNED: "KILLED",
}


class MLflowLogger(SearchCallback):
    """Records each trial as a run when it ends, and marks the best when the search does.

    A run has the trial's parameters, its metrics, the curve it reported as ``reported``, and the
    tags ``frameworm.study``, ``frameworm.trial`` and, where it failed, ``frameworm.error``. The
    best run of a search has the tag ``frameworm.best``.

    Args:
        experiment: The experiment's name; by default the study's.
        tracking_uri: Where MLflow keeps it, such as ``sqlite:///mlflow.db``; by default what
            ``MLFLOW_TRACKING_URI`` or MLflow itself says.

    Raises:
        MissingPackageError: If mlflow is not installed.

    Example:
        ``search.run(train_fn, callbacks=[MLflowLogger(tracking_uri="sqlite:///mlflow.db")])``
    """

    def __init__(self, experiment: str | None = None, tracking_uri: str | None = None) -> None:
        try:
            from mlflow import MlflowClient
        except ImportError as error:
            raise MissingPackageError("MLflowLogger needs mlflow: pip install mlflow.") from error
        self._client: Any = MlflowClient(tracking_uri)
        self._experiment = experiment

    def on_trial_end(self, trial: TrialSpec, outcome: Outcome) -> None:
        """Record the trial.

        Args:
            trial: The trial.
            outcome: What became of it.
        """
        client = self._client
        name = f"{trial.study_name}-{trial.number}"
        tags = {_STUDY: trial.study_name, _TRIAL: str(trial.number)}
        if outcome.error is not None:
            tags["frameworm.error"] = outcome.error[:_LONGEST]
        experiment = self._experiment_id(trial.study_name)
        run = client.create_run(experiment, run_name=name, tags=tags).info.run_id
        try:
            for key, value in plain_params(trial.params).items():
                client.log_param(run, key, value)
            for step, value in sorted(outcome.intermediate.items()):
                client.log_metric(run, "reported", value, step=step)
            for key, value in outcome.metrics.items():
                client.log_metric(run, key, value)
        finally:
            client.set_terminated(run, _STATUS[outcome.state])

    def on_search_end(self, search: Any) -> None:
        """Mark the best of the study's runs, those of earlier processes too.

        Args:
            search: The search.
        """
        study = search.results.study_name
        for run in self._find(study, _BEST, "true"):
            self._client.delete_tag(run, _BEST)
        for record in search.pareto_front:
            for run in self._find(study, _TRIAL, str(record.number)):
                self._client.set_tag(run, _BEST, "true")

    def _find(self, study: str, tag: str, value: str) -> list[str]:
        found = self._client.search_runs(
            [self._experiment_id(study)],
            filter_string=f"tags.`{_STUDY}` = '{study}' and tags.`{tag}` = '{value}'",
        )
        return [run.info.run_id for run in found]

    def _experiment_id(self, study: str) -> str:
        name = self._experiment or study
        found = self._client.get_experiment_by_name(name)
        return str(found.experiment_id if found else self._client.create_experiment(name))
