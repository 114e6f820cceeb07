from __future__ import annotations

import doctest
import importlib
import subprocess
import sys

import pytest

import frameworm.core

MODULES = ["config", "dumping", "interpolation", "loading", "registry", "section", "tree"]


@pytest.mark.parametrize("module", MODULES)
def test_examples_run(module: str) -> None:
    results = doctest.testmod(importlib.import_module(f"frameworm.core.{module}"))
    assert results.failed == 0
    assert results.attempted > 0 or module == "loading"


def test_exports_are_sorted() -> None:
    assert frameworm.core.__all__ == ["Config", "get_model", "list_models", "register_model"]
    assert sorted(frameworm.core.__all__) == frameworm.core.__all__


def test_import_and_replace_load_nothing_heavy() -> None:
    code = (
        "import sys; from frameworm.core import Config, list_models; list_models();"
        "Config.from_dict({'a': {'b': 1}}).replace({'a.b': 2}).copy().to_dict();"
        "print([m for m in ('torch', 'omegaconf', 'pydantic', 'yaml') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
