from __future__ import annotations

import doctest
import importlib

import pytest

import frameworm.training


def test_exports_are_sorted_and_there() -> None:
    names = frameworm.training.__all__
    assert names == sorted(names)
    assert all(hasattr(frameworm.training, name) for name in names)


@pytest.mark.parametrize(
    "module", ["batches", "callbacks", "checkpoint", "metrics", "state", "trainer"]
)
def test_docstring_examples_run(module: str) -> None:
    results = doctest.testmod(importlib.import_module(f"frameworm.training.{module}"))
    assert results.failed == 0
    assert results.attempted > 0
