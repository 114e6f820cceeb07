"""Keep Optuna's news of throwaway studies from the user."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

__all__ = ["quiet"]


@contextlib.contextmanager
def quiet(name: str, least: int = logging.WARNING) -> Iterator[None]:
    """Let a logger pass only warnings and worse for a while.

    Args:
        name: The logger's name.
        least: The level of what it still passes.
    """
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(least)
    try:
        yield
    finally:
        logger.setLevel(level)
