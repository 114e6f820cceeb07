"""Where trials run: here, in worker processes, or on any ``concurrent.futures`` executor."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields, replace
from typing import Literal, Union

from frameworm.errors import SearchArgumentError
from frameworm.search.execution.devices import Devices, found_gpus
from frameworm.search.execution.foreign import Foreign
from frameworm.search.execution.hosted import Hosted
from frameworm.search.execution.in_process import InProcess
from frameworm.search.execution.local import Local
from frameworm.search.execution.runner import Run, Runner

__all__ = ["Gpus", "Place", "make_runner"]

Gpus = Union[Sequence[Union[int, str]], Literal["auto"]]


@dataclass(frozen=True)
class Place:
    """Where the trials of a run shall run.

    Attributes:
        n_jobs: Trials at once; -1 for as many as there are cores or GPUs for.
        executor: Used instead of local processes.
        trial_timeout: Seconds after which a trial's processes are killed.
        gpus: Devices dealt out among the trials; ``"auto"`` for all there are.
        trials_per_gpu: Trials at once on each device; ``None`` for as many as ``n_jobs`` makes.
        processes: Processes of each trial.
    """

    n_jobs: int = 1
    executor: Executor | None = None
    trial_timeout: float | None = None
    gpus: Gpus = ()
    trials_per_gpu: int | None = None
    processes: int = 1

    @property
    def is_here(self) -> bool:
        """Whether trials run in this process, one after another, if no GPU is found."""
        return (
            self.executor is None
            and self.n_jobs == 1
            and self.trial_timeout is None
            and not self.gpus
            and self.trials_per_gpu is None
            and self.processes == 1
        )

    def check_launched(self) -> None:
        """Refuse what would run trials elsewhere than in the processes a launcher has started.

        Raises:
            SearchArgumentError: If an argument is not at its default.
        """
        for each in fields(self):
            value = getattr(self, each.name)
            if value != each.default:
                name = "processes_per_trial" if each.name == "processes" else each.name
                raise SearchArgumentError(
                    f"torchrun has started several processes, which run each trial together; {name}"
                    f"={value!r} does not go with that. Leave it out, or start the script without "
                    "torchrun and give processes_per_trial=."
                )


def make_runner(run: Run, place: Place) -> Runner:
    """Return what runs the trials.

    Args:
        run: The objective.
        place: Where.

    Raises:
        SearchArgumentError: If the arguments do not go together.
        PicklingError: If the objective must be pickled and cannot be.
    """
    key = uuid.uuid4().hex
    if place.is_here:
        return InProcess(run)
    if place.executor is not None:
        return _foreign(run, place, key)
    gpus = found_gpus(place.processes) if place.gpus == "auto" else tuple(place.gpus)
    if place.trials_per_gpu is not None and not place.gpus:
        raise SearchArgumentError("trials_per_gpu needs gpus=, such as gpus='auto'.")
    devices = Devices(gpus, place.processes)
    size = _trials_at_once(place, devices)
    if replace(place, n_jobs=size, gpus=gpus, trials_per_gpu=None).is_here:
        return InProcess(run)
    return Local(run, size, key, place.trial_timeout, devices)


def _foreign(run: Run, place: Place, key: str) -> Runner:
    assert place.executor is not None
    if place.trials_per_gpu is not None:
        raise SearchArgumentError(
            "trials_per_gpu does not go with executor=: its workers on a machine share the GPUs "
            "there, so their number decides. Start more of them."
        )
    size = place.n_jobs if place.n_jobs > 0 else _cores()
    if place.trial_timeout is not None or place.gpus or place.processes > 1:
        finds = place.gpus == "auto"
        devices = Devices(() if finds else tuple(place.gpus), place.processes)
        run = Hosted(run, key, place.trial_timeout, devices, finds)
    return Foreign(run, place.executor, size, key)


def _trials_at_once(place: Place, devices: Devices) -> int:
    asked = place.n_jobs
    if not devices.gpus:
        return asked if asked > 0 else max(1, _cores() // devices.processes)
    fitting = len(devices.groups) * (place.trials_per_gpu or 1)
    if asked == -1 or (asked == 1 and place.trials_per_gpu is not None):
        return fitting
    if place.trials_per_gpu is not None and asked > fitting:
        raise SearchArgumentError(
            f"n_jobs={asked} is more than the {fitting} trials that trials_per_gpu="
            f"{place.trials_per_gpu} has room for on {len(devices.gpus)} GPUs with "
            f"{devices.processes} to a trial. Leave n_jobs out, or raise trials_per_gpu."
        )
    return asked


def _cores() -> int:
    return os.cpu_count() or 1
