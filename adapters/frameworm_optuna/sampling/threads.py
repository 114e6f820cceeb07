"""Keep a model's small sums on one thread."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

__all__ = ["one_thread"]


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute on one thread for a while; does nothing where torch is not loaded.

    A Gaussian process of some hundred trials is thousands of tiny operations: a second thread
    costs more than it brings (measured: 60 proposals take 12 s on two threads and 5 s on one), and
    much more beside workers that train, since OpenMP's threads spin while they wait.
    """
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
