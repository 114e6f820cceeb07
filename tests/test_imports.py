"""What importing Frameworm may load."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ["torch", "optuna", "pandas", "matplotlib", "omegaconf", "loky"]


@pytest.mark.parametrize(
    "module", ["frameworm", "frameworm.core", "frameworm.search", "frameworm.search.space.spaces"]
)
def test_import_is_light(module: str) -> None:
    script = f"import sys, {module}; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_adapter_comes_through_its_entry_point() -> None:
    from frameworm.search.study.entry_point import find_backend

    assert type(find_backend()).__module__ == "frameworm_optuna.backend"
