from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from frameworm.core import Config
from frameworm.errors import ConfigValueError, TrainingError
from frameworm.models import BaseModel
from frameworm.models.base import batch_inputs

INPUTS = torch.arange(6.0).reshape(3, 2)


class Affine(BaseModel):
    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.layer = nn.Linear(self.integer_setting("width", default=2, minimum=1), 3)

    def compute_loss(self, batch: Any) -> dict[str, Tensor]:
        return {"loss": self.layer(batch_inputs(batch)).square().mean()}


class WithoutParameters(BaseModel):
    def compute_loss(self, batch: Any) -> dict[str, Tensor]:
        return {"loss": batch_inputs(batch).mean()}


def test_is_abstract() -> None:
    with pytest.raises(TypeError, match="compute_loss"):
        BaseModel(Config.from_dict({}))  # type: ignore[abstract]


def test_counts_every_parameter() -> None:
    model = Affine(Config.from_dict({"model": {"width": 4}}))
    model.layer.bias.requires_grad_(False)
    assert model.num_parameters == 4 * 3 + 3


def test_device_follows_the_parameters() -> None:
    model = Affine(Config.from_dict({}))
    assert model.device == torch.device("cpu")
    assert model.to("meta").device == torch.device("meta")
    assert WithoutParameters(Config.from_dict({})).device == torch.device("cpu")


def test_keeps_the_config_it_was_built_from() -> None:
    config = Config.from_dict({"model": {"width": 4}})
    assert Affine(config).config is config


@pytest.mark.parametrize("value", [0, -1, 2.0, "4", True, None])
def test_integer_setting_says_key_value_and_rule(value: Any) -> None:
    with pytest.raises(ConfigValueError) as error:
        Affine(Config.from_dict({"model": {"width": value}}))
    assert "config.model.width must be an integer of at least 1" in str(error.value)
    assert repr(value) in str(error.value)


@pytest.mark.parametrize("value", [-0.5, float("nan"), float("inf"), "1", True])
def test_number_setting_says_key_value_and_rule(value: Any) -> None:
    model = Affine(Config.from_dict({"model": {"rate": value}}))
    with pytest.raises(ConfigValueError) as error:
        model.number_setting("rate", default=1.0, minimum=0.0)
    assert "config.model.rate must be a finite number of at least 0.0" in str(error.value)
    assert repr(value) in str(error.value)


def test_number_setting_takes_integers_and_defaults() -> None:
    model = Affine(Config.from_dict({"model": {"rate": 2}}))
    assert model.number_setting("rate", default=1.0, minimum=0.0) == 2.0
    assert model.number_setting("other", default=0.5, minimum=0.0) == 0.5


def test_a_plain_dict_is_refused_with_the_remedy() -> None:
    with pytest.raises(ConfigValueError, match=r"got dict.*Config\.from_dict"):
        Affine({"model": {"width": 4}})  # type: ignore[arg-type]


def test_a_model_that_is_no_section_is_refused() -> None:
    with pytest.raises(ConfigValueError, match=r"section.*'affine'"):
        Affine(Config.from_dict({"model": "affine"}))


@pytest.mark.parametrize(
    "batch",
    [
        INPUTS,
        (INPUTS, torch.zeros(3)),
        [INPUTS],
        {"image": INPUTS, "label": torch.zeros(3)},
        {"y": torch.zeros(3), "x": INPUTS},
    ],
    ids=["tensor", "pair", "list", "image", "x"],
)
def test_batch_inputs_of_every_form(batch: Any) -> None:
    assert batch_inputs(batch) is INPUTS


@pytest.mark.parametrize("batch", [[], "text", {"label": INPUTS}, ("text", INPUTS), None])
def test_batch_inputs_refuses_other_forms(batch: Any) -> None:
    with pytest.raises(TrainingError, match="A batch must be a tensor"):
        batch_inputs(batch)
