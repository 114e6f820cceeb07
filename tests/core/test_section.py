from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from frameworm.core import Config
from frameworm.errors import ConfigKeyError, ConfigValueError, FrozenConfigError


@pytest.fixture
def config() -> Config:
    return Config.from_dict({"training": {"lr": 0.1, "optimizer": {"name": "adam"}}, "dims": [8]})


READS: list[Callable[[Config], Any]] = [
    lambda config: config.training.optimizer.name,
    lambda config: config["training"]["optimizer"]["name"],
    lambda config: config["training.optimizer.name"],
    lambda config: config.training["optimizer.name"],
    lambda config: config.get("training.optimizer.name"),
    lambda config: config.training.get("optimizer").get("name"),
]


@pytest.mark.parametrize("read", READS)
def test_reads_at_any_depth(config: Config, read: Callable[[Config], Any]) -> None:
    assert read(config) == "adam"


def set_by_attribute(config: Config) -> None:
    config.training.optimizer.name = "sgd"


def set_by_items(config: Config) -> None:
    config["training"]["optimizer"]["name"] = "sgd"


def set_by_dotted_key(config: Config) -> None:
    config["training.optimizer.name"] = "sgd"


def set_through_a_kept_section(config: Config) -> None:
    section = config.training
    section.update({"optimizer": {"name": "sgd"}})


WRITES = [set_by_attribute, set_by_items, set_by_dotted_key, set_through_a_kept_section]


@pytest.mark.parametrize("write", WRITES)
def test_writes_at_any_depth(config: Config, write: Callable[[Config], None]) -> None:
    write(config)
    assert config.training.optimizer.to_dict() == {"name": "sgd"}


@pytest.mark.parametrize("write", WRITES)
def test_frozen_refuses_every_way_to_write(config: Config, write: Callable[[Config], None]) -> None:
    config.freeze()
    with pytest.raises(FrozenConfigError, match=r"'training\.optimizer.*config\.copy\(\)"):
        write(config)
    assert config.training.optimizer.name == "adam"


def test_new_leaves_and_sections(config: Config) -> None:
    config.seed = 1
    config["model.encoder.dim"] = 8
    config.training.schedule = {"warmup": {"steps": 10}}
    assert config.seed == 1
    assert config.model.encoder.dim == 8
    assert config.training.schedule.warmup.steps == 10


def test_what_is_assigned_is_copied(config: Config) -> None:
    dims, other = [1], Config.from_dict({"a": {"b": 1}})
    config.dims, config.other = dims, other.a
    dims.append(2)
    other.a.b = 2
    assert config.dims == [1]
    assert config.other.b == 1
    assert type(config.to_dict()["other"]) is dict


def test_deletes(config: Config) -> None:
    del config.training.lr
    del config["training.optimizer.name"]
    del config["dims"]
    assert config == {"training": {"optimizer": {}}}
    with pytest.raises(ConfigKeyError, match=r"no key 'training\.lr'"):
        del config["training.lr"]
    with pytest.raises(ConfigKeyError, match="no key 'dims'"):
        del config.dims


def test_is_a_mapping(config: Config) -> None:
    assert isinstance(config, Mapping)
    assert list(config) == list(config.keys()) == ["training", "dims"]
    assert len(config) == 2
    assert dict(config.items())["training"].lr == 0.1
    assert list(config.values())[1] == [8]
    assert {**config}["dims"] == [8]
    assert config.pop("dims") == [8]
    assert config.setdefault("seed", 3) == 3
    assert list(config) == ["training", "seed"]


