"""Search spaces as the YAML that ``frameworm search run --space`` reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frameworm.core.json_values import name_of
from frameworm.search.space.dimensions import Categorical, Dimension, Integer
from frameworm.search.space.when import conditions_of

__all__ = ["space_yaml"]


def space_yaml(space: Mapping[str, Dimension]) -> str:
    """Return a search space as YAML; a choice that YAML cannot hold goes in by its name.

    Args:
        space: The dimensions by dotted key.

    Example:
        >>> from frameworm.search.space import Categorical, Real
        >>> print(space_yaml({"lr": Real(1e-5, 1, log=True), "opt": Categorical(["adam", "sgd"])}))
        lr: {type: real, low: 1.0e-05, high: 1.0, log: true}
        opt: [adam, sgd]
    """
    import yaml

    entries = {key: _entry(dimension) for key, dimension in space.items()}
    written = [
        yaml.safe_dump({key: entry}, sort_keys=False, default_flow_style=None, width=1e6)
        for key, entry in entries.items()
    ]
    return "".join(written).rstrip()


def _entry(dimension: Dimension) -> Any:
    when = {key: _plain(list(values)) for key, values in conditions_of(dimension.when)}
    more = {"when": when} if when else {}
    if isinstance(dimension, Categorical):
        choices = [_plain(choice) for choice in dimension.choices]
        return {"type": "categorical", "choices": choices, **more} if more else choices
    is_whole = isinstance(dimension, Integer)
    has_steps = dimension.step is not None and not (is_whole and dimension.step == 1)
    return {
        "type": "integer" if is_whole else "real",
        "low": dimension.low,
        "high": dimension.high,
        **({"log": True} if dimension.log else {}),
        **({"step": dimension.step} if has_steps else {}),
        **more,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return name_of(value)
