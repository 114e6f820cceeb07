"""Where a dimension takes its randomness from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    import numpy as np

    RandomState = Union[int, "np.random.Generator", "np.random.RandomState", None]

__all__ = ["generator"]


def generator(random_state: RandomState) -> np.random.Generator | np.random.RandomState:
    """Return the NumPy generator a seed stands for, or the generator itself."""
    import numpy as np  # keeps `import frameworm.search` light

    if isinstance(random_state, (np.random.Generator, np.random.RandomState)):
        return random_state
    return np.random.default_rng(random_state)
