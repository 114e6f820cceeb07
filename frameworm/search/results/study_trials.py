"""The finished trials of a study, read when they are first looked at."""

from __future__ import annotations

import bisect
import math
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

from frameworm.errors import StudyNotFoundError
from frameworm.search.results.frame import trials_frame
from frameworm.search.study.columns import TrialColumns
from frameworm.search.study.keys import TrialKeys
from frameworm.trial.goals import Mode
from frameworm.trial.ranking import rank

if TYPE_CHECKING:
    import pandas as pd

    from frameworm.search.study.backend import Study
    from frameworm.trial.record import TrialRecord

__all__ = ["StudyTrials"]

_PAGE = 1000
_KEPT = 100
"""So many pages are kept in memory: a hundred thousand trials, some 200 MB."""


class StudyTrials(Sequence["TrialRecord"]):
    """A study's finished trials, as records or as a frame, whichever is asked for.

    Whichever is read first decides which trials there are: the other shows the same ones, however
    the study goes on meanwhile. Of more than a thousand only the keys are held; records are read a
    page at a time, so a trial that was put back to waiting meanwhile then shows as waiting.

    Args:
        study: An opened study.
    """

    def __init__(self, study: Study) -> None:
        self._study = study
        self._found: TrialKeys | None = None
        self._pages: OrderedDict[int, list[TrialRecord]] = OrderedDict()
        self._frame: pd.DataFrame | None = None

    def settle(self) -> None:
        """Decide now which trials there are, and read them unless they are many."""
        if len(self) <= _PAGE:
            self._page(0)

    @property
    def _keys(self) -> TrialKeys:
        if self._found is None:
            found = self._study.finished()
            if self._frame is not None:
                found = found.among(set(self._frame["trial_idx"]))
            self._found = found
        return self._found

    def _page(self, index: int) -> list[TrialRecord]:
        page = self._pages.get(index)
        if page is not None:
            self._pages.move_to_end(index)
            return page
        keys = self._keys.keys[index * _PAGE : (index + 1) * _PAGE]
        page = self._study.records(keys) if keys else []
        if len(page) < len(keys):
            raise StudyNotFoundError(
                f"The study {self._study.name!r} was deleted before its trials were read."
            )
        self._pages[index] = page
        if len(self._pages) > _KEPT:
            self._pages.popitem(last=False)
        return page

    def best(self, mode: Mode) -> TrialRecord | None:
        """Return what `rank` would put first, without reading the others; ``None`` without one.

        Args:
            mode: ``"min"`` or ``"max"``.
        """
        if len(self) <= _PAGE:
            return next(iter(rank(self, mode)), None)
        sign = 1.0 if mode == "min" else -1.0
        keys = self._keys.keys
        scored = (
            (math.isinf(values[0]), sign * values[0], key)
            for key, values in self._study.scored()
            if not math.isnan(values[0]) and key <= keys[-1]
        )
        for *_, key in sorted(scored):
            place = bisect.bisect_left(keys, key)
            # One that has finished since then is none of these.
            if keys[place] == key:
                return self[place]
        return None

    def frame(self) -> pd.DataFrame:
        """Return the trials as ``SearchResults.to_frame`` documents it."""
        if self._frame is None:
            settings = self._study.settings
            goals = settings.goals
            # The quick way reads one score a trial.
            is_quick = not self._pages and goals.is_single
            columns = self._study.columns() if is_quick else None
            if columns is None:
                columns = TrialColumns.of(self, goals.metrics)
            frame = trials_frame(columns, space=settings.space, metric=goals.first.metric)
            if self._found is not None and len(self._found) != len(frame):
                shown = frame["trial_idx"].isin(self._found.numbers)
                frame = frame[shown].reset_index(drop=True)
            self._frame = frame
        copy: pd.DataFrame = self._frame.copy()
        return copy

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[TrialRecord]:
        for index in range(math.ceil(len(self) / _PAGE)):
            yield from self._page(index)

    @overload
    def __getitem__(self, index: int) -> TrialRecord: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[TrialRecord, ...]: ...

    def __getitem__(self, index: int | slice) -> TrialRecord | tuple[TrialRecord, ...]:
        places = range(len(self))[index]
        if isinstance(places, range):
            return tuple(self[place] for place in places)
        page, place = divmod(places, _PAGE)
        return self._page(page)[place]

    def __reduce__(self) -> tuple[Any, ...]:
        # In another process there is no opened study: the trials themselves go there.
        return tuple, (list(self),)
