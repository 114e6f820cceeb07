from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader, TensorDataset

from frameworm.core import Config
from frameworm.errors import TrainingError
from frameworm.models import VAE
from frameworm.training import Trainer

SCHEDULERS = {
    "step": lambda optimizer: lr_scheduler.StepLR(optimizer, 1, gamma=0.5),
    "multistep": lambda optimizer: lr_scheduler.MultiStepLR(optimizer, [1, 3]),
    "cosine": lambda optimizer: lr_scheduler.CosineAnnealingLR(optimizer, 4),
    "onecycle": lambda optimizer: lr_scheduler.OneCycleLR(optimizer, 0.01, total_steps=5),
    "plateau": lambda optimizer: lr_scheduler.ReduceLROnPlateau(optimizer, patience=0),
}


def build(seed: int = 0, scheduler: str | None = "step", lr: float = 0.01, **kw: Any) -> Trainer:
    torch.manual_seed(seed)
    settings = {"image_size": 8, "hidden_dim": 16, "latent_dim": 2}
    model = VAE(Config.from_dict({"model": settings}))
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    schedule = None if scheduler is None else SCHEDULERS[scheduler](optimizer)
    return Trainer(model, optimizer, device="cpu", scheduler=schedule, **kw)


@pytest.mark.parametrize("scheduler", list(SCHEDULERS))
def test_resumed_training_equals_uninterrupted_training(
    scheduler: str, digits: TensorDataset, tmp_path: Path
) -> None:
    def loaders() -> tuple[DataLoader[Any], DataLoader[Any]]:
        return DataLoader(digits, 64, shuffle=True), DataLoader(digits, 128)

    whole = build(scheduler=scheduler)
    whole.train(*loaders(), epochs=4)
    half = build(scheduler=scheduler)
    half.train(*loaders(), epochs=2)
    half.save_checkpoint(tmp_path / "half.pt")

    resumed = build(seed=99, scheduler=scheduler)
    torch.rand(5)
    assert resumed.load_checkpoint(tmp_path / "half.pt") == half.state
    resumed.train(*loaders(), epochs=4)

    assert resumed.state == whole.state
    assert resumed.optimizer.param_groups[0]["lr"] == whole.optimizer.param_groups[0]["lr"]
    for name, weight in whole.model.state_dict().items():
        assert torch.equal(resumed.model.state_dict()[name], weight)


def test_checkpoint_dir_resumes_from_last(digits: TensorDataset, tmp_path: Path) -> None:
    loader = DataLoader(digits, 100)
    build(checkpoint_dir=tmp_path).train(loader, epochs=2)
    resumed = build(seed=1, checkpoint_dir=tmp_path)
    resumed.load_checkpoint(tmp_path / "last.pt")
    state = resumed.train(loader, epochs=3)
    assert state.current_epoch == 3
    assert state.global_step == 9
    assert len(state.train_metrics["kl_loss"]) == 3


def test_a_learning_rate_from_numpy_can_be_read_back(tmp_path: Path) -> None:
    trainer = build(lr=np.logspace(-3, -2, 2)[0])
    trainer.save_checkpoint(tmp_path / "a.pt")
    other = build()
    other.load_checkpoint(tmp_path / "a.pt")
    assert other.optimizer.param_groups[0]["lr"] == pytest.approx(1e-3)


def test_saving_replaces_the_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.pt"
    trainer = build()
    trainer.save_checkpoint(path)
    trainer.state.global_step = 7
    trainer.save_checkpoint(str(path))
    assert build().load_checkpoint(path).global_step == 7
    assert list(path.parent.iterdir()) == [path]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"there is none at .*nowhere\.pt.*save_checkpoint"):
        build().load_checkpoint(tmp_path / "nowhere.pt")


@pytest.mark.parametrize("damage", ["empty", "cut", "text", "changed"])
def test_a_damaged_file_is_named(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    build().save_checkpoint(path)
    whole = path.read_bytes()
    contents = {
        "empty": b"",
        "cut": whole[: len(whole) // 2],
        "text": b"not a checkpoint",
        "changed": b"\x00" * 100 + whole[100:-100] + b"\x00" * 100,
    }
    path.write_bytes(contents[damage])
    trainer = build()
    before = {name: weight.clone() for name, weight in trainer.model.state_dict().items()}
    with pytest.raises(TrainingError, match=r"a\.pt is not: it is damaged"):
        trainer.load_checkpoint(path)
    assert all(torch.equal(before[n], w) for n, w in trainer.model.state_dict().items())


class Payload:
    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path("ran"),))


def test_a_checkpoint_cannot_run_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"model": Payload()}, "evil.pt")
    with pytest.raises(TrainingError, match="more than tensors"):
        build().load_checkpoint("evil.pt")
    assert not Path("ran").exists()


def test_a_bare_state_dict_is_refused_with_the_remedy(tmp_path: Path) -> None:
    torch.save(nn.Linear(1, 1).state_dict(), tmp_path / "weights.pt")
    with pytest.raises(TrainingError, match=r"'bias', 'weight'.*model\.load_state_dict"):
        build().load_checkpoint(tmp_path / "weights.pt")


def test_another_model_is_refused(tmp_path: Path) -> None:
    build(scheduler=None).save_checkpoint(tmp_path / "a.pt")
    model = nn.Linear(1, 1)
    trainer = Trainer(model, torch.optim.SGD(model.parameters(), lr=1.0), nn.MSELoss())
    with pytest.raises(TrainingError, match="same model, optimizer and scheduler"):
        trainer.load_checkpoint(tmp_path / "a.pt")
    assert trainer.state.current_epoch == 0


def test_a_scheduler_needs_its_state(tmp_path: Path) -> None:
    build(scheduler=None).save_checkpoint(tmp_path / "a.pt")
    with pytest.raises(TrainingError, match="saved without one"):
        build(scheduler="step").load_checkpoint(tmp_path / "a.pt")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TrainingError, match=r"file/a\.pt cannot be"):
        build().save_checkpoint(tmp_path / "file" / "a.pt")
