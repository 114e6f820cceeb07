"""The trial that is running here: what a train function may ask about it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from frameworm.checkpoints.trial_folder import TrialFolder
from frameworm.errors import TrialInterrupted
from frameworm.trial import checkpoint
from frameworm.trial.claim import Claim
from frameworm.trial.group import TrialGroup
from frameworm.trial.reports import Reports
from frameworm.trial.spec import TrialSpec
from frameworm.trial.stop_wish import StopWish

__all__ = [
    "CurrentTrial",
    "ask_all_to_stop",
    "ask_to_stop",
    "current_trial",
    "running",
    "running_trial",
]

_OUTSIDE = -1


@dataclass(frozen=True)
class CurrentTrial:
    """The trial a train function is running for; outside a search one that does nothing.

    It is false outside a search.

    Attributes:
        spec: The claimed trial.
        repeat: Which of the repeats of the configuration this is, from 0.
        reports: What was reported so far.
        wish: Whether the trial shall stop.
        group: The processes that run the trial together; ``None`` for one alone.
        folder: The folder of its checkpoints; ``None`` where none are kept.
    """

    spec: TrialSpec
    repeat: int = 0
    reports: Reports = field(default_factory=Reports, repr=False, compare=False)
    wish: StopWish = field(default_factory=StopWish, repr=False, compare=False)
    group: TrialGroup | None = field(default=None, repr=False, compare=False)
    folder: TrialFolder | None = field(default=None, repr=False, compare=False)

    def __bool__(self) -> bool:
        return self.spec.number != _OUTSIDE

    @property
    def number(self) -> int | None:
        """The trial's number in its study, from 0; ``None`` outside a search."""
        return self.spec.number if self else None

    @property
    def params(self) -> Mapping[str, Any]:
        """Parameter values by dotted key."""
        return self.spec.params

    @property
    def study_name(self) -> str:
        """The study's name."""
        return self.spec.study_name

    @property
    def attempt(self) -> int:
        """How many earlier runs of the trial died with their process."""
        return self.spec.attempt

    @property
    def rank(self) -> int:
        """The number of this process among those that run the trial, from 0; 0 for one alone."""
        return 0 if self.group is None else self.group.rank

    @property
    def world_size(self) -> int:
        """How many processes run the trial; 1 without ``processes_per_trial`` or ``torchrun``."""
        return 1 if self.group is None else self.group.size

    @cached_property
    def seed(self) -> int:
        """A seed of the trial's own, from the search's seed and the trial's number alone.

        Each repeat has its own, all processes of a trial the same one. It is 0 outside a search.
        """
        if not self:
            return 0
        import numpy as np

        # The third word keeps it apart from the seed the parameters were drawn with.
        words = [
            self.spec.search_seed,
            self.spec.number,
            1,
            *([self.repeat] if self.repeat else []),
        ]
        return int(np.random.SeedSequence(words).generate_state(1)[0])

    @cached_property
    def checkpoint_dir(self) -> Path | None:
        """A folder for this trial's checkpoints.

        It is ``None`` outside a search, and where the search keeps none.

        It is made when first asked for. A trial that is started again, because its process died or
        the search was interrupted, finds in it what it had saved. Where the search keeps its
        checkpoints elsewhere (``checkpoints="s3://..."``), this is a copy on this machine's disk,
        and ``upload_checkpoint`` saves what a loop of one's own has written to it.
        """
        if self.folder is None:
            return None
        path = self.folder.open()
        if self.repeat:
            path /= f"repeat-{self.repeat}"
            path.mkdir(exist_ok=True)
        return path

    @property
    def should_stop(self) -> bool:
        """Whether the search is being stopped: save what is needed and return.

        A train function that asks now and then, such as after each batch, is given ``stop_grace``
        seconds. Its trial goes back to waiting, whatever it returns after it was told to stop. One
        that never asks is interrupted wherever it is. Where several processes run the trial, each
        asks equally often, and all are told at the same call.
        """
        self.wish.is_heard = True
        if not self.wish.is_told:
            made = self.wish.is_made
            self.wish.is_told = made if self.group is None else self.group.shall_stop(made)
        return self.wish.is_told

    def save_checkpoint(
        self, model: Any = None, optimizer: Any = None, *, step: int | None = None, **extra: Any
    ) -> None:
        """Save how far a training loop of one's own has come, whole or not at all.

        Nothing happens outside a search, and where the search keeps no checkpoints. The last one
        of the best trial is ``search.best_checkpoint``. Where several processes run the trial, all
        may call it and rank 0 writes; of a ``DistributedDataParallel`` the module in it is saved.
        Where checkpoints lie elsewhere it is uploaded beside the training, as
        ``upload_checkpoint`` says.

        Args:
            model: A module or its state dict.
            optimizer: An optimizer or its state dict.
            step: How far the training is, such as the epoch.
            **extra: Whatever else it takes to go on; of an object with ``state_dict`` that.

        Example:
            >>> trial = current_trial()
            >>> saved = trial.load_checkpoint()
            >>> for step in range(saved["step"] + 1 if saved else 0, 3):
            ...     trial.save_checkpoint({"weight": step / 2}, step=step)
        """
        if self.checkpoint_dir is not None:
            content = {"model": model, "optimizer": optimizer, "step": step, **extra}
            checkpoint.save(self.checkpoint_dir, content, is_written=self.rank == 0)
            self.upload_checkpoint()

    def upload_checkpoint(self, *, wait: bool = False) -> None:
        """Save what is in ``checkpoint_dir`` where the search keeps its checkpoints.

        Nothing happens where that is the folder itself. Elsewhere it becomes what the trial has
        saved, whole or not at all. The training goes on meanwhile; of checkpoints that come faster
        than they are uploaded the newest is, and the trial ends when its last one is there. One
        that cannot be uploaded is tried again with the next, and at the end.

        Args:
            wait: Return when it is there, instead of at once.

        Raises:
            CheckpointError: If it was waited for and cannot be uploaded.
        """
        if self.folder is not None and self.rank == 0:
            self.folder.upload(wait)

    def load_checkpoint(self, model: Any = None, optimizer: Any = None) -> dict[str, Any] | None:
        """Return what the trial saved before it was stopped.

        Args:
            model: A module to put back to it.
            optimizer: An optimizer to put back to it.

        Returns:
            What was given to ``save_checkpoint``, by name, with state dicts on the CPU; ``None``
            for a trial that has saved nothing, and outside a search.
        """
        if self.checkpoint_dir is None:
            return None
        return checkpoint.load(self.checkpoint_dir, {"model": model, "optimizer": optimizer})


