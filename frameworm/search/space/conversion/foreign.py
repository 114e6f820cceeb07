"""Dimensions of other libraries in ours: Optuna, SciPy, scikit-optimize.

They are known by their names, so none of these libraries is imported for it.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable
from typing import Any, Final

from frameworm.errors import SpaceError
from frameworm.search.space.dimensions import Categorical, Dimension, Integer, Real
from frameworm.search.space.range_checks import is_number

__all__ = ["from_library", "from_prior"]

_PRIORS: Final = ("uniform", "log-uniform")


def from_library(value: Any) -> Dimension | None:
    """Return the dimension that another library's object stands for.

    Args:
        value: A distribution of Optuna, a frozen distribution of SciPy that is uniform or uniform
            in the logarithm, a dimension of scikit-optimize; or anything else.

    Returns:
        A dimension with the same values, ends included; ``None`` for anything else.

    Raises:
        SpaceError: If it is another library's, but has no dimension of the same meaning.

    Example:
        >>> from scipy.stats import loguniform, randint
        >>> from_library(loguniform(1e-4, 1e-1)), from_library(randint(1, 5))
        (Real(0.0001, 0.1, log=True), Integer(1, 4))
    """
    for cls in type(value).__mro__:
        library = cls.__module__.partition(".")[0]
        convert = _CONVERSIONS.get((library, cls.__name__))
        if convert is not None:
            return convert(value)
    return None


def from_prior(value: Any) -> Dimension | None:
    """Return the range that scikit-optimize's shorthand stands for.

    Args:
        value: Two ends, ``"uniform"`` or ``"log-uniform"``, and perhaps the base of a logarithm; or
            anything else.

    Returns:
        An ``Integer`` for whole ends, else a ``Real``; ``None`` for anything else.

    Example:
        >>> from_prior((1e-4, 1e-1, "log-uniform")), from_prior((1, 8, "uniform"))
        (Real(0.0001, 0.1, log=True), Integer(1, 8))
    """
    if not isinstance(value, (tuple, list)) or len(value) not in (3, 4):
        return None
    low, high, prior = value[:3]
    if not (is_number(low) and is_number(high) and isinstance(prior, str) and prior in _PRIORS):
        return None
    are_whole = isinstance(low, numbers.Integral) and isinstance(high, numbers.Integral)
    make = Integer if are_whole else Real
    return make(low, high, log=prior == "log-uniform")


def _optuna_float(value: Any) -> Dimension:
    return Real(value.low, value.high, log=value.log, step=value.step)


def _optuna_int(value: Any) -> Dimension:
    return Integer(value.low, value.high, log=value.log, step=value.step)


def _optuna_choices(value: Any) -> Dimension:
    return Categorical(value.choices)


def _skopt_real(value: Any) -> Dimension:
    return Real(value.low, value.high, log=value.prior == "log-uniform")


def _skopt_integer(value: Any) -> Dimension:
    # Its ends may be NumPy's, which range checks take, or floats, which they refuse.
    return Integer(int(value.low), int(value.high), log=value.prior == "log-uniform")


def _skopt_choices(value: Any) -> Dimension:
    weights = value.prior
    if weights is not None and len(set(map(float, weights))) > 1:
        raise SpaceError(
            f"Categorical draws every choice equally often, but {value!r} weights them; write "
            f"Categorical({list(value.categories)!r})."
        )
    return Categorical(value.categories)


def _scipy_frozen(value: Any) -> Dimension:
    name = value.dist.name
    low, high = _ends(name, value.support())
    if name == "randint":
        return Integer(int(low), int(high))
    if name == "uniform":
        return Real(low, high)
    if name in ("loguniform", "reciprocal") and _is_even_in_logarithm(value, low, high):
        return Real(low, high, log=True)
    low, high = (float(f"{end:.3g}") for end in _ends(name, value.interval(0.99)))
    is_whole = not hasattr(value.dist, "pdf")
    written = f"Integer({low:.0f}, {high:.0f})" if is_whole else f"Real({low!r}, {high!r})"
    raise SpaceError(
        f"A search draws evenly between two ends, and SciPy's {name} here does not; write the "
        f"ends, for example {written}, where 99 % of its values lie."
    )


def _is_even_in_logarithm(value: Any, low: float, high: float) -> bool:
    # Moved by loc it is not: half of what it draws must lie below the geometric middle.
    return low > 0 and math.isclose(value.cdf(math.sqrt(low) * math.sqrt(high)), 0.5)


def _scipy_uniform(value: Any) -> Dimension:
    return Real(*_ends("Uniform", value.support()))


def _ends(name: str, support: tuple[Any, Any]) -> tuple[float, float]:
    try:
        return float(support[0]), float(support[1])
    except TypeError as exc:
        raise SpaceError(
            f"SciPy's {name} stands for several distributions at once; give it numbers, not arrays."
        ) from exc


def _scipy_unfrozen(value: Any) -> Dimension:
    raise SpaceError(
        f"SciPy's {value.name} has no ends yet; give it its arguments, for example "
        "scipy.stats.loguniform(1e-4, 1e-1), or write Real(low, high)."
    )


_CONVERSIONS: Final[dict[tuple[str, str], Callable[[Any], Dimension]]] = {
    ("optuna", "FloatDistribution"): _optuna_float,
    ("optuna", "IntDistribution"): _optuna_int,
    ("optuna", "CategoricalDistribution"): _optuna_choices,
    ("skopt", "Real"): _skopt_real,
    ("skopt", "Integer"): _skopt_integer,
    ("skopt", "Categorical"): _skopt_choices,
    ("scipy", "rv_frozen"): _scipy_frozen,
    ("scipy", "Uniform"): _scipy_uniform,
    ("scipy", "rv_generic"): _scipy_unfrozen,
}
