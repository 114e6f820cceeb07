"""What a pruner saves: epochs trained against the best validation loss found.

Run it with ``python -m tests.benchmarks.pruning [--seeds 5] [--trials 60]``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from frameworm.search import RandomSearch, report
from tests.benchmarks.measure import machine
from tests.benchmarks.problems import PROBLEMS, digits_losses

__all__ = ["EPOCHS", "epochs_and_best", "train"]

EPOCHS = 27
_DIGITS = PROBLEMS[-1]


def train(config: Any) -> float:
    """Train a small network on 1,000 digits, reporting the validation loss after every epoch."""
    loss = float("nan")
    for epoch, loss in enumerate(digits_losses(config, EPOCHS), 1):
        report(epoch, val_loss=loss)
    return loss


def epochs_and_best(
    seed: int, n_trials: int, pruner: str | None, n_jobs: int = 1
) -> tuple[int, float]:
    """Return how many epochs a search trained in all, and its best validation loss."""
    with tempfile.TemporaryDirectory() as folder:
        search = RandomSearch(
            _DIGITS.base,
            _DIGITS.space,
            n_trials=n_trials,
            random_state=seed,
            pruner=pruner,
            storage=f"sqlite:///{folder}/s.db",
            durability="normal",
        )
        _, best = search.run(train, n_jobs=n_jobs, verbose=False)
        return sum(len(record.intermediate) for record in search.results.records), float(best)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--pruner", default="asha")
    parser.add_argument("--json", type=Path, help="write the numbers to a file")
    options = parser.parse_args()
    console = Console()
    console.print(machine())
    table = Table("n_jobs", "epochs", "best val_loss, against unpruned", "")
    whole = [epochs_and_best(seed, options.trials, None, 2) for seed in range(options.seeds)]
    numbers = []
    for n_jobs in (1, 2):
        found = [
            epochs_and_best(seed, options.trials, options.pruner, n_jobs)
            for seed in range(options.seeds)
        ]
        shares = [mine[0] / all_[0] for mine, all_ in zip(found, whole, strict=True)]
        losses = [mine[1] / all_[1] - 1 for mine, all_ in zip(found, whole, strict=True)]
        share, loss = statistics.median(shares), statistics.median(losses)
        met = "met" if share <= 0.4 and loss <= 0.01 else "NOT MET"
        table.add_row(str(n_jobs), f"{share:.1%} (≤ 40%)", f"{loss:+.2%} (≤ +1%)", met)
        console.print(f"n_jobs={n_jobs}: {shares} {losses}", highlight=False)
        numbers.append({"n_jobs": n_jobs, "epochs": shares, "losses": losses})
    console.print(table)
    if options.json:
        options.json.write_text(json.dumps(numbers, indent=2))


if __name__ == "__main__":
    main()
