from __future__ import annotations

import logging
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from frameworm.core import Config
from frameworm.errors import ConfigNotFoundError, ConfigValueError

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-5", 1e-5),
        ("1E3", 1000.0),
        ("0.1", 0.1),
        ("'1e-5'", "1e-5"),
        ("true", True),
        ("null", None),
        ("[1, 2.5, a]", [1, 2.5, "a"]),
        ("{b: [1]}", {"b": [1]}),
        ("a=b", "a=b"),
    ],
)
def test_values_in_files_and_overrides(write: Write, text: str, value: Any) -> None:
    from_file = Config(write("config.yaml", f"x: {text}")).x
    overridden = Config.from_cli_args(write("other.yaml", "x: 7"), [f"x={text}"]).x
    assert (from_file, overridden) == (value, value)
    assert type(from_file) is type(overridden)


def test_takes_strings_and_paths(write: Write) -> None:
    path = write("config.yaml", "a: 1")
    assert Config(str(path)) == Config(path) == {"a": 1}


def test_inherits_over_several_levels(write: Write) -> None:
    write("base/deep/root.yaml", "training: {lr: 1, epochs: 1, seed: 1}\nname: root")
    write("base/middle.yaml", "_base_: deep/root.yaml\ntraining: {lr: 2, epochs: 2}")
    child = write("child.yaml", "_base_: base/middle.yaml\ntraining: {lr: 3}")
    assert Config(child) == {"training": {"lr": 3, "epochs": 2, "seed": 1}, "name": "root"}


def test_a_later_base_wins_and_the_child_wins_over_all(write: Write) -> None:
    write("shared.yaml", "w: shared")
    write("one.yaml", "_base_: shared.yaml\nx: 1\ny: 1\nz: [1, 1]")
    two = write("two.yaml", "_base_: shared.yaml\nx: 2\ny: 2")
    child = write("child.yaml", f"_base_: [one.yaml, '{two}']\nx: 3")
    assert Config(child) == {"w": "shared", "x": 3, "y": 2, "z": [1, 1]}


def test_the_base_sees_what_the_child_overrides(write: Write) -> None:
    write("base.yaml", "model: {dim: 8}\nhead: ${model.dim}")
    assert Config(write("child.yaml", "_base_: base.yaml\nmodel: {dim: 16}")).head == 16


def test_the_base_may_be_named_by_the_environment(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FW_CONFIGS", str(write("else/base.yaml", "a: 1").parent))
    assert Config(write("child.yaml", "_base_: ${FW_CONFIGS}/base.yaml")).a == 1


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_circle_of_bases(write: Write, length: int) -> None:
    for index in range(length):
        write(f"{index}.yaml", f"_base_: {(index + 1) % length}.yaml")
    start = write("start.yaml", "_base_: 0.yaml")
    names = [*range(length), 0]
    circle = " -> ".join(rf"\S+{name}\.yaml" for name in names)
    with pytest.raises(ConfigValueError, match=rf"in a circle: {circle}\. Remove one _base_"):
        Config(start)


@pytest.mark.parametrize("entry", ["3", "{a: b}", "[1]", "''"])
def test_a_base_is_a_path(write: Write, entry: str) -> None:
    with pytest.raises(ConfigValueError, match=r"_base_ must be the path .* in .*child\.yaml"):
        Config(write("child.yaml", f"_base_: {entry}"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"config\.yaml is empty"),
        ("# only a comment\n", r"config\.yaml is empty"),
        ("- 1\n- 2", r"must be a mapping .*config\.yaml holds a list"),
        ("word", r"must be a mapping .*config\.yaml holds a single value"),
        ("3", r"must be a mapping .*config\.yaml holds a single value"),
        ("a: [1", r"config\.yaml is not valid YAML"),
        ("a: 1\na: 2", r"config\.yaml is not valid YAML.*duplicate key"),
        ("a:\n  b: ???", r"'a\.b' in .*config\.yaml is marked \?\?\?"),
    ],
)
def test_files_that_cannot_be_used(write: Write, text: str, message: str) -> None:
    with pytest.raises(ConfigValueError, match=rf"(?s){message}"):
        Config(write("config.yaml", text))


def test_an_empty_mapping_is_a_config(write: Write) -> None:
    assert Config(write("config.yaml", "{}")) == {}


