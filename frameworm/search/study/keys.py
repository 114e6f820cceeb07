"""The finished trials of a study by their keys, for who reads the trials themselves later."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable
from dataclasses import dataclass

__all__ = ["TrialKeys"]


@dataclass(frozen=True)
class TrialKeys:
    """Finished trials, in trial order: sixteen bytes for each.

    Attributes:
        numbers: Their numbers.
        keys: What the study reads them by; they rise with the numbers.
    """

    numbers: array[int]
    keys: array[int]

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int]]) -> TrialKeys:
        """Return the keys of pairs of number and key, in trial order."""
        numbers, keys = array("q"), array("q")
        for number, key in pairs:
            numbers.append(number)
            keys.append(key)
        return cls(numbers, keys)

    def among(self, numbers: Collection[int]) -> TrialKeys:
        """Return those with one of these numbers."""
        pairs = zip(self.numbers, self.keys, strict=True)
        return TrialKeys.of(pair for pair in pairs if pair[0] in numbers)

    def __len__(self) -> int:
        return len(self.keys)
