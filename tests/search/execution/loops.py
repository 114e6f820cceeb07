"""Trainings that are stopped in their third epoch, by several trainers."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader, TensorDataset

EPOCHS, BATCHES = 4, 8


def data() -> DataLoader[Any]:
    x = torch.linspace(-1, 1, 32).unsqueeze(1)
    return DataLoader(TensorDataset(x, 3 * x + 1), batch_size=32 // BATCHES)


def train_by(loop: str, log: Path) -> Callable[[Any], dict[str, float]]:
    """Return a train function that notes each epoch it begins."""
    return {"trainer": by_trainer, "lightning": by_lightning}[loop](log)


def begin(log: Path, epoch: int) -> None:
    with log.open("a") as file:
        file.write(f"epoch {epoch}\n")
    # Time for the signal to come before this epoch is over.
    if log.read_text().count("epoch") == 3:
        time.sleep(1)


def by_trainer(log: Path) -> Callable[[Any], dict[str, float]]:
    from frameworm.training import Callback, Trainer

    class Noting(Callback):
        def on_epoch_begin(self, trainer: Any, epoch: int) -> None:
            begin(log, epoch)

    def train(config: Any) -> dict[str, float]:
        model = torch.nn.Linear(1, 1)
        optimizer = torch.optim.SGD(model.parameters(), config.lr)
        criterion = torch.nn.functional.mse_loss
        trainer = Trainer(model, optimizer, criterion=criterion, callbacks=[Noting()])
        trainer.train(data(), data(), epochs=EPOCHS)
        return {"val_loss": min(trainer.state.history("val_loss"))}

    return train


def by_lightning(log: Path) -> Callable[[Any], dict[str, float]]:
    import lightning.pytorch as lightning

    from frameworm.integrations.lightning import TrialCallback, last_checkpoint

    class Line(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(1, 1)

        def training_step(self, batch: Any, index: int) -> Any:
            return torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1])

        def validation_step(self, batch: Any, index: int) -> None:
            self.log("val_loss", torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1]))

        def on_train_epoch_start(self) -> None:
            begin(log, self.current_epoch + 1)

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), 0.1)

    def train(config: Any) -> dict[str, float]:
        quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
        trainer = lightning.Trainer(
            max_epochs=EPOCHS,
            devices=1,
            accelerator="cpu",
            enable_model_summary=False,
            callbacks=[TrialCallback()],
            **quiet,
        )
        trainer.fit(Line(), data(), data(), ckpt_path=last_checkpoint())
        return {"val_loss": float(trainer.callback_metrics["val_loss"])}

    return train
