"""What holds for all tests."""

from __future__ import annotations

import contextlib
import os
import signal

import pytest

from tests.s3 import bucket

__all__ = ["bucket"]

# Each process of `pytest -n auto` has a core of its own, and OpenMP's threads spin while they wait:
# two processes of two threads each take three times as long as two of one.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")


def pytest_configure() -> None:
    """Hear what a shell has background processes ignore: processes that tests start inherit it."""
    with contextlib.suppress(AttributeError, ValueError):
        if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # by nohup
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
    with contextlib.suppress(ValueError):
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # by & in a script
            signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what is marked slow, unless FRAMEWORM_SLOW asks for it, as CI does."""
    if os.environ.get("FRAMEWORM_SLOW"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow: set FRAMEWORM_SLOW=1 to run it"))
