"""One run of the train function: parameters in, outcome out. This runs in the worker."""

from __future__ import annotations

import math
import os
import platform
import time
import traceback
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from frameworm.core import Config
from frameworm.errors import MetricError, nearest
from frameworm.search.backend import Outcome, TrialSpec, TrialState

__all__ = ["CurrentTrial", "Objective", "current_trial"]


@dataclass(frozen=True)
class CurrentTrial:
    """The trial a train function is running for.

    Attributes:
        number: The trial's number in its study, from 0.
        params: Parameter values by dotted key.
        study_name: The study's name.
        search_seed: The search's seed.
        attempt: How often the trial was started before this time.
    """

    number: int
    params: Mapping[str, Any]
    study_name: str
    search_seed: int
    attempt: int

    @cached_property
    def seed(self) -> int:
        """A seed of the trial's own, from the search's seed and the trial's number alone."""
        import numpy as np

        # The third word keeps it apart from the seed the parameters were drawn with.
        words = [self.search_seed, self.number, 1]
        return int(np.random.SeedSequence(words).generate_state(1)[0])


_current: ContextVar[CurrentTrial | None] = ContextVar("frameworm_trial", default=None)


def current_trial() -> CurrentTrial | None:
    """Return the trial that is running here, ``None`` outside a search."""
    return _current.get()


@dataclass(frozen=True)
class Objective:
    """Everything a worker needs to run any trial of a search; sent to each worker once.

    Attributes:
        train_fn: The user's function from a ``Config`` to metrics.
        base_config: The configuration the parameters are put into.
        metric: The metric searched for; with several objectives the first.
        experiment_root: Where each trial is recorded as an experiment; ``None`` for nowhere.
        tag: The experiments' tag.
        further: The metrics of the objectives after the first.
    """

    train_fn: Callable[[Config], Any]
    base_config: Config
    metric: str
    experiment_root: str | None = None
    tag: str = ""
    further: tuple[str, ...] = ()

    def __call__(self, spec: TrialSpec) -> Outcome:
        """Run one trial.

        Args:
            spec: The trial.

        Returns:
            Its outcome; an exception in the train function is a failed trial.

        Raises:
            MetricError: If the train function did not return the metric.
        """
        config = self.base_config.replace(spec.params)
        trial = CurrentTrial(
            spec.number, spec.params, spec.study_name, spec.search_seed, spec.attempt
        )
        token = _current.set(trial)
        started = time.perf_counter()
        try:
            outcome = self._judge(self.train_fn(config))
        except MetricError:
            # A mistake in the script that every further trial would repeat.
            raise
        except (Exception, SystemExit) as error:
            outcome = Outcome(
                TrialState.FAIL,
                error=f"{type(error).__name__}: {error}",
                traceback=traceback.format_exc(),
            )
        finally:
            _current.reset(token)
        outcome = replace(
            outcome,
            duration=time.perf_counter() - started,
            worker=_worker(),
        )
        if self.experiment_root is not None:
            self._record(spec, outcome)
        return outcome

    def _judge(self, returned: Any) -> Outcome:
        searched = (self.metric, *self.further)
        if not isinstance(returned, Mapping):
            returned = {self.metric: returned}
        for name in searched:
            if name not in returned:
                raise MetricError(
                    f"The train function returned no {name!r}, which the search is about; it "
                    f"returned {sorted(map(str, returned))}.{nearest(name, map(str, returned))} "
                    "Return it, or search with metric= one of these."
                )
        metrics: dict[str, float] = {}
        for name, value in returned.items():
            try:
                metrics[str(name)] = _as_number(value)
            except (TypeError, ValueError):
                if name in searched:
                    reason = f"the metric {name!r} is no number: {value!r}"
                    return Outcome(TrialState.FAIL, metrics=metrics, error=reason)
        values = tuple(metrics[name] for name in searched)
        for value in values:
            if not math.isfinite(value):
                reason = "nan" if math.isnan(value) else "inf"
                return Outcome(TrialState.FAIL, metrics=metrics, error=reason)
        return Outcome(TrialState.COMPLETE, values, metrics)

    def _record(self, spec: TrialSpec, outcome: Outcome) -> None:
        from frameworm.experiment import Experiment

        assert self.experiment_root is not None
        Experiment.record(
            f"{spec.study_name}-{spec.number}",
            config=self.base_config.replace(spec.params),
            metrics=dict(outcome.metrics),
            tags=(self.tag,),
            root_dir=self.experiment_root,
            status="completed" if outcome.state is TrialState.COMPLETE else "failed",
            error=outcome.error,
            study=spec.study_name,
            trial=spec.number,
            duration=outcome.duration,
        )


@cache
def _worker() -> str:
    return f"{platform.node()}:{os.getpid()}"


def _as_number(value: Any) -> float:
    if isinstance(value, (str, bytes)) or value is None:
        raise TypeError(f"{value!r} is no number")
    if hasattr(value, "detach"):
        # A tensor that still has its graph warns when made a number.
        value = value.detach()
    return float(value)
