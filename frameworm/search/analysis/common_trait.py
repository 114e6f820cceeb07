"""What failed trials have in common: the one condition that tells them best from the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from frameworm.core.json_values import text_of
from frameworm.search.space.dimensions import same
from frameworm.trial.record import TrialRecord

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    _Which = npt.NDArray[np.bool_]

__all__ = ["CommonTrait", "common_trait"]

_MOST_ENDS = 40
_MOST_VALUES = 40
_CERTAIN = 0.01
_MOST_FAILED = 0.6
"""A trait of fewer of the failed trials does not explain them."""


@dataclass(frozen=True)
class CommonTrait:
    """A condition on one parameter that failed trials meet and others rarely do.

    Attributes:
        condition: What they have in common, such as ``"lr >= 0.05"``.
        failed: How many of the failed trials meet it.
        of_failed: How many failed.
        others: How many of the others meet it.
        of_others: How many others there are.
    """

    condition: str
    failed: int
    of_failed: int
    others: int
    of_others: int

    def __str__(self) -> str:
        count = "all" if self.failed == self.of_failed else f"{self.failed:,} of the"
        rest = f"{self.others:,} ({self.others / self.of_others:.0%})" if self.others else "none"
        return (
            f"{count} {self.of_failed:,} have {self.condition}, of the {self.of_others:,} other "
            f"trials {rest}"
        )


def common_trait(
    failed: Sequence[TrialRecord], others: Sequence[TrialRecord]
) -> CommonTrait | None:
    """Return the condition on one parameter that tells failed trials best from others.

    Each value of a parameter, and each end of a range of numbers, is tried; the least likely to
    come about by chance wins (Fisher's exact test, Bonferroni's correction for how many are tried).

    Args:
        failed: Trials that failed.
        others: Trials that did not.

    Returns:
        The condition; ``None`` where chance would do as well, or there is nothing to compare with.

    Example:
        >>> from frameworm.trial.state import TrialState
        >>> trials = [TrialRecord(i, TrialState.COMPLETE, {"lr": i / 100}) for i in range(40)]
        >>> print(common_trait(trials[30:], trials[:30]))
        all 10 have lr >= 0.3, of the 30 other trials none
    """
    if len(failed) < 2 or not others:
        return None
    from scipy.stats import hypergeom

    records = [*failed, *others]
    total, bad = len(records), len(failed)
    tried = [
        (condition, int(which[:bad].sum()), int(which.sum()))
        for condition, which in _conditions(records)
    ]
    able = [entry for entry in tried if entry[1] >= _MOST_FAILED * bad and entry[2] < total]
    if not able:
        return None
    chances = hypergeom.sf(
        [hits - 1 for _, hits, _ in able], total, bad, [among for *_, among in able]
    )
    best = int(chances.argmin())
    if chances[best] * len(tried) > _CERTAIN:
        return None
    condition, hits, among = able[best]
    return CommonTrait(condition, hits, bad, among - hits, total - bad)


def _conditions(records: Sequence[TrialRecord]) -> Iterator[tuple[str, _Which]]:
    import numpy as np

    for key in dict.fromkeys(key for record in records for key in record.params):
        values = [record.params.get(key) for record in records]
        if all(type(value) in (int, float, type(None)) for value in values):
            numbers = np.array(values, dtype=np.float64)
            ends = np.unique(numbers[np.isfinite(numbers)])
            if ends.size > _MOST_ENDS:
                ends = ends[np.linspace(0, ends.size - 1, _MOST_ENDS).astype(int)]
            for end in ends:
                yield f"{key} >= {end:.3g}", numbers >= end
                yield f"{key} <= {end:.3g}", numbers <= end
        for value in _distinct(values):
            if value is not None:
                which = np.array([same(value, other) for other in values], dtype=bool)
                yield f"{key} = {text_of(value)}", which


def _distinct(values: Sequence[Any]) -> list[Any]:
    """Return the different values, if they are few."""
    found: list[Any] = []
    for value in values:
        if not any(same(value, known) for known in found):
            found.append(value)
            if len(found) > _MOST_VALUES:
                return []
    return found
