"""What importing Frameworm may load, and that `__all__` is what is there."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

HEAVY = ["torch", "optuna", "pandas", "matplotlib", "omegaconf", "loky"]


@pytest.mark.parametrize(
    "module", ["frameworm", "frameworm.core", "frameworm.search", "frameworm.search.space"]
)
def test_import_is_light(module: str) -> None:
    script = f"import sys, {module}; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize(
    "module",
    [
        "frameworm",
        "frameworm.core",
        "frameworm.experiment",
        "frameworm.search",
        "frameworm.search.space",
        "frameworm.training",
        "frameworm.models",
        "frameworm_optuna",
    ],
)
def test_every_exported_name_exists(module: str) -> None:
    loaded = importlib.import_module(module)
    missing = [name for name in loaded.__all__ if not hasattr(loaded, name)]
    assert missing == []
    assert len(set(loaded.__all__)) == len(loaded.__all__)


def test_the_adapter_comes_through_its_entry_point() -> None:
    from frameworm.search.engine import find_backend

    assert type(find_backend()).__module__ == "frameworm_optuna.backend"