_current: ContextVar[CurrentTrial | None] = ContextVar("frameworm_trial", default=None)
_wishes: list[StopWish] = []


def current_trial() -> CurrentTrial:
    """Return the trial that is running here.

    Outside a search it is one that does nothing, so that ``train_fn(best_config)`` runs unchanged:
    its number is ``None``, its seed 0, it has no folder, and it is false.
    """
    return _current.get() or CurrentTrial(TrialSpec(Claim(_OUTSIDE, _OUTSIDE, None), {}))


def running_trial() -> CurrentTrial | None:
    """Return the trial that is running here, ``None`` outside a search."""
    return _current.get()


@contextlib.contextmanager
def running(trial: CurrentTrial) -> Iterator[None]:
    """Make a trial the current one for a while."""
    token = _current.set(trial)
    _wishes.append(trial.wish)
    try:
        yield
    finally:
        _wishes.remove(trial.wish)
        _current.reset(token)


def ask_to_stop() -> None:
    """Ask the trial of this thread to stop; for handlers of signals.

    Raises:
        TrialInterrupted: If its train function would not listen.
    """
    trial = _current.get()
    if trial is None:
        return
    trial.wish.is_made = True
    if not trial.wish.is_heard:
        raise TrialInterrupted


def ask_all_to_stop() -> None:
    """Ask the trials of all threads of this process to stop."""
    for wish in list(_wishes):
        wish.is_made = True
