"""Every code block of the user guide, run in order, as written, on real data."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

GUIDE = Path(__file__).with_name("guide.md")
SHARED = Path(__file__).parents[3] / "shared" / "guide.md"

PRELUDE = """
import torch
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, TensorDataset
from frameworm import Config, Trainer, get_model
from frameworm.search.space import Categorical, Integer, Real

config = base_config = Config.from_dict({
    "model": {"channels": 1, "image_size": 8, "hidden_dim": 32, "latent_dim": 4},
    "training": {"lr": 1e-3, "batch_size": 64, "epochs": 1},
    "optimizer": "adam",
})

def get_data(batch_size):
    images = torch.tensor(load_digits().images[:300] / 16, dtype=torch.float32).unsqueeze(1)
    train, val = TensorDataset(images[:200]), TensorDataset(images[200:])
    return DataLoader(train, batch_size), DataLoader(val, batch_size)
"""


def blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)


def test_the_copy_is_the_shared_guide() -> None:
    if not SHARED.exists():
        pytest.skip("no shared guide beside this checkout")
    assert GUIDE.read_text() == SHARED.read_text()


def test_every_block_runs_as_written(tmp_path: Path) -> None:
    # The guide defines train_fn after the searches that use it: that block runs first.
    found = blocks()
    assert len(found) > 10
    train = [block for block in found if "def train_fn" in block]
    assert len(train) == 1
    rest = [block for block in found if "def train_fn" not in block]
    checks = """
assert len(search.results) == 50
assert len(manager.list_experiments(tags=["random_search"])) == 50
assert list(search2.results) == list(search.results)
assert search2.best_score == search.best_score
assert len(top5) == 5 and top5["score"].is_monotonic_increasing
"""
    script = tmp_path / "guide.py"
    script.write_text("\n".join([PRELUDE, *train, *rest, checks]))
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "MPLBACKEND": "Agg"},
        timeout=250,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for name in ("convergence.png", "importance.png", "lr_vs_score.png", "search_results.json"):
        assert (tmp_path / name).stat().st_size > 1000
    assert (tmp_path / "frameworm.db").exists()