def test_a_missing_file(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("config.yaml", "a: 1")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigNotFoundError, match="does not exist") as caught:
        Config("confg.yaml")
    assert str(tmp_path / "confg.yaml") in str(caught.value)
    assert "Did you mean 'config.yaml'?" in str(caught.value)
    assert isinstance(caught.value, FileNotFoundError)
    assert isinstance(caught.value, ConfigValueError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_missing_base_names_who_wants_it(write: Write) -> None:
    child = write("child.yaml", "_base_: gone.yaml")
    with pytest.raises(ConfigValueError, match=r"gone\.yaml does not exist, named as _base_ in"):
        Config(child)


def test_a_folder_or_binary_file_cannot_be_read(tmp_path: Path) -> None:
    binary = tmp_path / "config.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path, binary):
        with pytest.raises(ConfigValueError, match="cannot be read"):
            Config(path)


def test_an_unset_variable_names_the_file_that_needs_it(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FW_UNSET", raising=False)
    write("base.yaml", "data: {root: '${FW_UNSET}/x', name: mnist}")
    child = write("child.yaml", "_base_: base.yaml\ndata: {name: cifar}")
    with pytest.raises(ConfigValueError, match=r"'FW_UNSET' .*'data\.root' in \S*base\.yaml"):
        Config(child)
    with pytest.raises(ConfigValueError, match=r"'data\.name' in the command-line overrides"):
        Config.from_cli_args(child, ["data.root=x", "data.name=${FW_UNSET}"])
    monkeypatch.setenv("FW_UNSET", "/data")
    assert Config(child).data == {"root": "/data/x", "name": "cifar"}


BASE = "model: {dim: 8, layers: [{dim: 1}, {dim: 2}]}\nhead: ${model.dim}\nseed: ???"


@pytest.mark.parametrize(
    ("override", "key", "value"),
    [
        ("model.dim=16", "head", 16),
        ("--model.dim=16", "model.dim", 16),
        ("model={dim: 16}", "model.layers", [{"dim": 1}, {"dim": 2}]),
        ("model.layers[1].dim=5", "model.layers", [{"dim": 1}, {"dim": 5}]),
        ("optimizer.name=adam", "optimizer", {"name": "adam"}),
        ("model=3", "model", 3),
        ("model.dim=${seed}", "head", 1),
        ("head=", "head", None),
        ("seed=2", "seed", 2),
    ],
)
def test_overrides(write: Write, override: str, key: str, value: Any) -> None:
    overrides = ["seed=1", override]
    if override == "model=3":
        overrides.append("head=0")
    assert Config.from_cli_args(write("config.yaml", BASE), overrides)[key] == value


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("seed", r"written key=value, got 'seed'\. Write it as in training\.lr=1e-3"),
        ("=1", "written key=value"),
        ("--=1", "written key=value"),
        ("seed =1", "written key=value"),
        ("seed=[1", r"override 'seed=\[1' cannot be applied"),
        ("model.layers[7].dim=1", r"override 'model\.layers\[7\]\.dim=1' cannot be applied"),
    ],
)
def test_overrides_that_cannot_be_used(write: Write, override: str, message: str) -> None:
    with pytest.raises(ConfigValueError, match=message):
        Config.from_cli_args(write("config.yaml", BASE), ["seed=1", override])


def test_overrides_are_a_list(write: Write) -> None:
    with pytest.raises(ConfigValueError, match=r"list of strings.*Write \['seed=1'\]"):
        Config.from_cli_args(write("config.yaml", BASE), "seed=1")


def test_overrides_come_from_the_command_line(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["train.py", "seed=9"])
    assert Config.from_cli_args(write("config.yaml", BASE)).seed == 9


def test_an_override_that_looks_like_a_slip_is_logged(
    write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    path = write("config.yaml", BASE)
    with caplog.at_level(logging.WARNING, logger="frameworm"):
        config = Config.from_cli_args(path, ["seed=1", "optimizer.lr=1", "model.dims=2"])
    assert config.model.dims == 2
    assert len(caplog.records) == 1
    assert "'model.dims=2' adds a new key" in caplog.text
    assert "Did you mean 'model.dim'?" in caplog.text


def test_loading_leaves_the_environment_alone(write: Write) -> None:
    before = dict(os.environ)
    Config(write("config.yaml", "a: 1"))
    assert dict(os.environ) == before
