from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader, TensorDataset

from frameworm.core import Config
from frameworm.errors import TrainingError
from frameworm.models import VAE, BaseModel
from frameworm.training import Callback, EarlyStopping, Trainer, TrainingState


class Distance(BaseModel):
    """Loss: the mean distance of the inputs from one learned number; sees modes and devices."""

    def __init__(self, lr: float = 0.0) -> None:
        super().__init__(Config.from_dict({}))
        self.centre = nn.Parameter(torch.zeros(()))
        self.seen: list[tuple[bool, bool]] = []

    def compute_loss(self, batch: Any) -> dict[str, Tensor]:
        self.seen.append((self.training, torch.is_grad_enabled()))
        inputs = batch["x"] if isinstance(batch, dict) else batch
        return {"loss": (inputs - self.centre).square().mean(), "mean": inputs.mean()}


class Log:
    def __init__(self) -> None:
        self.entries: list[tuple[int, dict[str, float]]] = []

    def log_metrics(self, metrics: dict[str, float], step: int) -> None:
        self.entries.append((step, metrics))


def build(lr: float = 0.1, **arguments: Any) -> Trainer:
    model = Distance()
    return Trainer(model, torch.optim.SGD(model.parameters(), lr=lr), device="cpu", **arguments)


def vae_trainer() -> Trainer:
    torch.manual_seed(0)
    settings = {"image_size": 8, "hidden_dim": 64, "latent_dim": 4}
    model = VAE(Config.from_dict({"model": settings}))
    return Trainer(model, torch.optim.Adam(model.parameters(), lr=3e-3))


def test_a_vae_learns_digits_and_ignores_their_labels(digits: TensorDataset) -> None:
    trainer = vae_trainer()
    state = trainer.train(DataLoader(digits, 64, shuffle=True), DataLoader(digits, 128), epochs=5)
    assert state is trainer.state
    for metrics in (state.train_metrics, state.val_metrics):
        assert set(metrics) == {"loss", "recon_loss", "kl_loss"}
        assert all(len(values) == 5 for values in metrics.values())
        assert all(type(value) is float for value in metrics["loss"])
        assert metrics["loss"][-1] < 0.8 * metrics["loss"][0]
    assert state.current_epoch == 5
    assert state.global_step == 5 * 5


def test_a_classifier_learns_digits_with_a_criterion(digits: TensorDataset) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    trainer = Trainer(model, optimizer, nn.CrossEntropyLoss())
    state = trainer.train(DataLoader(digits, 32, shuffle=True), DataLoader(digits, 300), epochs=8)
    assert state.val_metrics["loss"][-1] < 0.5 * state.val_metrics["loss"][0]
    images, labels = digits.tensors
    accuracy = (model(images.to(trainer.device)).argmax(1).cpu() == labels).float().mean()
    assert accuracy > 0.9


def test_epoch_metrics_are_weighted_by_batch_size() -> None:
    trainer = build(lr=0.0)
    # Batches of 3 and 1: the mean of the batch means would be 4.5 and 27.
    batches = [torch.tensor([1.0, 2.0, 3.0]), torch.tensor([7.0])]
    state = trainer.train(batches, val_loader=[{"x": batch} for batch in batches], epochs=1)
    assert state.train_metrics["mean"] == [pytest.approx(13 / 4)]
    assert state.train_metrics["loss"] == [pytest.approx(63 / 4)]
    assert state.val_metrics == state.train_metrics


def test_one_step_is_the_one_computed_by_hand() -> None:
    trainer = build(lr=0.25)
    trainer.train([torch.tensor([2.0])], epochs=1)
    # d/dc (2 - c)^2 at 0 is -4; the step is 0.25 * 4.
    assert trainer.model.centre.item() == 1.0


def test_validation_has_eval_mode_and_no_gradient() -> None:
    trainer = build()
    ones = [torch.ones(2)]
    trainer.train(ones, ones, epochs=2)
    assert trainer.model.seen == [(True, True), (False, False)] * 2
    assert trainer.model.training


def test_the_mode_of_the_model_is_put_back() -> None:
    trainer = build()
    trainer.model.eval()
    trainer.train([torch.ones(2)], epochs=1)
    assert trainer.model.seen == [(True, True)]
    assert not trainer.model.training


