"""Configurations as people hold them."""

from __future__ import annotations

import argparse
import collections
import dataclasses
import types
from pathlib import Path
from typing import Any

import attrs
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from frameworm.core import Config
from frameworm.core.objects import as_mapping
from frameworm.errors import ConfigValueError
from tests.trees import trees


@dataclasses.dataclass
class Inner:
    lr: float = 0.1
    act: Any = print


@dataclasses.dataclass
class Outer:
    training: Inner
    sections: dict[str, Any]
    dims: list[int]

    @property
    def computed(self) -> int:
        return 1


class Model(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="allow")
    lr: float = 0.1
    act: Any = print


class Whole(pydantic.BaseModel):
    training: Model
    sections: dict[str, Any]
    dims: list[int]


@attrs.define
class Field:
    lr: float = 0.1
    act: Any = print


@attrs.define
class Fields:
    training: Field
    sections: dict[str, Any]
    dims: list[int]


@dataclasses.dataclass
class Structured:
    lr: float = 0.1
    dims: list[int] = dataclasses.field(default_factory=lambda: [8])


def namespaces(kind: Any) -> Any:
    return kind(training=kind(lr=0.1, act=print), sections={"a": kind(b=1)}, dims=[8])


HELD = {
    "dataclass": Outer(Inner(), {"a": Inner(1, 2)}, [8]),
    "pydantic": Whole(training=Model(), sections={"a": Model(lr=1, act=2)}, dims=[8]),
    "attrs": Fields(Field(), {"a": Field(1, 2)}, [8]),
}


@pytest.mark.parametrize("name", HELD)
def test_fields_and_what_they_hold_become_sections(name: str) -> None:
    config = Config.from_object(HELD[name])
    expected = {"lr": 0.1, "act": print}
    assert config.to_dict() == {
        "training": expected,
        "sections": {"a": {"lr": 1.0, "act": 2}},
        "dims": [8],
    }
    config.dims.append(4)
    assert HELD[name].dims == [8]


@pytest.mark.parametrize("kind", [argparse.Namespace, types.SimpleNamespace])
def test_namespaces(kind: Any) -> None:
    config = Config.from_object(namespaces(kind))
    assert config.training.act is print
    assert config["sections.a.b"] == 1


def test_objects_in_lists_are_taken_apart_too() -> None:
    held = types.SimpleNamespace(layers=[Inner(1), (Field(2), Model(lr=3))])
    config = Config.from_object(held)
    assert config.layers[0].lr == 1
    assert config.layers[1] == ({"lr": 2, "act": print}, {"lr": 3.0, "act": print})
    assert type(config.layers[1]) is tuple


def test_extra_fields_of_a_pydantic_model_are_taken() -> None:
    assert Config.from_object(Model(lr=1, more=2)) == {"lr": 1.0, "act": print, "more": 2}


def test_a_parsed_command_line() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.1)
    assert Config.from_object(parser.parse_args(["--lr", "3"])) == {"lr": 3.0}


def test_omegaconf_and_mappings_and_files(tmp_path: Path) -> None:
    made = OmegaConf.create({"a": {"b": "${c}"}, "c": 2})
    assert Config.from_object(made) == {"a": {"b": 2}, "c": 2}
    assert Config.from_object(OmegaConf.structured(Structured)) == {"lr": 0.1, "dims": [8]}
    assert Config.from_object(OmegaConf.create({})) == {}
    assert Config.from_object({"a": 1}) == {"a": 1}
    assert Config.from_object(types.MappingProxyType({"a": 1})) == {"a": 1}
    assert Config.from_object(None) == {}
    path = tmp_path / "config.yaml"
    path.write_text("a: 1")
    assert Config.from_object(path) == Config.from_object(str(path)) == {"a": 1}


def test_a_config_is_copied_and_resolved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMEWORM_HOME", "/home")
    config = Config.from_dict({"literal": r"\${FRAMEWORM_HOME}", "value": "${FRAMEWORM_HOME}"})
    again = Config.from_object(config)
    assert again == config == {"literal": "${FRAMEWORM_HOME}", "value": "/home"}
    assert Config.from_dict(config) == config
    again.value = 1
    assert config.value == "/home"


@given(trees(st.integers() | st.none() | st.sampled_from([print, int]), st.text("abc", min_size=1)))
def test_a_namespace_round_trips(tree: dict[str, Any]) -> None:
    def held(value: Any) -> Any:
        if isinstance(value, dict):
            return types.SimpleNamespace(**{key: held(item) for key, item in value.items()})
        return value

    assert Config.from_object(held(tree)).to_dict() == tree


class WithToDict:
    def to_dict(self) -> dict[str, Any]:
        return {}


class Loose:
    def __init__(self) -> None:
        self.lr = 0.1


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (Inner, r"got type; give an instance, Inner\(\.\.\.\), and not the class"),
        (Model, "give an instance"),
        (WithToDict(), r"got WithToDict; write Config\.from_dict\(config\.to_dict\(\)\)"),
        (collections.namedtuple("T", "a")(1), r"config\._asdict\(\)"),
        (Loose(), r"Config\.from_dict\(vars\(config\)\)"),
        ([1], r"got list; write Config\.from_dict\(\{\.\.\.\}\), or Config\(path\)"),
        (3, "got int"),
    ],
)
def test_anything_else_is_refused_naming_the_conversion(source: Any, message: str) -> None:
    with pytest.raises(ConfigValueError, match=message):
        Config.from_object(source)


def test_a_mapping_is_taken_as_it_is() -> None:
    inner = Inner()
    assert as_mapping({"a": inner})["a"] is inner
    assert Config.from_dict({"a": inner}).a is inner
