"""Trials as tasks of a Ray cluster: ``search.run(train_fn, executor=RayExecutor())``.

Needs ``ray``.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, wait
from typing import Any

from frameworm.errors import MissingPackageError

try:
    import ray
    from ray import exceptions
except ImportError as error:
    raise MissingPackageError(
        "frameworm.integrations.ray needs ray: pip install 'frameworm[ray]'."
    ) from error

__all__ = ["RayExecutor"]

# What says that a task's process or machine is gone, and nothing of the task itself.
_LOST = (
    exceptions.WorkerCrashedError,
    exceptions.NodeDiedError,
    exceptions.LocalRayletDiedError,
    exceptions.OutOfMemoryError,
    exceptions.ObjectLostError,
    exceptions.RaySystemError,
)


class RayExecutor(Executor):
    """A ``concurrent.futures`` executor over Ray tasks.

    A task whose process or machine dies is not started again by Ray: its future says so
    (``BrokenExecutor``), and the search runs its trial again, from its checkpoint, up to
    ``max_retries`` times. Tasks wait in Ray until there is room, so ``n_jobs`` may be more than the
    cluster has now.

    Args:
        **options: Of each task, as ``ray.remote`` takes them: ``num_cpus`` (1 by default),
            ``num_gpus``, ``resources``, ``scheduling_strategy``, ``runtime_env``.

    Example:
        ``search.run(train_fn, n_jobs=8, executor=RayExecutor(num_gpus=1))``
    """

    def __init__(self, **options: Any) -> None:
        # Once is once: what Ray ran again by itself would run a trial twice.
        self._call = ray.remote(_call).options(**{**options, "max_retries": 0})
        self._futures: set[RayFuture] = set()
        self._is_shut = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> RayFuture:
        """Start a task.

        Args:
            fn: The function; it is sent pickled.
            *args: Its arguments.
            **kwargs: Its keyword arguments.

        Raises:
            RuntimeError: If the executor is shut down.
        """
        if self._is_shut:
            raise RuntimeError("A RayExecutor takes no tasks after shutdown().")
        future = RayFuture(self._call.remote(fn, args, kwargs))
        self._futures.add(future)
        future.add_done_callback(self._futures.discard)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks; Ray itself goes on.

        Args:
            wait: Return when those there are have ended.
            cancel_futures: Cancel them first, those that run too.
        """
        self._is_shut = True
        left = list(self._futures)
        if cancel_futures:
            for future in left:
                future.cancel()
        if wait:
            _wait(left)


class RayFuture(Future[Any]):
    """The future of a task. It can be cancelled also while the task runs.

    Args:
        reference: The task's result, as Ray knows it.
    """

    def __init__(self, reference: Any) -> None:
        super().__init__()
        self._reference = reference
        reference.future().add_done_callback(self._take)

    def cancel(self) -> bool:
        """Cancel the task; one that runs is interrupted, as by Ctrl-C.

        Returns:
            Whether its result will not come.
        """
        is_cancelled = super().cancel()
        if is_cancelled:
            ray.cancel(self._reference, force=False)
        return is_cancelled

    def _take(self, ended: Future[Any]) -> None:
        if not self.set_running_or_notify_cancel():
            return
        error = ended.exception()
        if error is None:
            self.set_result(ended.result())
        elif isinstance(error, exceptions.RayTaskError):
            # What the task raised itself.
            self.set_exception(error.cause or error)
        elif isinstance(error, _LOST):
            self.set_exception(BrokenExecutor(str(error).splitlines()[0]))
        else:
            self.set_exception(error)


_wait = wait


def _call(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return fn(*args, **kwargs)
