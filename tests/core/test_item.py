from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path

import pytest

from frameworm.core import Config
from frameworm.core.item import Item
from frameworm.errors import ConfigKeyError, ConfigValueError

LAYERS = {"model": {"layers": [{"units": 8, "act": {"name": "relu"}}, [{"units": 4}], 3]}}


def held_by_a_file(path: Path) -> Config:
    path.write_text("model:\n  layers: [{units: 8, act: {name: relu}}, [{units: 4}], 3]\n")
    return Config(path)


@pytest.mark.parametrize("make", ["dict", "file", "interpolated", "replaced", "set", "merged"])
def test_dictionaries_in_lists_are_read_with_dots(make: str, tmp_path: Path) -> None:
    layers = LAYERS["model"]["layers"]
    empty = Config.from_dict({"model": {"layers": []}})
    if make == "dict":
        config = Config.from_dict(LAYERS)
    elif make == "file":
        config = held_by_a_file(tmp_path / "config.yaml")
    elif make == "interpolated":
        config = Config.from_dict({**LAYERS, "same": "${model.layers}"})
    elif make == "replaced":
        config = empty.replace({"model.layers": layers})
    elif make == "merged":
        config = empty.merge(LAYERS)
    else:
        config = empty
        config.model.layers = layers
    assert config.model.layers[0].units == 8
    assert config.model.layers[0].act.name == "relu"
    assert config.model.layers[1][0].units == 4
    for again in (config.copy(), pickle.loads(pickle.dumps(config)), copy.deepcopy(config)):
        assert again.model.layers[0].act.name == "relu"


def test_a_list_is_changed_in_place_and_copies_are_independent() -> None:
    config = Config.from_dict(LAYERS)
    before = config.copy()
    config.model.layers[0].units = 16
    config.model.layers[0]["dropout"] = 0.1
    del config.model.layers[0].act
    assert config.model.layers[0] == {"units": 16, "dropout": 0.1}
    assert before == LAYERS
    assert LAYERS["model"]["layers"][0]["units"] == 8


def test_what_goes_out_is_plain() -> None:
    config = Config.from_dict(LAYERS)
    assert config == LAYERS
    assert type(config.to_dict()["model"]["layers"][0]) is dict
    assert type(config.to_dict()["model"]["layers"][0]["act"]) is dict
    assert json.loads(config.to_json()) == LAYERS
    assert "Item" not in repr(config)


def test_a_list_of_a_frozen_config_is_a_copy() -> None:
    config = Config.from_dict(LAYERS).freeze()
    config.model.layers[0].units = 99
    assert config.model.layers[0].units == 8


def test_a_key_that_is_not_there() -> None:
    with pytest.raises(ConfigKeyError, match=r"no key 'unit'. Did you mean 'units'\?"):
        _ = Item(units=8).unit
    with pytest.raises(AttributeError, match="It holds nothing"):
        del Item().units
    assert not hasattr(Item(units=8), "dim")


def test_methods_win_over_keys() -> None:
    item = Item({"items": 1})
    assert callable(item.items)
    with pytest.raises(ConfigValueError, match=r"Write item\['items'\]"):
        item.items = 2
