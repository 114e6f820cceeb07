"""Hugging Face's trainer reports, is pruned, and goes on where its process was killed."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip(
    "transformers", reason="transformers is not installed (frameworm[integrations])"
)
pytest.importorskip("accelerate", reason="accelerate is not installed (frameworm[integrations])")

import torch
import transformers

from frameworm import GridSearch
from frameworm.integrations.transformers import TrialCallback, last_checkpoint
from frameworm.search import current_trial

EPOCHS = 5


class Line(torch.nn.Module):
    """A line in the shape that Hugging Face's trainer trains."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)

    def forward(self, x: Any, labels: Any) -> dict[str, Any]:
        found = self.layer(x)
        return {"loss": torch.nn.functional.mse_loss(found, labels), "logits": found}


class Epochs(transformers.TrainerCallback):
    """Logs each epoch in a file, and may kill the process in one."""

    def __init__(self, log: str, killed_in: int | None) -> None:
        self.log, self.killed_in = Path(log), killed_in

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        trial = current_trial()
        if not trial:
            return
        with self.log.open("a") as log:
            log.write(f"{args.learning_rate} {round(state.epoch)}\n")
        if round(state.epoch) == self.killed_in and trial.attempt == 0:
            # As if it had died while it wrote the next checkpoint.
            (Path(args.output_dir) / f"checkpoint-{state.global_step + 1}").mkdir()
            os.kill(os.getpid(), signal.SIGKILL)


def fit(
    config: Any, log: str, killed_in: int | None = None, output: str = "never"
) -> dict[str, float]:
    torch.manual_seed(0)
    x = torch.linspace(-1, 1, 32).unsqueeze(1)
    data = [{"x": one, "labels": 3 * one + 1} for one in x]
    arguments = transformers.TrainingArguments(
        output,
        num_train_epochs=EPOCHS,
        learning_rate=config.lr,
        eval_strategy="epoch",
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        use_cpu=True,
    )
    trainer = transformers.Trainer(
        Line(),
        arguments,
        train_dataset=data,
        eval_dataset=data,
        callbacks=[TrialCallback(), Epochs(log, killed_in)],
    )
    trainer.train(resume_from_checkpoint=last_checkpoint())
    return {"eval_loss": trainer.evaluate()["eval_loss"]}


def search(url: str, lrs: list[float], **settings: Any) -> GridSearch:
    space = {"lr": lrs}
    return GridSearch({"lr": 0.1}, space, "eval_loss", storage=url, random_state=0, **settings)


def test_each_epoch_is_reported(tmp_path: Path, monkeypatch: Any, url: str) -> None:
    monkeypatch.chdir(tmp_path)
    found = search(url, [0.1, 0.2])
    found.run(lambda config: fit(config, "log"), verbose=False)
    for record in found.results.records:
        assert list(record.intermediate) == list(range(1, EPOCHS + 1))
        assert record.intermediate[EPOCHS] == record.score
    best = [path.parent for path in found.checkpoint_root.rglob("trainer_state.json")]
    assert [path.name for path in best] == [f"checkpoint-{EPOCHS * 4}"]


def test_hopeless_trials_are_pruned(tmp_path: Path, monkeypatch: Any, url: str) -> None:
    monkeypatch.chdir(tmp_path)
    lrs = [round(0.1 + i / 100, 2) for i in range(6)] + [1e-4, 2e-4, 3e-4]
    found = search(url, lrs, pruner="median")
    found.run(lambda config: fit(config, "log"), verbose=False)
    states = Counter(item["state"] for item in found.results)
    assert states["PRUNED"] >= 2
    assert states["FAIL"] == 0
    assert found.best_params["lr"] >= 0.1
    assert len(Path("log").read_text().splitlines()) < EPOCHS * len(lrs)


@pytest.mark.faults
def test_a_killed_trial_goes_on_from_its_last_epoch(tmp_path: Path, url: str) -> None:
    log, output = str(tmp_path / "log"), str(tmp_path / "output")
    undisturbed = search(url, [0.1], study_name="undisturbed")
    undisturbed.run(lambda config: fit(config, f"{log}0", output=output), verbose=False)
    killed = search(url, [0.1], study_name="killed", pruner="median")
    killed.run(lambda config: fit(config, log, killed_in=3, output=output), n_jobs=2, verbose=False)
    (one,), (other,) = killed.results.records, undisturbed.results.records
    assert one.intermediate == pytest.approx(other.intermediate)
    assert one.attempts == 1
    # Four epochs were begun, the last one anew, and the fifth: none of the first three twice.
    counts = Counter(Path(log).read_text().split("\n")[:-1])
    assert sorted(counts.values()) == [1] * 4 + [2]


def test_outside_a_search_nothing_happens(tmp_path: Path, monkeypatch: Any) -> None:
    from frameworm import Config

    monkeypatch.chdir(tmp_path)
    assert fit(Config.from_dict({"lr": 0.1}), "log", output="output")["eval_loss"] < 10
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
