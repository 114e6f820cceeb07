from __future__ import annotations

from typing import Any, NamedTuple

import pytest
import torch

from frameworm.errors import TrainingError
from frameworm.training.batches import batch_size, choose_device, to_device


class Pair(NamedTuple):
    image: torch.Tensor
    label: torch.Tensor


ONES = torch.ones(3, 2)
META = torch.device("meta")


@pytest.mark.parametrize(
    ("batch", "type_"),
    [([ONES, ONES], list), ((ONES, "name"), tuple), ({"a": ONES}, dict), (Pair(ONES, ONES), Pair)],
)
def test_to_device_keeps_the_form(batch: Any, type_: type) -> None:
    moved = to_device(batch, META)
    first = moved["a"] if type_ is dict else moved[0]
    assert type(moved) is type_
    assert len(moved) == len(batch)
    assert first.device == META


def test_to_device_reaches_nested_tensors_and_leaves_the_rest() -> None:
    moved = to_device({"a": [(ONES,)], "b": "text", "c": None}, META)
    assert moved["a"][0][0].device == META
    assert (moved["b"], moved["c"]) == ("text", None)


@pytest.mark.parametrize(
    "batch",
    [ONES, (ONES, torch.ones(9)), {"name": "a", "x": ONES}, [torch.tensor(1.0), [ONES]]],
)
def test_batch_size_is_the_first_dimension_of_the_first_tensor(batch: Any) -> None:
    assert batch_size(batch) == 3


@pytest.mark.parametrize("batch", [torch.tensor(1.0), torch.ones(0, 2), [], "text", {"a": 1}])
def test_batch_size_needs_samples(batch: Any) -> None:
    with pytest.raises(TrainingError, match="at least one tensor"):
        batch_size(batch)


def test_the_chosen_device_works() -> None:
    device = choose_device()
    assert torch.ones(1, device=device).item() == 1.0
    assert (device.type == "cuda") == torch.cuda.is_available()
