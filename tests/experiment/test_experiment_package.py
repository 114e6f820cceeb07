from __future__ import annotations

import doctest
import importlib
import subprocess
import sys

import pytest

import frameworm.experiment


def test_exports_are_sorted_and_there() -> None:
    names = frameworm.experiment.__all__
    assert names == sorted(names)
    assert all(hasattr(frameworm.experiment, name) for name in names)
    assert set(names) <= set(dir(frameworm.experiment))


def test_unknown_export_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Experimint'"):
        frameworm.experiment.Experimint  # noqa: B018


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


@pytest.mark.parametrize(
    "module", ["directory", "experiment", "manager", "names", "query", "values"]
)
def test_docstring_examples_run(module: str) -> None:
    results = doctest.testmod(
        importlib.import_module(f"frameworm.experiment.{module}"), optionflags=doctest.ELLIPSIS
    )
    assert results.failed == 0
    assert results.attempted > 0
