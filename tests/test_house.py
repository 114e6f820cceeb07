"""The house: rooms that can be looked over, files that can be read at one sitting."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRODUCT = [path for top in ("frameworm", "adapters") for path in (ROOT / top).rglob("*.py")]
ROOMS = sorted({path.parent for path in PRODUCT})


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(ROOT)))
def test_a_room_holds_at_most_18_files_and_says_what_lives_there(room: Path) -> None:
    assert len(list(room.glob("*.py"))) <= 18
    if room.name != "adapters":
        text = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
        assert text is not None
        assert len(text.splitlines()) <= 9


def test_no_file_is_longer_than_350_lines() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in PRODUCT}
    assert {str(p.relative_to(ROOT)): n for p, n in lengths.items() if n > 350} == {}


def test_names_say_something() -> None:
    empty = {"utils", "helpers", "misc", "common", "handlers", "base_utils"}
    assert {path.stem for path in PRODUCT} & empty == set()
    assert len(PRODUCT) > 200
