"""Which trials' checkpoints a search keeps."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Union

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

_FOLDER = re.compile(r"trial-(\d+)$")
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

    def on_trial_recorded(self, trial: TrialSpec, outcome: Outcome) -> None:
        """Remove this trial's checkpoints, or those of one it has beaten.

        Only once the outcome is in the database: a best trial never loses its checkpoint to one
        whose outcome may still be lost.
        """
        if trial.checkpoint_dir is None or not Path(trial.checkpoint_dir).is_dir():
            return
        if outcome.state is not TrialState.COMPLETE:
            shutil.rmtree(trial.checkpoint_dir, ignore_errors=True)
        elif self._goals.is_single:
            score = self._goals.first.sign * outcome.values[0]
            self._best.append((score, trial.number, trial.checkpoint_dir))
            self._best.sort()
            for *_, folder in self._best[self._keep :]:
                shutil.rmtree(folder, ignore_errors=True)
            del self._best[self._keep :]

    def finish(self, root: Path, records: Sequence[TrialRecord]) -> None:
        """Remove what other runs and drivers of the study have left.

        Args:
            root: The study's folder of checkpoints.
            records: Its finished trials.
        """
        if not root.is_dir():
            return
        ended = {record.number for record in records}
        if self._goals.is_single:
            best = rank(records, self._goals.first.mode)[: self._keep]
        else:
            best = nondominated(records, self._goals)
        kept = {record.number for record in best}
        for folder in root.iterdir():
            found = _FOLDER.match(folder.name)
            if found and int(found[1]) in ended - kept:
                shutil.rmtree(folder, ignore_errors=True)


def best_checkpoint(root: Path | None, number: int) -> Path:
    """Return the file or folder that a trial saved last.

    Args:
        root: The search's checkpoint folder.
        number: The trial's number.

    Raises:
        NoResultError: If there is none.
    """
    folder = None if root is None else root / f"trial-{number:05d}"
    saved = [] if folder is None or not folder.is_dir() else [*folder.iterdir()]
    # Hidden ones are drafts; further repeats have folders of their own.
    saved = [path for path in saved if not path.name.startswith((".", "repeat-"))]
    if not saved:
        raise NoResultError(
            f"There is no checkpoint of trial {number} in {folder}. Trainer saves one inside a "
            "search unless keep_checkpoints=None; other train functions save theirs with "
            "current_trial().save_checkpoint or in current_trial().checkpoint_dir."
        )
    return max(saved, key=lambda path: (path.stat().st_mtime_ns, path.name == CHECKPOINT))
