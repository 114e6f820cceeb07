"""Which trials' checkpoints a search keeps."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, Union

from frameworm.checkpoints.names import trial_name
from frameworm.checkpoints.places import inside, is_remote
from frameworm.checkpoints.study_folder import fetched, remove_trial, trials_in
from frameworm.core.urls import without_password
from frameworm.errors import NoResultError, SearchArgumentError
from frameworm.trial.goals import Goals
from frameworm.trial.outcome import Outcome
from frameworm.trial.ranking import nondominated, rank
from frameworm.trial.record import TrialRecord
from frameworm.trial.spec import TrialSpec
from frameworm.trial.state import TrialState

__all__ = ["CHECKPOINT", "CheckpointSweep", "Keep", "best_checkpoint", "check_keep"]

Keep = Union[Literal["best", "all"], int, None]
"""Which checkpoints stay: the best trial's, all, those of the best n trials, or none are made."""

CHECKPOINT = "last.pt"
"""The file of a trial's last checkpoint, in its folder."""


def check_keep(keep: Keep) -> Keep:
    """Return the argument ``keep_checkpoints``.

    Raises:
        SearchArgumentError: If it is none of what it may be.
    """
    counted = isinstance(keep, int) and not isinstance(keep, bool) and keep >= 1
    if keep in ("best", "all", None) or counted:
        return keep
    raise SearchArgumentError(
        f"keep_checkpoints is 'best', 'all', a number of trials from 1, or None, got {keep!r}."
    )


class CheckpointSweep:
    """Removes the checkpoints of trials that are not among the best, as they end.

    Args:
        keep: Of how many trials they stay.
        goals: The metrics searched for. With several, all complete trials
            keep theirs until the search ends, and then the Pareto front does.
    """

    def __init__(self, keep: int, goals: Goals) -> None:
        self._keep = keep
        self._goals = goals
        self._best: list[tuple[float, int, str]] = []
        self._removing = ThreadPoolExecutor(1, "frameworm-sweep")

    def on_trial_recorded(self, trial: TrialSpec, outcome: Outcome) -> None:
        """Remove this trial's checkpoints, or those of one it has beaten.

        Only once the outcome is in the database: a best trial never loses its checkpoint to one
        whose outcome may still be lost.
        """
        place = trial.checkpoint_dir
        if place is None or not (is_remote(place) or Path(place).is_dir()):
            return
        if outcome.state is not TrialState.COMPLETE:
            self._remove(place)
        elif self._goals.is_single:
            score = self._goals.first.sign * outcome.values[0]
            self._best.append((score, trial.number, place))
            self._best.sort()
            for *_, beaten in self._best[self._keep :]:
                self._remove(beaten)
            del self._best[self._keep :]

    def _remove(self, place: str) -> None:
        if is_remote(place):
            # No trial waits for it.
            self._removing.submit(remove_trial, place)
        else:
            remove_trial(place)

    def finish(self, root: str, records: Sequence[TrialRecord]) -> None:
        """Remove what other runs and drivers of the study have left.

        Args:
            root: The study's folder of checkpoints.
            records: Its finished trials.
        """
        self._removing.shutdown()
        there = trials_in(root)
        if not there:
            return  # of a large study records are not read for nothing
        ended = {record.number for record in records}
        if self._goals.is_single:
            best = rank(records, self._goals.first.mode)[: self._keep]
        else:
            best = nondominated(records, self._goals)
        kept = {record.number for record in best}
        for number in there:
            if number in ended - kept:
                remove_trial(inside(root, trial_name(number)))


def best_checkpoint(root: str | None, number: int) -> Path:
    """Return the file or folder that a trial saved last, or a copy of it on this machine.

    Args:
        root: The search's folder of checkpoints, or its URL.
        number: The trial's number.

    Raises:
        NoResultError: If there is none.
        CheckpointError: If it lies elsewhere and cannot be read.
    """
    folder = None if root is None else fetched(root, number)
    saved = [] if folder is None else [*folder.iterdir()]
    # Hidden ones are drafts; further repeats have folders of their own.
    saved = [path for path in saved if not path.name.startswith((".", "repeat-"))]
    if not saved:
        where = f" in {without_password(root)}" if root else ""
        raise NoResultError(
            f"There is no checkpoint of trial {number}{where}. Trainer saves one inside a "
            "search unless keep_checkpoints=None; other train functions save theirs with "
            "current_trial().save_checkpoint or in current_trial().checkpoint_dir."
        )
    return max(saved, key=lambda path: (path.stat().st_mtime_ns, path.name == CHECKPOINT))
