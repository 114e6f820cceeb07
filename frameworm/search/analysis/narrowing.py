"""A narrower space for the next search: where the best trials of this one lie."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from frameworm.errors import NoResultError
from frameworm.search.results.results import SearchResults
from frameworm.search.space.dimensions import Categorical, Dimension, Integer, Real, same
from frameworm.search.space.when import conditions_of
from frameworm.trial.ranking import nondominated, rank
from frameworm.trial.record import TrialRecord

__all__ = ["narrower_space"]

_FEWEST = 10
"""Of fewer complete trials the best are chance."""
_SHARE = 0.2
"""How large a part of the trials counts as the best of them."""
_FEWEST_BEST = 5
_CHANCE = 0.1
"""A choice is dropped only where chance alone would have left it out more rarely than this."""
_HARDLY = 0.9
"""A range that would keep this much of its width stays as it is."""


def narrower_space(results: SearchResults) -> dict[str, Dimension]:
    """Return the part of the search space where the best fifth of the trials lies.

    A range ends where those trials end, and a mean gap between them beyond: the unbiased estimate
    of the ends of an interval from points drawn in it, so a parameter that does not matter keeps
    about its whole range. A choice is dropped if none of them has it and that is unlikely to be
    chance. No range grows: where the best lies at a bound, the report says so.

    Args:
        results: A search with at least 10 complete trials.

    Returns:
        Dimensions by dotted key, in the order of the search space. Parameters that only count for
        a dropped choice are left out.

    Raises:
        NoResultError: If there are too few complete trials.

    Example:
        >>> trials = [{"params": {"lr": x / 99}, "score": abs(x / 99 - 0.3)} for x in range(100)]
        >>> narrower_space(SearchResults.from_dicts(trials))
        {'lr': Real(0.18, 0.42)}
    """
    scored = [record for record in rank(results.records, results.mode) if _is_finite(record)]
    if len(scored) < _FEWEST:
        raise NoResultError(
            f"A narrower space needs at least {_FEWEST} complete trials, there are {len(scored)}."
        )
    best = _best(results, scored)
    narrowed = {
        key: _narrow(
            dimension,
            [record.params[key] for record in best if key in record.params],
            [record.params[key] for record in scored if key in record.params],
        )
        for key, dimension in results.space.items()
    }
    return _still_meant(narrowed)


def _is_finite(record: TrialRecord) -> bool:
    return all(map(math.isfinite, record.values or ()))


def _best(results: SearchResults, scored: Sequence[TrialRecord]) -> list[TrialRecord]:
    count = max(_FEWEST_BEST, math.ceil(_SHARE * len(scored)))
    if results.goals.is_single:
        return list(scored[:count])
    found: list[TrialRecord] = []
    rest = list(scored)
    while len(found) < count and (front := nondominated(rest, results.goals)):
        found += front
        numbers = {record.number for record in front}
        rest = [record for record in rest if record.number not in numbers]
    return found


def _narrow(dimension: Dimension, best: Sequence[Any], tried: Sequence[Any]) -> Dimension:
    if isinstance(dimension, Categorical):
        return _fewer(dimension, best, tried)
    inside = [float(value) for value in best if dimension.low <= value <= dimension.high]
    if len(inside) < _FEWEST_BEST:
        return dimension
    return _shorter(dimension, inside)


def _fewer(dimension: Categorical, best: Sequence[Any], tried: Sequence[Any]) -> Categorical:
    if len(best) < _FEWEST_BEST:
        return dimension
    share = len(best) / len(tried)
    kept = [
        choice
        for choice in dimension.choices
        if any(same(choice, value) for value in best)
        or (1 - share) ** sum(same(choice, value) for value in tried) > _CHANCE
    ]
    return dataclasses.replace(dimension, choices=tuple(kept))


def _shorter(dimension: Real | Integer, values: Sequence[float]) -> Dimension:
    def place(value: float) -> float:
        return math.log(value) if dimension.log else value

    low, high = place(dimension.low), place(dimension.high)
    places = [place(value) for value in values]
    gap = max((max(places) - min(places)) / (len(places) - 1), (high - low) / 50)
    start, end = max(low, min(places) - gap), min(high, max(places) + gap)
    if end - start >= _HARDLY * (high - low):
        return dimension
    if dimension.log:
        start, end = math.exp(start), math.exp(end)
    if dimension.step is not None:
        return _on_steps(dimension, start, end)
    return dataclasses.replace(
        dimension,
        low=max(dimension.low, _rounded(start, end, dimension.log, math.floor)),
        high=min(dimension.high, _rounded(end, start, dimension.log, math.ceil)),
    )


def _rounded(value: float, other: float, log: bool, to: Any) -> float:
    """Round an end of a range outwards, to about a twentieth of the range."""
    width = abs(value) if log else abs(value - other)
    digit = Decimal(10) ** math.floor(math.log10(width / (1 if log else 2)) - 1)
    # Rounding noise must not cost a digit: 0.18999999999999997 is 0.19.
    return float(to(Decimal(f"{value:.12g}") / digit) * digit)


def _on_steps(dimension: Real | Integer, start: float, end: float) -> Dimension:
    low, step = Decimal(repr(dimension.low)), Decimal(repr(dimension.step))
    last = round((Decimal(repr(dimension.high)) - low) / step)
    first = math.floor((Decimal(start) - low) / step)
    final = min(last, math.ceil((Decimal(end) - low) / step))
    first_value, last_value = low + first * step, low + final * step
    if isinstance(dimension, Integer):
        return dataclasses.replace(dimension, low=int(first_value), high=int(last_value))
    return dataclasses.replace(dimension, low=float(first_value), high=float(last_value))


def _still_meant(space: Mapping[str, Dimension]) -> dict[str, Dimension]:
    """Drop values from conditions that the space has lost, and parameters that lost all."""
    kept = dict(space)
    for key in space:
        conditions = conditions_of(space[key].when)
        if not conditions:
            continue
        left = {
            parent: [value for value in values if parent in kept and _has(kept[parent], value)]
            for parent, values in conditions
        }
        if all(left.values()):
            kept[key] = dataclasses.replace(space[key], when=left)
        else:
            del kept[key]
    return kept if len(kept) == len(space) else _still_meant(kept)


def _has(dimension: Dimension, value: Any) -> bool:
    if isinstance(dimension, Categorical):
        return any(same(choice, value) for choice in dimension.choices)
    return bool(dimension.low <= value <= dimension.high)
