"""What holds for all tests."""

from __future__ import annotations

import contextlib
import signal


def pytest_configure() -> None:
    """Hear SIGHUP, which ``nohup`` has ignored: processes that tests start inherit it."""
    with contextlib.suppress(AttributeError, ValueError):
        if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