def test_evaluate_returns_means_and_leaves_the_state() -> None:
    trainer = build()
    assert trainer.evaluate([torch.ones(3), torch.zeros(1)]) == {"loss": 0.75, "mean": 0.75}
    assert trainer.state == TrainingState()
    assert trainer.model.training


def test_train_continues_to_the_total_and_no_further() -> None:
    trainer = build()
    loader = [torch.ones(2)]
    trainer.train(loader, epochs=2)
    trainer.train(loader, epochs=3)
    state = trainer.train(loader, epochs=3)
    assert (state.current_epoch, state.global_step) == (3, 3)
    assert len(state.train_metrics["loss"]) == 3


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_not_finite_names_epoch_and_batch(value: float) -> None:
    trainer = build()
    with pytest.raises(TrainingError, match=rf"training loss .* is {value} in epoch 1, batch 2"):
        trainer.train([torch.ones(2), torch.tensor([value])], epochs=2)
    assert trainer.model.centre.isfinite()
    with pytest.raises(TrainingError, match=r"validation loss .* in epoch 1, batch 1"):
        trainer.train([torch.ones(2)], [torch.tensor([value])], epochs=2)
    assert trainer.model.training
    assert trainer.state.current_epoch == 0


def test_an_image_that_is_not_a_number_is_found(digits: TensorDataset) -> None:
    images = digits.tensors[0].clone()
    images[70, 0, 3, 3] = float("nan")
    with pytest.raises(TrainingError, match=r"training loss .* is nan in epoch 1, batch 2"):
        vae_trainer().train(images.split(64), epochs=1)


def test_training_that_diverges_is_noticed(digits: TensorDataset) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=1e38)
    trainer = Trainer(model, optimizer, nn.CrossEntropyLoss(), "cpu")
    with pytest.raises(TrainingError, match=r"must be finite.*epoch \d+, batch \d+"):
        trainer.train(DataLoader(digits, 50), epochs=3)


def test_gradients_are_clipped() -> None:
    trainer = build(lr=1.0, max_grad_norm=0.5)
    trainer.train([torch.tensor([100.0])], epochs=1)
    assert trainer.model.centre.item() == pytest.approx(0.5)
    small = build(lr=1.0, max_grad_norm=0.5)
    small.train([torch.tensor([0.125])], epochs=1)
    assert small.model.centre.item() == pytest.approx(0.25)


def test_a_gradient_norm_that_is_not_finite_is_named() -> None:
    trainer = build(max_grad_norm=1.0)
    trainer.model.centre.register_hook(lambda gradient: gradient * float("inf"))
    with pytest.raises(TrainingError, match=r"gradient norm .* is inf in epoch 1, batch 1"):
        trainer.train([torch.ones(2)], epochs=1)
    assert trainer.model.centre.item() == 0.0


def test_a_scheduler_steps_once_an_epoch() -> None:
    trainer = build(lr=1e-3)
    trainer.scheduler = lr_scheduler.StepLR(trainer.optimizer, step_size=1, gamma=0.5)
    trainer.train([torch.ones(2), torch.ones(2), torch.ones(2)], epochs=2)
    assert trainer.optimizer.param_groups[0]["lr"] == pytest.approx(0.25e-3)


def test_a_plateau_scheduler_gets_the_validation_loss() -> None:
    trainer = build(lr=0.1)
    scheduler = lr_scheduler.ReduceLROnPlateau(trainer.optimizer, factor=0.5, patience=0)
    trainer.scheduler = scheduler
    # Training moves the centre towards 1, away from the validation sample at -1.
    state = trainer.train([torch.ones(1)], [-torch.ones(1)], epochs=2)
    assert state.train_metrics["loss"][1] < state.train_metrics["loss"][0]
    assert scheduler.best == state.val_metrics["loss"][0]
    assert trainer.optimizer.param_groups[0]["lr"] == pytest.approx(0.05)


def test_a_plateau_scheduler_gets_the_training_loss_without_validation() -> None:
    trainer = build()
    trainer.scheduler = lr_scheduler.ReduceLROnPlateau(trainer.optimizer)
    state = trainer.train([torch.ones(1)], epochs=2)
    assert trainer.scheduler.best == state.train_metrics["loss"][1]


