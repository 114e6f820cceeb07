"""Which GPUs the processes of a trial see, and how many processes there are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from frameworm.errors import SearchArgumentError
from frameworm.search.execution.workers.worker_pool import share_of_cores

__all__ = ["Devices", "found_gpus"]


@dataclass(frozen=True)
class Devices:
    """How the GPUs of one machine are dealt out.

    Attributes:
        gpus: Numbers, or UUIDs of GPUs or MIG instances; none leaves the processes those they
            inherit.
        processes: Processes of each trial; each has a GPU of its own.

    Raises:
        SearchArgumentError: If the GPUs cannot be dealt out in groups of that size.
    """

    gpus: tuple[int | str, ...] = ()
    processes: int = 1

    def __post_init__(self) -> None:
        if self.processes == 1 or not self.gpus:
            return
        if len(self.gpus) % self.processes:
            raise SearchArgumentError(
                f"With processes_per_trial={self.processes} the GPUs are dealt out in groups of "
                f"{self.processes}, which these cannot be: {list(self.gpus)}."
            )
        if any(str(gpu).startswith("MIG-") for gpu in self.gpus):
            raise SearchArgumentError(
                "processes_per_trial needs whole GPUs: CUDA shows a process one MIG instance only, "
                "and NCCL joins none. Give the GPUs' numbers, or processes_per_trial=1."
            )

    @property
    def groups(self) -> list[tuple[int | str, ...]]:
        """The GPUs of one trial each; one empty group without GPUs."""
        each = self.processes
        starts = range(0, len(self.gpus), each)
        return [self.gpus[start : start + each] for start in starts] or [()]

    def environments(self, trials: int) -> list[list[dict[str, str]]]:
        """Return the variables of each process of each trial that runs at once.

        The processes of a trial see all its GPUs and know theirs by ``LOCAL_RANK``, as under
        ``torchrun``.

        Args:
            trials: How many trials run at once.
        """
        shared = share_of_cores(trials * self.processes)
        groups = self.groups
        return [
            [self._environment(shared, groups[slot % len(groups)], rank) for rank in self._ranks]
            for slot in range(trials)
        ]

    @property
    def _ranks(self) -> range:
        return range(self.processes)

    def _environment(
        self, shared: dict[str, str], gpus: Sequence[int | str], rank: int
    ) -> dict[str, str]:
        environment = dict(shared)
        if gpus:
            environment["CUDA_VISIBLE_DEVICES"] = ",".join(map(str, gpus))
        if self.processes > 1:
            size = str(self.processes)
            environment |= {"RANK": str(rank), "LOCAL_RANK": str(rank)}
            environment |= {"WORLD_SIZE": size, "LOCAL_WORLD_SIZE": size}
        return environment


def found_gpus(processes: int) -> tuple[int | str, ...]:
    """Return the GPUs of this machine that this process may use; none without CUDA.

    Args:
        processes: Processes of each trial; GPUs that are left over by groups of that size are not
            used, unless there are too few for one.
    """
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is None:
        import torch

        gpus: tuple[int | str, ...] = tuple(range(torch.cuda.device_count()))
    else:
        names = [name.strip() for name in named.split(",") if name.strip()]
        gpus = tuple(int(name) if name.isdigit() else name for name in names if name != "-1")
    used = len(gpus) - len(gpus) % processes
    return gpus[: used or None]
