"""What a row of the report's table opens to: configuration, curve, traceback."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from frameworm.core.interpolation import escape
from frameworm.core.json_values import name_of
from frameworm.search.results.results import SearchResults
from frameworm.trial.ranking import rank
from frameworm.trial.record import TrialRecord

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["details", "leaf_text"]

_MOST_VALUES = 40_000
"""Values of all learning curves together; the best trials' come first."""
_MOST_STEPS = 100
_MOST_TRACEBACKS = 40
_LONGEST_TRACEBACK = 6000
_PLAIN = re.compile(r"[A-Za-z_/][\w ./@+-]*(?<! )$")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null", "none"})


def details(
    results: SearchResults, frame: pd.DataFrame, columns: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the page knows of trials beside the table.

    Args:
        results: The trials.
        frame: The trials as text and numbers.
        columns: The frame's column of each parameter.
    """
    best = rank(results.records, results.mode) if results.goals.is_single else []
    tracebacks, which = _tracebacks(results.records)
    return {
        "metric": results.metric,
        "mode": results.mode,
        "best": best[0].number if best else None,
        "params": {column: key for key, column in columns.items()},
        "floats": [name for name in columns.values() if frame[name].dtype.kind == "f"],
        "texts": {
            column: _texts(results.records, key, frame[column])
            for key, column in columns.items()
            if frame[column].dtype.kind not in "iuf"
        },
        "base": _leaves(results.facts.config.to_dict()),
        "curves": _curves(results),
        "tracebacks": tracebacks,
        "traceback_of": which,
    }


def _texts(records: Sequence[TrialRecord], key: str, column: pd.Series[Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for record, shown in zip(records, column.tolist(), strict=True):
        if key in record.params and isinstance(shown, str) and shown not in found:
            found[shown] = leaf_text(record.params[key])
    return found


def _leaves(tree: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        leaf_text(key): _leaves(value) if isinstance(value, Mapping) and value else leaf_text(value)
        for key, value in tree.items()
    }


def leaf_text(value: Any) -> str:
    r"""Return a value as YAML on one line; what YAML cannot hold goes in by its name.

    Example:
        >>> print(leaf_text("adam"), leaf_text("1e-5"), leaf_text(1e-5), leaf_text((64, None)))
        adam "1e-5" 1.0e-05 [64, null]
        >>> print(leaf_text("${HOME}"))
        "\\${HOME}"
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and not hasattr(value, "name"):
        return str(int(value))
    if isinstance(value, float):
        return _float(float(value))
    if isinstance(value, Mapping):
        pairs = (f"{leaf_text(key)}: {leaf_text(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(leaf_text, value))}]"
    text = name_of(value)
    if _PLAIN.match(text) and text.lower() not in _WORDS:
        return text
    return json.dumps(escape(text))


def _float(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    # YAML 1.1 reads 1e-05 as text.
    return re.sub(r"^(-?\d+)e", r"\1.0e", repr(value))


def _curves(results: SearchResults) -> dict[str, list[list[float | None]]]:
    """Return steps and values by trial, the best trials' first, as many as there is room for."""
    ranked = rank(results.records, results.mode)
    numbers = {record.number for record in ranked}
    rest = [record for record in results.records if record.number not in numbers]
    room = _MOST_VALUES
    found: dict[str, list[list[float | None]]] = {}
    for record in [*ranked, *rest]:
        steps = sorted(record.intermediate)
        if not steps:
            continue
        thin = -(-len(steps) // _MOST_STEPS)
        kept = sorted({*steps[::thin], steps[-1]})
        room -= len(kept)
        if room < 0:
            break
        found[str(record.number)] = [[*kept], [_rounded(record.intermediate[s]) for s in kept]]
    return found


def _rounded(value: float) -> float | None:
    return float(f"{value:.4g}") if math.isfinite(value) else None


def _tracebacks(records: Sequence[TrialRecord]) -> tuple[list[str], dict[str, int]]:
    texts: dict[str, int] = {}
    which = {}
    for record in records:
        text = (record.traceback or record.error or "")[-_LONGEST_TRACEBACK:]
        if not text or (text not in texts and len(texts) >= _MOST_TRACEBACKS):
            continue
        which[str(record.number)] = texts.setdefault(text, len(texts))
    return list(texts), which