def test_metrics_are_logged_to_the_experiment_each_epoch() -> None:
    trainer = build()
    log = Log()
    trainer.set_experiment(log)
    state = trainer.train([torch.ones(1)], [torch.ones(1)], epochs=2)
    assert [step for step, _ in log.entries] == [1, 2]
    for step, metrics in log.entries:
        assert set(metrics) == {"train_loss", "train_mean", "val_loss", "val_mean"}
        assert metrics["val_loss"] == state.val_metrics["loss"][step - 1]
    trainer.set_experiment(None)
    trainer.train([torch.ones(1)], epochs=3)
    assert len(log.entries) == 2


def test_a_callback_can_stop_training() -> None:
    class Enough(Callback):
        def on_epoch_end(self, trainer: Trainer, epoch: int, metrics: Any) -> None:
            if epoch == 2:
                trainer.stop("enough")

    state = build(callbacks=[Enough()]).train([torch.ones(1)], epochs=9)
    assert (state.current_epoch, state.stop_reason) == (2, "enough")


def test_the_trainers_own_callbacks_are_listed(tmp_path: Path) -> None:
    trainer = build(checkpoint_dir=tmp_path, callbacks=[Callback()], early_stopping_patience=3)
    trainer.set_experiment(Log())
    names = [type(callback).__name__ for callback in trainer.callbacks]
    assert names == ["Checkpoints", "ExperimentLogger", "Callback", "EarlyStopping"]
    assert isinstance(trainer.callbacks[-1], EarlyStopping)
    added = Callback()
    trainer.add_callback(added)
    assert trainer.callbacks[-2] is added
    assert isinstance(trainer.callbacks[-1], EarlyStopping)
    assert list(tmp_path.iterdir()) == []


def test_model_batches_and_criterion_go_to_the_device() -> None:
    model = nn.Linear(2, 3)
    criterion = nn.CrossEntropyLoss(weight=torch.ones(3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    trainer = Trainer(model, optimizer, criterion, device="meta")
    assert next(trainer.model.parameters()).device.type == "meta"
    assert trainer.criterion.weight.device.type == "meta"


def test_the_default_device_trains() -> None:
    trainer = Trainer(model := Distance(), torch.optim.SGD(model.parameters(), lr=0.1))
    trainer.train([torch.ones(2)], epochs=1)
    assert model.device.type == trainer.device.type


def test_a_model_without_a_loss_is_refused_at_once() -> None:
    model = nn.Linear(1, 1)
    with pytest.raises(TrainingError, match=r"Linear has none.*criterion=.*BaseModel"):
        Trainer(model, torch.optim.SGD(model.parameters(), lr=0.1))


@pytest.mark.parametrize("batch", [torch.ones(2, 1), (torch.ones(2, 1),), {"x": torch.ones(2, 1)}])
def test_a_criterion_needs_pairs(batch: Any) -> None:
    model = nn.Linear(1, 1)
    trainer = Trainer(model, torch.optim.SGD(model.parameters(), lr=0.1), nn.MSELoss(), "cpu")
    with pytest.raises(TrainingError, match=r"pair \(inputs, targets\)"):
        trainer.train([batch], epochs=1)


def test_empty_loaders_are_refused() -> None:
    with pytest.raises(TrainingError, match="train_loader must give at least one batch"):
        build().train([], epochs=1)
    with pytest.raises(TrainingError, match="val_loader must give at least one batch"):
        build().train([torch.ones(1)], [], epochs=1)
    with pytest.raises(TrainingError, match="generator"):
        build().train((torch.ones(1) for _ in range(3)), epochs=2)


@pytest.mark.parametrize("epochs", [-1, 1.5, True, "3"])
def test_epochs_must_be_a_count(epochs: Any) -> None:
    with pytest.raises(TrainingError, match="epochs must be an integer of at least 0"):
        build().train([torch.ones(1)], epochs=epochs)


@pytest.mark.parametrize("norm", [0, -1.0, float("nan")])
def test_max_grad_norm_must_be_positive(norm: float) -> None:
    with pytest.raises(TrainingError, match="max_grad_norm must be above 0"):
        build(max_grad_norm=norm)


def test_zero_epochs_do_nothing() -> None:
    assert build().train([torch.ones(1)], epochs=0) == TrainingState()


def test_is_quiet_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    build().train([torch.ones(1)], [torch.ones(1)], epochs=2)
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_logs_each_epoch_for_those_who_listen(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="frameworm"):
        build().train([torch.ones(1)], epochs=2)
    assert [record.name for record in caplog.records] == ["frameworm", "frameworm"]
    assert caplog.messages[0].startswith("epoch 1/2: {'train_loss':")