@pytest.mark.parametrize(
    ("key", "is_there"),
    [
        ("training", True),
        ("training.lr", True),
        ("training.optimizer.name", True),
        ("training.lrr", False),
        ("training.lr.x", False),
        ("lr", False),
        (7, False),
    ],
)
def test_in(config: Config, key: Any, is_there: bool) -> None:
    assert (key in config) is is_there


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda c: c.training.lrr, r"no key 'training\.lrr'\. Did you mean 'training\.lr'\?"),
        (lambda c: c["training.lrr"], r"no key 'training\.lrr'\. Did you mean 'training\.lr'\?"),
        (lambda c: c.trainig, "no key 'trainig'. Did you mean 'training'?"),
        (lambda c: c.lr, r"no key 'lr'\. Did you mean 'training\.lr'\?"),
        (lambda c: c["training"]["zzz"], "The section 'training' holds 'lr', 'optimizer'"),
        (lambda c: c.zzz, "The config holds 'training', 'dims'"),
        (lambda c: c["dims.0"], "no key 'dims.0'"),
        (lambda c: c[7], "no key '7'"),
    ],
)
def test_missing_keys(config: Config, read: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(ConfigKeyError, match=message) as caught:
        read(config)
    assert isinstance(caught.value, KeyError)
    assert isinstance(caught.value, AttributeError)


def test_defaults_for_missing_keys(config: Config) -> None:
    assert not hasattr(config, "seed")
    assert getattr(config.training, "epochs", 5) == 5
    assert config.get("training.epochs") is None
    assert config.get("training.epochs", 5) == 5
    assert config.get("training.lr.x", 5) == 5
    assert not hasattr(config, "_repr_html_")
    assert not hasattr(config, "__array__")


def test_a_value_of_none_is_no_missing_key() -> None:
    config = Config.from_dict({"a": None})
    assert config.a is None
    assert config.get("a", 1) is None
    assert "a" in config


@pytest.mark.parametrize("name", ["items", "copy", "get", "is_frozen", "_data", "__class__"])
def test_keys_named_as_attributes_are_items(name: str) -> None:
    config = Config.from_dict({name: {"x": 1}})
    assert config[name].x == 1
    config[f"{name}.x"] = 2
    assert config[name]["x"] == 2
    with pytest.raises(ConfigValueError, match=rf"Write config\['{name}'\] instead"):
        setattr(config, name, 3)
    with pytest.raises(ConfigValueError, match="attribute of Config itself"):
        delattr(config, name)


def test_freezing_a_section_freezes_what_is_in_it_and_what_holds_it(config: Config) -> None:
    config.training.optimizer.freeze()
    assert config.training.optimizer.is_frozen
    assert not config.is_frozen
    config.training.lr = 3
    with pytest.raises(FrozenConfigError, match=r"'training\.optimizer\.name'"):
        config["training.optimizer.name"] = "sgd"
    with pytest.raises(FrozenConfigError, match="'training'"):
        config.training = {}
    with pytest.raises(FrozenConfigError, match="'training'"):
        del config.training
    assert config.training.lr == 3


def test_freeze_is_deep_and_chains(config: Config) -> None:
    section = config.training
    assert config.freeze() is config
    assert config.is_frozen
    assert section.is_frozen
    assert section.optimizer.is_frozen
    with pytest.raises(FrozenConfigError, match=r"'training\.lr'"):
        del section.lr
    with pytest.raises(TypeError):
        config.new = 1
    config.dims.append(9)
    assert config.dims == [8]


def test_lists_are_shared_until_frozen(config: Config) -> None:
    config.dims.append(9)
    assert config.dims == [8, 9]


def test_equality(config: Config) -> None:
    assert config == config.copy()
    assert config == config.to_dict()
    assert config.training == {"lr": 0.1, "optimizer": {"name": "adam"}}
    assert config != {"training": {}}
    assert config != 1
    with pytest.raises(TypeError, match="unhashable"):
        hash(config)


@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, copy.copy, Config.copy, lambda config: pickle.loads(pickle.dumps(config))],
    ids=["deepcopy", "copy", "Config.copy", "pickle"],
)
def test_duplicates_are_equal_and_independent(
    config: Config, duplicate: Callable[[Config], Config]
) -> None:
    twin = duplicate(config)
    assert type(twin) is Config
    assert twin == config
    twin.training.lr = 5
    twin.dims.append(1)
    assert config.training.lr == 0.1
    assert config.dims == [8]
    assert duplicate(config.training) == config.training.to_dict()


def test_pickle_and_deepcopy_keep_it_frozen_and_copy_thaws(config: Config) -> None:
    section = config.training
    config.freeze()
    assert pickle.loads(pickle.dumps(config)).is_frozen
    assert copy.deepcopy(section).is_frozen
    assert not config.copy().is_frozen
    assert not copy.copy(config).is_frozen


class Special(Config):
    pass


def test_subclasses_stay_themselves() -> None:
    special = Special.from_dict({"a": {"b": 1}})
    made = [special, special.a, special.copy(), special.replace({"a.b": 2}), special.merge({})]
    assert {type(part) for part in made} == {Special}


def test_repr_is_readable(config: Config) -> None:
    assert repr(Config.from_dict({"b": 1, "a": {"c": "x"}})) == "Config({'b': 1, 'a': {'c': 'x'}})"
    config.training.description = "a long text that needs a line " * 2
    lines = repr(config).splitlines()
    assert len(lines) > 1
    assert lines[1].startswith("        ")


def test_dir_offers_keys(config: Config) -> None:
    config["not an identifier"] = 1
    assert {"training", "dims", "replace"} <= set(dir(config))
    assert "not an identifier" not in dir(config)
