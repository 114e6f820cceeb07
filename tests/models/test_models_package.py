from __future__ import annotations

import doctest
import importlib

import pytest

import frameworm.models


def test_exports_are_sorted_and_there() -> None:
    names = frameworm.models.__all__
    assert names == sorted(names)
    assert all(hasattr(frameworm.models, name) for name in names)


@pytest.mark.parametrize(("module", "least"), [("base", 2), ("vae", 2)])
def test_docstring_examples_run(module: str, least: int) -> None:
    results = doctest.testmod(importlib.import_module(f"frameworm.models.{module}"))
    assert results.failed == 0
    assert results.attempted >= least
