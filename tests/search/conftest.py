"""Fixtures shared by the tests of the search."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from frameworm.search.execution.workers.worker_pool import close_idle


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/s.db"


@pytest.fixture(autouse=True, scope="module")
def _no_workers_left() -> Iterator[None]:
    yield
    close_idle()
