"""Functions of the black-box optimisation benchmark (Hansen et al. 2009, Tušar et al. 2019).

They come from the package ``coco-experiment`` (``pip install -e '.[benchmarks]'``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from frameworm.search.space.spaces import Dimension, Integer, Real
from tests.benchmarks.quality.problem import Problem

__all__ = ["problems"]

_CHOSEN = [("bbob", 8, 5), ("bbob", 15, 5), ("bbob", 21, 5), ("bbob-mixint", 8, 10)]
_NAMES = {8: "Rosenbrock", 15: "Rastrigin, rotated", 21: "Gallagher's 101 peaks"}


def problems() -> list[Problem]:
    """Return the chosen functions."""
    import cocoex

    found = []
    for suite, function, size in _CHOSEN:
        inner = cocoex.Suite(suite, "", "").get_problem_by_function_dimension_instance(
            function, size, 1
        )
        integers = inner.number_of_integer_variables
        space: dict[str, Dimension] = {}
        for index in range(size):
            low, high = inner.lower_bounds[index], inner.upper_bounds[index]
            # The suite's integer variables come first.
            space[f"x{index}"] = (
                Integer(int(low), int(high)) if index < integers else Real(low, high)
            )
        kind = f"{size}, {integers} of them integers" if integers else str(size)
        found.append(Problem(f"{_NAMES[function]}, {kind}", space, _losses(inner, size)))
    return found


def _losses(inner: Any, size: int) -> Callable[[Sequence[Mapping[str, Any]]], list[float]]:
    names = [f"x{index}" for index in range(size)]
    return lambda params: [float(inner([each[name] for name in names])) for each in params]
