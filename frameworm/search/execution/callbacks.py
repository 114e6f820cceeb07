"""What a user's code can hear of a running search."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from frameworm.trial.outcome import Outcome
    from frameworm.trial.spec import TrialSpec

__all__ = ["Callbacks", "SearchCallback"]

_logger = logging.getLogger("frameworm")


class SearchCallback:
    """Hears of trials in the driver; override what you need.

    An exception in a callback is logged and does not end the search.

    Example:
        >>> class Count(SearchCallback):
        ...     ended = 0
        ...
        ...     def on_trial_end(self, trial, outcome):
        ...         self.ended += 1
    """

    def on_trial_start(self, trial: TrialSpec) -> None:
        """A trial was claimed and handed to a worker."""

    def on_trial_end(self, trial: TrialSpec, outcome: Outcome) -> bool | None:
        """A trial ended; its outcome is about to be recorded.

        Returns:
            ``True`` to end the run: running trials finish, no other starts.
        """

    def on_search_end(self, search: Any) -> None:
        """The run ended; ``search.results`` and ``search.stop_reason`` are set."""


class Callbacks:
    """Tells several callbacks, whatever they do.

    Args:
        callbacks: Objects with any of :class:`SearchCallback`'s methods.
    """

    def __init__(self, callbacks: Iterable[Any]) -> None:
        self._callbacks = list(callbacks)

    def tell(self, event: str, *arguments: Any) -> bool:
        """Call the method named ``event`` of every callback that has it.

        Returns:
            Whether one of them returned ``True``.
        """
        ends = False
        for callback in self._callbacks:
            method = getattr(callback, event, None)
            if method is None:
                continue
            try:
                ends = method(*arguments) is True or ends
            except Exception:
                _logger.exception("%s of %r failed; the search goes on.", event, callback)
        return ends
