"""Draw the points ``RandomSampler`` draws, a point at a time and without its set-up costs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from optuna._transform import _SearchSpaceTransform, _untransform_numerical_param
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution

__all__ = ["Draws"]


class Draws:
    """Points of a space, each drawn as ``RandomSampler(seed)`` draws it for a seed of its own.

    Optuna's sampler transforms the space and makes a generator anew for every value; here both are
    made once. The values are the same to the last bit, which a test holds.

    Args:
        distributions: The distribution of each parameter, in the order they are drawn in.
    """

    def __init__(self, distributions: Mapping[str, BaseDistribution]) -> None:
        self._fixed = {
            name: distribution.to_internal_repr(_single(distribution))
            for name, distribution in distributions.items()
            if distribution.single()
        }
        drawn = {name: dist for name, dist in distributions.items() if name not in self._fixed}
        self._names = list(distributions)
        self._random = np.random.RandomState()
        self._readers: list[tuple[str, slice, Callable[[Any], float]]] = []
        self._low = self._width = np.empty(0)
        if drawn:
            transform = _SearchSpaceTransform(dict(drawn))
            low, high = transform.bounds[:, 0], transform.bounds[:, 1]
            self._low, self._width = low, high - low
            for (name, dist), columns in zip(
                drawn.items(), transform.column_to_encoded_columns, strict=True
            ):
                place = slice(int(columns[0]), int(columns[-1]) + 1)
                self._readers.append((name, place, _reader(dist)))

    def point(self, seed: int) -> dict[str, float]:
        """Return the point of a seed, in internal numbers.

        Args:
            seed: From 0 to ``2**32 - 1``.
        """
        self._random.seed(seed)
        # One call gives the same stream of numbers as one call for each parameter.
        values = self._low + self._width * self._random.random_sample(len(self._low))
        point = {name: read(values[place]) for name, place, read in self._readers}
        if not self._fixed:
            return point
        return {name: self._fixed.get(name, point.get(name, 0.0)) for name in self._names}


def _single(distribution: BaseDistribution) -> Any:
    choices = getattr(distribution, "choices", None)
    return choices[0] if choices is not None else distribution.low  # type: ignore[attr-defined]


def _reader(distribution: BaseDistribution) -> Callable[[Any], float]:
    """Return what makes an internal number of a parameter's transformed values."""
    if isinstance(distribution, CategoricalDistribution):
        return lambda values: float(values.argmax())
    if isinstance(distribution, FloatDistribution) and distribution.step is None:
        low = distribution.low
        # Optuna leaves the upper end out of a half-open range.
        high = float(np.nextafter(distribution.high, distribution.high - 1))
        if distribution.log:
            return lambda values: min(max(math.exp(values.item()), low), high)
        return lambda values: float(min(values.item(), high))
    return lambda values: float(
        distribution.to_internal_repr(
            _untransform_numerical_param(values.item(), distribution, transform_log=True)
        )
    )
