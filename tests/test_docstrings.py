"""Every example in a docstring runs."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import frameworm
import frameworm_optuna


def modules_with_examples() -> list[str]:
    found = []
    for package in (frameworm, frameworm_optuna):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            path = importlib.util.find_spec(module.name).origin
            if ">>>" in Path(path).read_text(encoding="utf-8"):
                found.append(module.name)
    return found


@pytest.mark.parametrize("module", modules_with_examples())
def test_examples_run(module: str, tmp_path, monkeypatch) -> None:
    # An example that writes a file by default writes it here.
    monkeypatch.chdir(tmp_path)
    results = doctest.testmod(importlib.import_module(module), optionflags=doctest.ELLIPSIS)
    assert results.attempted > 0
    assert results.failed == 0


def test_the_walk_finds_the_modules() -> None:
    found = modules_with_examples()
    assert {"frameworm.core.config", "frameworm_optuna.translate.distributions"} <= set(found)
    assert len(found) > 40
