"""A folder as a user of the command has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import FILES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path
