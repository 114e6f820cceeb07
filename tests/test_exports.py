"""Packages re-export and do nothing else; `__all__` is what is public."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import frameworm
import frameworm_optuna
from frameworm import errors

MODULES = [
    "frameworm",
    "frameworm_optuna",
    *(
        module.name
        for package in (frameworm, frameworm_optuna)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ),
]
PACKAGES = [
    name for name in MODULES if importlib.util.find_spec(name).origin.endswith("__init__.py")
]

NOT_EXPORTED = ("__future__", "typing", "frameworm.lazy")


def tree_of(name: str) -> ast.Module:
    path = importlib.util.find_spec(name).origin
    return ast.parse(Path(path).read_text(encoding="utf-8"))


def public_names(tree: ast.Module) -> set[str]:
    """The public names a package's file binds, those for type checkers included."""
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module not in NOT_EXPORTED
        for alias in node.names
    }
    return {name for name in names if not name.startswith("_") or name == "__version__"}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_exports_what_it_imports_sorted(name: str) -> None:
    package = importlib.import_module(name)
    exported = getattr(package, "__all__", [])
    assert list(exported) == sorted(exported)
    assert set(exported) == public_names(tree_of(name))
    assert [export for export in exported if not hasattr(package, export)] == []
    assert set(exported) <= set(dir(package))
    if exported:
        with pytest.raises(AttributeError, match="no attribute 'Grid_Search'"):
            package.Grid_Search  # noqa: B018  # looking it up is the test


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_defines_nothing_of_its_own(name: str) -> None:
    defined = [
        node.name
        for node in tree_of(name).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    ]
    assert defined == []


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_exports(name: str) -> None:
    try:
        module = importlib.import_module(name)
    except errors.MissingPackageError as error:
        pytest.skip(str(error))
    assert module.__doc__
    exported = getattr(module, "__all__", [])
    assert len(set(exported)) == len(exported)
    assert [export for export in exported if not hasattr(module, export)] == []
    assert exported or name in PACKAGES


ERRORS = [
    error
    for _, error in inspect.getmembers(errors, inspect.isclass)
    if issubclass(error, errors.FramewormError)
]


def test_the_drawn_tree_of_errors_is_the_real_one() -> None:
    drawn = {}
    path = ["FramewormError"]
    for line in (errors.__doc__ or "").splitlines():
        head, line_drawn, rest = line.partition("── ")
        if line_drawn:
            name, *builtins = rest.replace(",", " ").split()
            depth = len(head) // 4
            path[depth:] = [name]
            drawn[name] = [path[depth - 1], *builtins]
    real = {
        error.__name__: [base.__name__ for base in error.__bases__]
        for error in ERRORS
        if error is not errors.FramewormError
    }
    assert drawn == real


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_reads_as_its_message(error: type[errors.FramewormError]) -> None:
    assert str(error("The rule; the value; the remedy.")) == "The rule; the value; the remedy."
    assert error.__doc__
    is_leaf = not error.__subclasses__()
    builtins = [base for base in error.__mro__ if base.__module__ == "builtins"]
    assert not is_leaf or set(builtins) - {Exception, BaseException, object}
