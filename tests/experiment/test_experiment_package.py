from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import frameworm.experiment", ["pandas", "sqlalchemy", "rich", "yaml", "torch"]),
        ("from frameworm.experiment import Experiment", ["pandas", "rich", "torch"]),
        ("from frameworm.experiment import ExperimentManager", ["pandas", "rich", "torch"]),
    ],
)
def test_imports_load_only_what_they_need(statement: str, absent: list[str]) -> None:
    code = f"{statement}; import sys; print([m for m in {absent} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
