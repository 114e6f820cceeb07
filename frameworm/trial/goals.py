"""What a search is after: one metric or several, each to be made small or large."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from frameworm.errors import SearchArgumentError

__all__ = ["Mode", "objectives"]

Mode = Literal["min", "max"]


def objectives(
    metric: str | Sequence[str], mode: Mode | Sequence[Mode]
) -> tuple[tuple[str, Mode], ...]:
    """Return each objective's metric and mode.

    Args:
        metric: The name of a metric, or of several.
        mode: ``"min"`` or ``"max"``, for each metric or for all of them.

    Raises:
        SearchArgumentError: If they do not fit together.

    Example:
        >>> objectives(["val_loss", "accuracy"], ["min", "max"])
        (('val_loss', 'min'), ('accuracy', 'max'))
    """
    names = [metric] if isinstance(metric, str) else metric
    if not isinstance(names, Sequence) or not names:
        raise SearchArgumentError(f"metric is the name of a returned metric, got {metric!r}.")
    modes = [mode] * len(names) if isinstance(mode, str) else mode
    if not isinstance(modes, Sequence) or len(modes) != len(names):
        raise SearchArgumentError(
            f"mode is 'min' or 'max' for each of the {len(names)} metrics, got {mode!r}."
        )
    for name in names:
        if not isinstance(name, str) or not name or names.count(name) > 1:
            raise SearchArgumentError(
                f"metric is the name of a returned metric, or a list of different ones, got "
                f"{metric!r}."
            )
    for way in modes:
        if way not in ("min", "max"):
            raise SearchArgumentError(f"mode is 'min' or 'max', got {way!r}.")
    return tuple(zip(names, modes, strict=True))
