from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from frameworm.errors import TrainingError
from frameworm.training.metrics import WeightedMeans, as_floats, check_finite


@given(st.lists(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=5), min_size=1, max_size=6))
def test_means_of_batches_are_the_mean_of_the_samples(batches: list[list[float]]) -> None:
    means = WeightedMeans()
    for batch in batches:
        means.add({"loss": sum(batch) / len(batch)}, len(batch))
    samples = [sample for batch in batches for sample in batch]
    expected = sum(samples) / len(samples)
    assert means.result("loader")["loss"] == pytest.approx(expected, abs=1e-6)


def test_a_metric_that_some_batches_lack_is_the_mean_of_the_others() -> None:
    means = WeightedMeans()
    means.add({"loss": 1.0, "extra": 4.0}, 2)
    means.add({"loss": 3.0}, 2)
    assert means.result("loader") == {"loss": 2.0, "extra": 4.0}


def test_no_batches_name_the_loader() -> None:
    with pytest.raises(TrainingError, match="train_loader must give at least one batch"):
        WeightedMeans().result("train_loader")


@pytest.mark.parametrize("metrics", [None, torch.tensor(1.0), {}, {"los": 1}, {"loss": 1.0}])
def test_a_loss_tensor_is_required(metrics: Any) -> None:
    with pytest.raises(TrainingError, match="'loss'"):
        as_floats(metrics)


@pytest.mark.parametrize(
    ("value", "message"), [(torch.ones(3), r"shape \(3,\)"), ("high", "'high'"), (None, "None")]
)
def test_metrics_must_be_single_numbers(value: Any, message: str) -> None:
    with pytest.raises(TrainingError, match=f"'accuracy' .*{message}"):
        as_floats({"loss": torch.tensor(1.0), "accuracy": value})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_check_finite_names_quantity_epoch_and_batch(value: float) -> None:
    with pytest.raises(TrainingError, match=f"The loss .* is {value} in epoch 3, batch 7"):
        check_finite("loss", value, 3, 7)
    assert check_finite("loss", 1.0, 3, 7) is None
