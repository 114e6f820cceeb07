from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from frameworm.errors import TrainingError
from frameworm.training import Callback, Checkpoints, EarlyStopping, Trainer

BATCHES = [(torch.ones(2, 1), torch.ones(2, 1)), (torch.zeros(2, 1), torch.ones(2, 1))]


class Record(Callback):
    def __init__(self) -> None:
        self.calls: list[str] = []

    def on_train_begin(self, trainer: Trainer) -> None:
        self.calls.append("train_begin")

    def on_train_end(self, trainer: Trainer) -> None:
        self.calls.append("train_end")

    def on_epoch_begin(self, trainer: Trainer, epoch: int) -> None:
        self.calls.append(f"epoch_begin {epoch}")

    def on_epoch_end(self, trainer: Trainer, epoch: int, metrics: Mapping[str, float]) -> None:
        assert trainer.state.current_epoch == epoch
        assert set(metrics) == {"train_loss", "val_loss"}
        self.calls.append(f"epoch_end {epoch}")

    def on_batch_begin(self, trainer: Trainer, batch: int) -> None:
        self.calls.append(f"batch_begin {batch}")

    def on_batch_end(self, trainer: Trainer, batch: int, metrics: Mapping[str, float]) -> None:
        assert metrics["loss"] >= 0
        self.calls.append(f"batch_end {batch}")


class Break(Callback):
    def on_epoch_end(self, trainer: Trainer, epoch: int, metrics: Mapping[str, float]) -> None:
        raise KeyboardInterrupt


def build(lr: float = 0.1, **arguments: Any) -> Trainer:
    torch.manual_seed(0)
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    return Trainer(model, optimizer, nn.MSELoss(), "cpu", **arguments)


def test_hooks_come_in_order() -> None:
    record = Record()
    build(callbacks=[record]).train(BATCHES, BATCHES, epochs=2)
    batches = ["batch_begin 1", "batch_end 1", "batch_begin 2", "batch_end 2"]
    assert record.calls == [
        "train_begin",
        *["epoch_begin 1", *batches, "epoch_end 1"],
        *["epoch_begin 2", *batches, "epoch_end 2"],
        "train_end",
    ]


def test_what_a_callback_raises_leaves_train_after_train_end() -> None:
    record = Record()
    trainer = build(callbacks=[record, Break()])
    with pytest.raises(KeyboardInterrupt):
        trainer.train(BATCHES, BATCHES, epochs=2)
    assert record.calls[-2:] == ["epoch_end 1", "train_end"]
    assert trainer.state.current_epoch == 1


def test_the_base_class_does_nothing() -> None:
    assert build(callbacks=[Callback()]).train(BATCHES, epochs=1).current_epoch == 1


@pytest.mark.parametrize(
    ("history", "waited"),
    [([], 0), ([1.0], 0), ([1.0, 1.0], 1), ([3.0, 2.0, 1.0], 0), ([1.0, 2.0, 0.5, 0.6, 0.7], 2)],
)
def test_epochs_without_improvement(history: list[float], waited: int) -> None:
    assert EarlyStopping(1).epochs_without_improvement(history) == waited
    negated = [-value for value in history]
    assert EarlyStopping(1, mode="max").epochs_without_improvement(negated) == waited


def test_min_delta_asks_for_more() -> None:
    stopping = EarlyStopping(1, min_delta=0.5)
    assert stopping.epochs_without_improvement([3.0, 2.75, 2.5]) == 2
    assert stopping.epochs_without_improvement([3.0, 2.75, 2.5, 2.25]) == 0


def test_stops_when_the_loss_stays() -> None:
    trainer = build(lr=0.0, early_stopping_patience=2)
    state = trainer.train(BATCHES, BATCHES, epochs=10)
    assert state.current_epoch == 3
    assert state.stop_reason == "loss has not improved for 2 epochs"


def test_does_not_stop_while_the_loss_falls() -> None:
    state = build(early_stopping_patience=1).train(BATCHES, epochs=5)
    assert (state.current_epoch, state.stop_reason) == (5, None)


def test_a_stopped_training_that_is_called_again_stays_stopped() -> None:
    trainer = build(lr=0.0, early_stopping_patience=2)
    trainer.train(BATCHES, epochs=10)
    assert trainer.train(BATCHES, epochs=10).current_epoch == 3


def test_an_unknown_monitor_names_the_metrics_there_are() -> None:
    trainer = build(callbacks=[EarlyStopping(1, monitor="val_loss")])
    with pytest.raises(TrainingError, match=r"one of train_loss; got 'val_loss'.*val_loader"):
        trainer.train(BATCHES, epochs=2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"patience": 0}, "patience must be .* at least 1, got 0"),
        ({"patience": 1.5}, r"patience must be an integer .* got 1\.5"),
        ({"patience": 1, "min_delta": -1.0}, r"min_delta must be at least 0, got -1\.0"),
        ({"patience": 1, "mode": "low"}, "mode must be 'min' or 'max', got 'low'"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        EarlyStopping(**arguments)


def test_checkpoints_keep_the_last_and_the_best(tmp_path: Path) -> None:
    directory = tmp_path / "runs" / "first"
    trainer = build(lr=0.9, callbacks=[Checkpoints(directory)])
    # Learning rates this high make the loss rise: the first epoch is the best.
    trainer.train([(torch.full((2, 1), 2.0), torch.ones(2, 1))], epochs=4)
    assert trainer.state.best_epoch == 1
    assert sorted(path.name for path in directory.iterdir()) == ["best.pt", "last.pt"]
    assert build().load_checkpoint(directory / "best.pt").current_epoch == 1
    assert build().load_checkpoint(directory / "last.pt").current_epoch == 4
