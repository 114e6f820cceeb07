from __future__ import annotations

import pytest
import torch
from sklearn.datasets import load_digits
from torch.utils.data import TensorDataset


@pytest.fixture(scope="session")
def digits() -> TensorDataset:
    """Return 300 real handwritten digits: images (1, 8, 8) in [0, 1] and labels 0 to 9."""
    bunch = load_digits()
    images = torch.tensor(bunch.images[:300], dtype=torch.float32).unsqueeze(1) / 16
    return TensorDataset(images, torch.tensor(bunch.target[:300]))
