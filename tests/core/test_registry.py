from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from frameworm.core import get_model, list_models, register_model, registry
from frameworm.errors import ConfigValueError, UnknownModelError


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_REGISTERED", {})


class First:
    pass


class Second:
    pass


def test_registers_as_decorator_and_by_call() -> None:
    assert register_model("first")(First) is First
    assert register_model("second", Second) is Second
    assert (get_model("first"), get_model("second")) == (First, Second)
    assert list_models() == ["first", "second", "vae"]


def test_a_name_stands_for_one_class() -> None:
    register_model("first", First)
    register_model("first", First)
    with pytest.raises(ConfigValueError, match=r"'first' is already taken: .*First.*override=True"):
        register_model("first", Second)
    assert get_model("first") is First
    register_model("first", Second, override=True)
    assert get_model("first") is Second


def test_a_class_defined_again_takes_its_place() -> None:
    again = type("First", (), {"__module__": First.__module__, "__qualname__": "First"})
    register_model("first", First)
    register_model("first", again)
    assert get_model("first") is again


@pytest.mark.parametrize("name", ["Vae", "vea", "", "first", None])
def test_unknown_names(name: Any) -> None:
    with pytest.raises(UnknownModelError, match=r"No model is registered as .* There are: vae"):
        get_model(name)


def test_unknown_name_hint() -> None:
    with pytest.raises(UnknownModelError, match=r"'vea'\. Did you mean 'vae'\?"):
        get_model("vea")


@pytest.mark.parametrize("name", [First, "", 3, None])
def test_names_are_text(name: Any) -> None:
    with pytest.raises(ConfigValueError, match=r'Write @register_model\("name"\)'):
        register_model(name)


def test_models_are_classes() -> None:
    with pytest.raises(ConfigValueError, match="A model must be a class"):
        register_model("first", First())  # type: ignore[call-overload]


def test_the_built_in_name_is_taken_before_it_is_imported() -> None:
    with pytest.raises(ConfigValueError, match="'vae' is already taken: "):
        register_model("vae", First)


CODE = """
import sys
from frameworm.core import get_model, list_models, register_model
assert list_models() == ["vae"]
assert "torch" not in sys.modules
"""


@pytest.mark.parametrize(
    "then",
    [
        "assert get_model('vae').__name__ == 'VAE'",
        "Mine = register_model('vae', type('Mine', (), {}), override=True)\n"
        "import frameworm.models\n"
        "assert get_model('vae') is Mine",
    ],
    ids=["on demand", "overridden before"],
)
def test_the_built_in_model(then: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE + then], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
