"""What the quality of a search is measured on: two known functions and a real network."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from frameworm.search import Categorical, Integer, Real

__all__ = ["PROBLEMS", "Problem"]


@dataclass(frozen=True)
class Problem:
    """A loss to minimise.

    Attributes:
        name: What it is called.
        loss: Returns the loss of a configuration; the same one each time.
        space: Its parameters.
        base: The base configuration.
    """

    name: str
    loss: Callable[[Any], float]
    space: dict[str, Any]
    base: dict[str, Any]


def branin(config: Any) -> float:
    """Branin's function: three minima of 0.397887 (Dixon and Szegö 1978)."""
    x, y = config.at.x, config.at.y
    bend = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return float(bend**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10)


_WEIGHTS = np.array([1.0, 1.2, 3.0, 3.2])
_SCALES = np.array(
    [
        [10, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
    ]
)
_CENTRES = 1e-4 * np.array(
    [
        [1312, 1696, 5569, 124, 8283, 5886],
        [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650],
        [4047, 8828, 8732, 5743, 1091, 381],
    ]
)


def hartmann(config: Any) -> float:
    """Hartmann's function of six variables: a minimum of -3.32237 (Dixon and Szegö 1978)."""
    at = np.array([config.at[f"x{i}"] for i in range(6)])
    return float(-_WEIGHTS @ np.exp(-(_SCALES * (at - _CENTRES) ** 2).sum(axis=1)))


@functools.cache
def _digits() -> tuple[torch.Tensor, ...]:
    from sklearn.datasets import load_digits

    found = load_digits()
    order = np.random.RandomState(0).permutation(len(found.target))
    images = torch.tensor(found.data[order] / 16, dtype=torch.float32)
    labels = torch.tensor(found.target[order])
    return images[:1000], labels[:1000], images[1000:], labels[1000:]


def digits_losses(config: Any, epochs: int) -> Iterator[float]:
    """Train a small network on 1,000 digits; yield the validation loss after every epoch."""
    images, labels, unseen, truth = _digits()
    torch.set_num_threads(1)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = torch.nn.Sequential(
            torch.nn.Linear(64, config.model.width),
            {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}[config.model.activation](),
            torch.nn.Dropout(config.model.dropout),
            torch.nn.Linear(config.model.width, 10),
        )
        optimizer = torch.optim.AdamW(
            network.parameters(), lr=config.training.lr, weight_decay=config.training.decay
        )
        for _ in range(epochs):
            network.train()
            for batch in torch.randperm(len(images)).split(config.training.batch_size):
                optimizer.zero_grad()
                torch.nn.functional.cross_entropy(network(images[batch]), labels[batch]).backward()
                optimizer.step()
            network.eval()
            with torch.no_grad():
                yield float(torch.nn.functional.cross_entropy(network(unseen), truth))


def digits(config: Any) -> float:
    """Return the validation loss of a small network after five epochs on 1,000 digits."""
    *_, last = digits_losses(config, 5)
    return last


PROBLEMS = [
    Problem(
        "Branin",
        branin,
        {"at.x": Real(-5, 10), "at.y": Real(0, 15)},
        {"at": {"x": 0.0, "y": 0.0}},
    ),
    Problem(
        "Hartmann-6",
        hartmann,
        {f"at.x{i}": Real(0, 1) for i in range(6)},
        {"at": {f"x{i}": 0.5 for i in range(6)}},
    ),
    Problem(
        "network on digits",
        digits,
        {
            "training.lr": Real(1e-5, 1e-1, log=True),
            "training.batch_size": Integer(16, 256, log=True),
            "training.decay": Real(1e-6, 1e-1, log=True),
            "model.width": Integer(8, 128, log=True),
            "model.dropout": Real(0.0, 0.7),
            "model.activation": Categorical(["relu", "tanh"]),
        },
        {
            "training": {"lr": 1e-3, "batch_size": 64, "decay": 1e-2},
            "model": {"width": 32, "dropout": 0.1, "activation": "relu"},
        },
    ),
]
