"""Where trials run: here, in worker processes, or on any ``concurrent.futures`` executor."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from concurrent.futures import Executor

from frameworm.errors import SearchArgumentError
from frameworm.search.execution.foreign import Foreign
from frameworm.search.execution.in_process import InProcess
from frameworm.search.execution.local import Local
from frameworm.search.execution.runner import Run, Runner

__all__ = ["make_runner"]


def make_runner(
    run: Run,
    n_jobs: int,
    *,
    executor: Executor | None = None,
    trial_timeout: float | None = None,
    gpus: Sequence[int | str] = (),
) -> Runner:
    """Return what runs the trials.

    Args:
        run: The objective.
        n_jobs: How many trials run at once.
        executor: Used instead of local processes.
        trial_timeout: Seconds after which a trial's worker is killed.
        gpus: Device numbers for the local workers.

    Raises:
        SearchArgumentError: If an executor is given together with what only local workers do.
        PicklingError: If the objective must be pickled and cannot be.
    """
    key = uuid.uuid4().hex
    if executor is not None:
        if trial_timeout is not None or gpus:
            raise SearchArgumentError(
                "trial_timeout and gpus need Frameworm's own worker processes; leave executor out, "
                "or set these on the executor's own workers."
            )
        return Foreign(run, executor, n_jobs, key)
    if n_jobs == 1 and trial_timeout is None and not gpus:
        return InProcess(run)
    return Local(run, n_jobs, key, trial_timeout, gpus)
