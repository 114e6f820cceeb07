"""Other libraries on the same problems, where they are installed: they are no dependencies.

``pip install scikit-optimize smac`` in another environment, and name them in ``--samplers``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from frameworm.search.space.conditions import active
from frameworm.search.space.spaces import Categorical, Dimension, Integer
from tests.benchmarks.quality.problem import Problem

__all__ = ["PEERS", "found_by_peer"]


def found_by_peer(problem: Problem, peer: str, seed: int, trials: int, jobs: int) -> list[float]:
    """Return the losses another library's search finds, one trial at a time.

    Args:
        problem: What to minimise.
        peer: One of ``PEERS``.
        seed: The search's seed.
        trials: How many.
        jobs: 1; the peers' own ways to run several at once differ too much.
    """
    if jobs != 1:
        raise ValueError("Peers are measured with --jobs 1.")
    losses: list[float] = []

    def loss(params: Mapping[str, Any]) -> float:
        values = {
            key: dimension.choices[int(params[key])]
            if isinstance(dimension, Categorical)
            else int(params[key])
            if isinstance(dimension, Integer)
            else float(params[key])
            for key, dimension in problem.space.items()
        }
        losses.append(float(problem.losses([active(problem.space, values)])[0]))
        return losses[-1]

    PEERS[peer](problem.space, loss, seed, trials)
    return losses


def _scikit_optimize(
    space: Mapping[str, Dimension], loss: Callable[[Any], float], seed: int, trials: int
) -> None:
    import skopt
    from skopt.space import Categorical as Choice
    from skopt.space import Integer as Whole
    from skopt.space import Real as Number

    def dimension(each: Dimension) -> Any:
        if isinstance(each, Categorical):
            return Choice(list(range(len(each.choices))))
        kind = Whole if isinstance(each, Integer) else Number
        return kind(each.low, each.high, prior="log-uniform" if each.log else "uniform")

    optimizer = skopt.Optimizer([dimension(each) for each in space.values()], random_state=seed)
    for _ in range(trials):
        point = optimizer.ask()
        optimizer.tell(point, loss(dict(zip(space, point, strict=True))))


def _smac(
    space: Mapping[str, Dimension], loss: Callable[[Any], float], seed: int, trials: int
) -> None:
    import tempfile

    import ConfigSpace
    from smac import HyperparameterOptimizationFacade, Scenario
    from smac.runhistory.dataclasses import TrialValue

    def dimension(key: str, each: Dimension) -> Any:
        if isinstance(each, Categorical):
            places = list(range(len(each.choices)))
            return ConfigSpace.CategoricalHyperparameter(key, places)
        if isinstance(each, Integer):
            return ConfigSpace.UniformIntegerHyperparameter(key, each.low, each.high, log=each.log)
        return ConfigSpace.UniformFloatHyperparameter(key, each.low, each.high, log=each.log)

    configurations = ConfigSpace.ConfigurationSpace(seed=seed)
    configurations.add([dimension(key, each) for key, each in space.items()])
    with tempfile.TemporaryDirectory() as folder:
        scenario = Scenario(
            configurations, deterministic=True, n_trials=trials, seed=seed, output_directory=folder
        )
        optimizer = HyperparameterOptimizationFacade(
            scenario, lambda config, seed: 0.0, overwrite=True, logging_level=False
        )
        for _ in range(trials):
            asked = optimizer.ask()
            found = loss({key: np.asarray(value).item() for key, value in asked.config.items()})
            optimizer.tell(asked, TrialValue(found))


PEERS: dict[str, Callable[..., None]] = {"scikit-optimize": _scikit_optimize, "smac": _smac}
"""The conditions of a space are not told to them: a parameter that does not count is ignored."""
