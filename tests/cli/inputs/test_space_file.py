"""Search spaces in YAML: what is read, and that a mistake is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from frameworm.cli.inputs.space_file import read_space
from frameworm.errors import CommandError
from frameworm.search import Categorical, Integer, Real

BASE = {"training": {"lr": 0.1, "optimizer": "adam", "momentum": 0.9}, "model": {"width": 8}}


@pytest.fixture
def write(tmp_path: Path):
    def written(text: str) -> Path:
        path = tmp_path / "space.yaml"
        path.write_text(text)
        return path

    return written


def test_every_kind_of_parameter_is_read_flat_or_in_sections(write) -> None:
    path = write(
        "training:\n"
        "  lr: {type: real, low: 1e-5, high: 1e-2, log: true}\n"
        "  optimizer: [sgd, adam]\n"
        "  momentum: {type: real, low: 0.5, high: 0.99, when: {training.optimizer: sgd}}\n"
        "model.width: {type: integer, low: 8, high: 64, step: 8}\n"
    )
    assert read_space(path, BASE) == {
        "training.lr": Real(1e-5, 1e-2, log=True),
        "training.optimizer": Categorical(["sgd", "adam"]),
        "training.momentum": Real(0.5, 0.99, when={"training.optimizer": "sgd"}),
        "model.width": Integer(8, 64, step=8),
    }


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("training.lr: [0.1]\nmodel.width: {type: real, low: 2, high: 1}\n", 2, "model.width"),
        ("training.lr:\n  type: float\n  low: 0\n", 2, "'float' is none of real, integer"),
        ("training.lr: {type: real, low: 0, hihg: 1}\n", 1, "'high'"),
        ("training.lr: {type: real, low: 0}\n", 1, "needs high"),
        ("training.lr: {low: 0, high: 1}\n", 1, "its type is missing"),
        ("training.lr: 0.1\n", 1, "a list of values"),
        ("training.lr: [1]\ntraining.lr: [2]\n", 2, "twice"),
        ("training.lr: []\n", 1, "training.lr"),
        ("\n\ntrainign.lr: [0.1, 0.2]\n", 3, "training.lr"),
        ("training.lr: [0.1\n", 2, "not YAML"),
    ],
)
def test_a_mistake_names_file_line_and_key(write, text: str, line: int, said: str) -> None:
    path = write(text)
    with pytest.raises(CommandError) as caught:
        read_space(path, BASE)
    message = str(caught.value)
    assert message.startswith(f"{path}, line {line},") or message.startswith(f"{path}, line {line}")
    assert said in message


def test_a_file_that_is_missing_or_empty_is_told(write, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is empty"):
        read_space(write(""), BASE)
    with pytest.raises(CommandError, match="No such file"):
        read_space(tmp_path / "none.yaml", BASE)
