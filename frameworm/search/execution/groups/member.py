"""One process of a trial's group: it joins the group, runs its part, and leaves."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from frameworm.checkpoints.trial_folder import trial_folder
from frameworm.errors import TrialInterrupted
from frameworm.search.execution.groups.store_group import Store, StoreGroup
from frameworm.search.execution.workers.worker_process import work
from frameworm.trial.group import in_group
from frameworm.trial.outcome import Outcome
from frameworm.trial.spec import TrialSpec
from frameworm.trial.state import TrialState

__all__ = ["Member", "Part", "Seat", "is_bad", "membership", "work_together"]

_LOCALHOST = "127.0.0.1"


@dataclass(frozen=True)
class Seat:
    """One process's place in the group of one run of a trial.

    Attributes:
        rank: Its number, from 0.
        size: How many processes the group has.
        meeting: The file through which they find each other.
        port: A free port, for libraries that make a group of their own from the environment.
    """

    rank: int
    size: int
    meeting: str
    port: int


@dataclass(frozen=True)
class Part:
    """What became of one process's part of a trial.

    Attributes:
        answer: What running it gave or raised.
        ended: When, on this machine's monotonic clock.
        is_sound: Whether the process has left the group in good order and may join another.
    """

    answer: Any
    ended: float
    is_sound: bool = False


def work_together(seat: Seat, key: str, spec: TrialSpec) -> Part:
    """Run this process's part of a trial in a worker.

    Args:
        seat: Its place.
        key: Names the objective.
        spec: The trial.
    """
    import torch

    os.environ.update(MASTER_ADDR=_LOCALHOST, MASTER_PORT=str(seat.port))
    if interface := _loopback():
        # All are on this machine; gloo would look for the address of the host's name.
        os.environ.setdefault("GLOO_SOCKET_IFNAME", interface)
    # Torch does not list it among what its module exports, which type checkers mind.
    stores: Any = torch.distributed
    store: Store = stores.FileStore(seat.meeting, seat.size)
    with membership(store, seat.rank, seat.size, spec) as member:
        answer: Any
        try:
            answer = work(key, member.spec)
        except (Exception, TrialInterrupted) as error:
            answer = error
        ended = time.monotonic()
        member.is_well = not is_bad(answer)
    return Part(answer, ended, member.has_left)


@dataclass
class Member:
    """A process while it is one of a trial's group.

    Attributes:
        spec: The trial as this rank runs it.
        is_well: Whether its part ended without an error, so that the others will not wait for it.
        has_left: Whether it is in the group no more.
    """

    spec: TrialSpec
    is_well: bool = False
    has_left: bool = False


@contextlib.contextmanager
def membership(store: Store, rank: int, size: int, spec: TrialSpec) -> Iterator[Member]:
    """Make this process one of a trial's group for a while.

    A process group that the script has made itself is used and left as it is.

    Args:
        store: A store for this run of the trial alone.
        rank: This process's number.
        size: How many processes there are.
        spec: The trial.

    Yields:
        The membership; its user says how the part ended.
    """
    import torch
    from torch import distributed
    from torch.distributed.distributed_c10d import PrefixStore

    within: Any = store
    group = StoreGroup(PrefixStore("frameworm", within), rank, size)
    if rank == 0 and spec.checkpoint_dir is not None:
        trial_folder(spec.checkpoint_dir, spec.claim.starts, takes_up=spec.takes_up).begin()
    is_ours = not distributed.is_initialized()
    backend = "gloo"
    if _has_devices(size):
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", rank)))
        backend = "cpu:gloo,cuda:nccl"
    if is_ours:
        meeting = PrefixStore("group", within)
        distributed.init_process_group(backend, store=meeting, rank=rank, world_size=size)
    group.decide("begin", None if rank else True)
    member = Member(spec if rank == 0 else _followed(spec))
    try:
        with in_group(group):
            yield member
    finally:
        group.end()
        # With gloo leaving wakes the others that wait for this rank. NCCL would wait for them; the
        # driver kills the group then.
        if member.is_well or backend == "gloo":
            if is_ours and distributed.is_initialized():
                distributed.destroy_process_group()
            member.has_left = True


def is_bad(answer: Any) -> bool:
    """Whether a part ended otherwise than with a result."""
    return not isinstance(answer, Outcome) or answer.state is TrialState.FAIL


def _has_devices(size: int) -> bool:
    import torch

    if not torch.cuda.is_available() or not torch.distributed.is_nccl_available():
        return False
    return torch.cuda.device_count() >= int(os.environ.get("LOCAL_WORLD_SIZE", size))


def _followed(spec: TrialSpec) -> TrialSpec:
    """Return a trial without the way to its study, which is rank 0's alone."""
    return replace(spec, judge=None if spec.judge is None else _unasked)


def _unasked(step: int, value: float) -> bool:
    raise AssertionError(f"a rank that follows judged step {step} with {value}")


def _loopback() -> str | None:
    if sys.platform == "win32":
        return None
    import psutil

    for name, addresses in psutil.net_if_addrs().items():
        if any(each.address == _LOCALHOST for each in addresses):
            return name
    return None
