"""Forests fitted to real trainings: smooth enough to search, rough as trainings are."""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from frameworm.search.space.spaces import Categorical, Dimension, Integer, Real
from tests.benchmarks.quality.problem import Problem
from tests.benchmarks.quality.trainings import BOOSTING, FOLDER, MLP, SVC

__all__ = ["PROBLEMS"]


class Surrogate:
    """A forest that tells a configuration's score from those that were trained.

    Args:
        name: The trainings' file.
        space: Their parameters.
        metric: The column to predict.
    """

    def __init__(self, name: str, space: Mapping[str, Dimension], metric: str) -> None:
        self._name = name
        self._space = space
        self._metric = metric

    @functools.cached_property
    def _forest(self) -> Any:
        from sklearn.ensemble import ExtraTreesRegressor

        with (FOLDER / f"{self._name}.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        inputs = [
            {
                key: row[key] if isinstance(each, Categorical) else float(row[key])
                for key, each in self._space.items()
            }
            for row in rows
        ]
        forest = ExtraTreesRegressor(50, random_state=0)
        return forest.fit(self._numbers(inputs), [float(row[self._metric]) for row in rows])

    def _numbers(self, params: Sequence[Mapping[str, Any]]) -> Any:
        columns = []
        for key, dimension in self._space.items():
            values = [each[key] for each in params]
            if isinstance(dimension, Categorical):
                columns += [[value == choice for value in values] for choice in dimension.choices]
            else:
                columns.append(np.log(values) if dimension.log else np.asarray(values))
        return np.array(columns, dtype=np.float32).T

    def __call__(self, params: Sequence[Mapping[str, Any]]) -> list[float]:
        """Return the predicted scores of configurations."""
        return [float(loss) for loss in self._forest.predict(self._numbers(params))]


class Either:
    """A choice of model with the parameters of each: a space with conditions.

    Args:
        models: The surrogate of each choice.
    """

    def __init__(self, models: Mapping[str, Surrogate]) -> None:
        self._models = models

    def __call__(self, params: Sequence[Mapping[str, Any]]) -> list[float]:
        """Return the predicted scores of configurations."""
        found = [0.0] * len(params)
        for choice, model in self._models.items():
            places = [place for place, each in enumerate(params) if each["model"] == choice]
            if places:
                own = [
                    {key.partition(".")[2]: value for key, value in params[place].items()}
                    for place in places
                ]
                for place, loss in zip(places, model(own), strict=True):
                    found[place] = loss
        return found


def _under(choice: str, space: Mapping[str, Dimension]) -> dict[str, Dimension]:
    conditional: dict[str, Dimension] = {}
    for key, each in space.items():
        when = {"model": choice}
        if isinstance(each, Categorical):
            conditional[f"{choice}.{key}"] = Categorical(each.choices, when=when)
        else:
            kind = Real if isinstance(each, Real) else Integer
            conditional[f"{choice}.{key}"] = kind(each.low, each.high, each.log, when=when)  # type: ignore[arg-type]
    return conditional


_SVC, _MLP = Surrogate("svc", SVC, "error"), Surrogate("mlp", MLP, "error")

PROBLEMS = [
    Problem("SVC, 4", SVC, _SVC),
    Problem("MLP, 8 mixed", MLP, Surrogate("mlp", MLP, "log_loss")),
    Problem("boosting, 8", BOOSTING, Surrogate("boosting", BOOSTING, "log_loss")),
    Problem(
        "SVC or MLP, conditional",
        {"model": Categorical(["svc", "mlp"]), **_under("svc", SVC), **_under("mlp", MLP)},
        Either({"svc": _SVC, "mlp": _MLP}),
    ),
]
