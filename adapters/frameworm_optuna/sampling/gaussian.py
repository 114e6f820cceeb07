"""Propose points by a Gaussian process of losses that were made even first."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from frameworm_optuna.quiet import quiet
from frameworm_optuna.sampling.threads import one_thread
from frameworm_optuna.sampling.unit_space import UnitSpace

if TYPE_CHECKING:
    from optuna._gp.gp import GPRegressor

__all__ = ["Seen", "made_even", "propose"]

_CANDIDATES = 1024
_STARTS = 8
_NEIGHBOURS = 64
_HOPELESS = 1000.0
_QUANTILE = 1.96
_WIDTHS = (0.2, 0.1, 0.05, 0.025, 0.0125, 0.006, 0.003, 0.0015)


@dataclass(frozen=True)
class Seen:
    """What a model learns from; every point is a row.

    Attributes:
        rows: The points that have a loss.
        losses: What they lost; less is better.
        is_feasible: Whether each of them met the measured constraints.
        limits: By constraint, points and how far each was above the limit: negative where it met
            it.
        running: The points being tried now.
        taken: Points not to propose again.
    """

    rows: Any
    losses: Any
    is_feasible: Any
    running: Any
    taken: Any
    limits: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


def propose(space: UnitSpace, seen: Seen, seed: int, acquisition: str = "ei") -> Any:
    """Return the row that promises the most improvement over the best so far.

    The Gaussian process is Optuna's: a Matern 5/2 kernel with a length scale for each parameter. It
    learns of losses made even by a power transformation (as in HEBO, Cowen-Rivers et al. 2022),
    since a few very bad ones would hide what sets the good ones apart. The logarithm of the
    expected improvement (Ament et al. 2023) is maximised over a Sobol set and then, in eight
    rounds, over ever nearer neighbours of the best of it. Points being tried count as tried, with
    the loss the model expects of them (Ginsbourger et al. 2010). Where constraints were measured,
    the improvement is weighed with the probability that all of them are met (Gardner et al. 2014).

    Args:
        space: The parameters.
        seen: What was tried.
        seed: Draws the candidates.
        acquisition: ``"ei"``, the logarithm of the expected improvement; ``"pi"``, that of the
            probability of any improvement, which explores least; ``"lcb"``, the bound that the
            evened loss is above with a probability of 97.5 %, which explores most.

    Returns:
        The row; ``None`` if every candidate is taken.
    """
    import torch

    random = np.random.default_rng(seed)
    # Optuna's process runs on the CPU, whatever the user's default device.
    with one_thread(), torch.device("cpu"):
        value = _acquisition(space, seen, acquisition)
        best = seen.rows[np.argsort(seen.losses, kind="stable")[:_STARTS]]
        rows = np.concatenate(
            [
                space.spread(_CANDIDATES, int(random.integers(2**32))),
                space.neighbours(best, _NEIGHBOURS, 0.1, random),
            ]
        )
        values = value(rows)
        for width in _WIDTHS:
            order = np.argsort(-values, kind="stable")[:_STARTS]
            near = space.neighbours(rows[order], _NEIGHBOURS, width, random)
            rows = np.concatenate([rows[order], near])
            values = np.concatenate([values[order], value(near)])
    first = int(np.argmax(values))
    return None if values[first] == -np.inf else rows[first]


def _acquisition(space: UnitSpace, seen: Seen, acquisition: str) -> Callable[[Any], Any]:
    import torch
    from optuna._gp.acqf import logei

    gains = -made_even(seen.losses)
    model = _fit(space, seen.rows, gains)
    if len(seen.running):
        running = torch.from_numpy(seen.running)
        model.append_running_data(running, model.posterior(running)[0])
    bounds = [_fit_limit(space, *limit) for limit in seen.limits.values()]
    threshold = float(gains[seen.is_feasible].max()) if seen.is_feasible.any() else None

    def value(rows: Any) -> Any:
        at = torch.from_numpy(rows)
        found = np.zeros(len(rows))
        with torch.no_grad():
            if threshold is not None:
                mean, variance = model.posterior(at)
                deviation = (variance + 1e-12).sqrt()
                if acquisition == "lcb":
                    found += (mean + _QUANTILE * deviation).numpy()
                elif acquisition == "pi":
                    found += torch.special.log_ndtr((mean - threshold) / deviation).numpy()
                else:
                    found += logei(mean, variance + 1e-12, threshold).numpy()
            for bound, limit in bounds:
                mean, variance = bound.posterior(at)
                distance = (limit - mean) / (variance + 1e-12).sqrt()
                found += torch.special.log_ndtr(distance).numpy()
                # However much it promises, what is expected to be infeasible is not tried.
                found[(distance < 0).numpy()] -= _HOPELESS
        if len(seen.taken):
            apart = np.abs(rows[:, None, :] - seen.taken[None]).max(axis=2).min(axis=1)
            found[apart < 1e-9] = -np.inf
        # The last bits depend on where in memory the numbers lie: they shall decide nothing.
        return np.round(found, 6)

    return value


def _fit_limit(space: UnitSpace, rows: Any, excess: Any) -> tuple[GPRegressor, float]:
    """Return a model of a constraint, and the value up to which it is met."""
    deviation = float(excess.std()) or 1.0
    mean = float(excess.mean())
    return _fit(space, rows, (excess - mean) / deviation), -mean / deviation


def _fit(space: UnitSpace, rows: Any, values: Any) -> GPRegressor:
    from optuna._gp.gp import fit_kernel_params
    from optuna._gp.prior import DEFAULT_MINIMUM_NOISE_VAR, default_log_prior

    # A kernel that cannot be fitted is the default one; that is no news for users.
    with quiet("optuna._gp.gp", logging.ERROR):
        return fit_kernel_params(
            X=rows,
            Y=values,
            is_categorical=space.is_categorical,
            log_prior=default_log_prior,
            minimum_noise=DEFAULT_MINIMUM_NOISE_VAR,
            deterministic_objective=False,
        )


def made_even(losses: Any) -> Any:
    """Return losses with mean 0 and deviation 1, spread more like a normal distribution.

    Args:
        losses: At least one number; infinite ones count as the largest.
    """
    from scipy import stats

    found = np.asarray(losses, dtype=float)
    finite = found[np.isfinite(found)]
    if not len(finite):
        return np.zeros(len(found))
    found = np.clip(found, finite.min(), finite.max())
    middle = float(np.median(found))
    # How much worse than bad a loss is says nothing about where the good ones are.
    found = _standard(np.minimum(found, middle + 5 * (middle - found.min())))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        powered = stats.yeojohnson(found)[0] if found.any() else found
    return _standard(powered) if np.isfinite(powered).all() else found


def _standard(values: Any) -> Any:
    deviation = float(values.std())
    return (values - values.mean()) / (deviation if deviation > 1e-12 else 1.0)
