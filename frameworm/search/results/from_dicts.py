"""Understand plain result dictionaries: which values were parameters, which number the score."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from frameworm.core.json_values import value_to_json
from frameworm.core.tree import MISSING, find, plain
from frameworm.errors import SearchArgumentError
from frameworm.search.space.dimensions import Categorical, Dimension, Integer, Real
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState

__all__ = ["DictResults", "infer_dimension", "read_dicts"]

_LOG_RATIO = 1000.0


@dataclass(frozen=True)
class DictResults:
    """What a list of result dictionaries says.

    Attributes:
        records: The finished trials.
        metric: The metric the scores are of.
        base_config: What all configurations have in common.
        space: Dimensions that hold every value of the parameters.
    """

    records: list[TrialRecord]
    metric: str
    base_config: dict[str, Any]
    space: dict[str, Dimension]


def read_dicts(
    dicts: Sequence[Mapping[str, Any]],
    metrics: Sequence[str],
    space: Mapping[str, Dimension],
    base_config: Mapping[str, Any] | None,
) -> DictResults:
    """Read result dictionaries; see `SearchResults.from_dicts`.

    Args:
        dicts: The dictionaries.
        metrics: The metrics searched for; empty to find the one out.
        space: The dimensions that are known.
        base_config: The configuration below; ``None`` for what all have in common.

    Raises:
        SearchArgumentError: If they do not say what a trial's parameters or score are.
    """
    for position, entry in enumerate(dicts):
        if not isinstance(entry, Mapping) or not ("config" in entry or "params" in entry):
            raise SearchArgumentError(
                f"A result is a dictionary with a 'config' or 'params', and a 'score' or "
                f"'metrics'; number {position} is {str(entry)[:80]!r}."
            )
    metrics = metrics or [_metric(dicts)]
    configs = [plain(entry.get("config") or {}) for entry in dicts]
    given = dict.fromkeys(key for entry in dicts for key in entry.get("params") or {})
    keys = [*dict.fromkeys([*space, *given])]
    keys += [key for key in _varying(configs) if not any(_overlap(key, other) for other in keys)]
    records = []
    for position, (entry, config) in enumerate(zip(dicts, configs, strict=True)):
        params = {key: find(config, key) for key in keys}
        params.update(entry.get("params") or {})
        present = {key: value for key, value in params.items() if value is not MISSING}
        record = _record(position, entry, present, metrics)
        if record.state.is_finished:
            records.append(record)
    base = _common(configs) if base_config is None else plain(base_config)
    full_space = {
        key: space[key] if key in space else infer_dimension(values)
        for key, values in _values(records, keys).items()
    }
    return DictResults(records, metrics[0], base, full_space)


def infer_dimension(values: Sequence[Any]) -> Dimension:
    """Return a dimension that holds every value.

    Numbers make a range, taken as logarithmic where it spans three decades or more; anything else
    is categorical.

    Args:
        values: At least one value.

    Example:
        >>> infer_dimension([0.5, 0.25]), infer_dimension(["sgd", "adam", "sgd"])
        (Real(0.25, 0.5), Categorical(['sgd', 'adam']))
    """
    is_number = all(type(value) in (int, float) for value in values)
    if is_number and all(math.isfinite(value) for value in values):
        low, high = min(values), max(values)
        log = low > 0 and high / low >= _LOG_RATIO
        if all(type(value) is int for value in values):
            return Integer(low, high, log=log)
        return Real(low, high, log=log)
    return Categorical({json.dumps(value_to_json(value)): value for value in values}.values())


def _metric(dicts: Sequence[Mapping[str, Any]]) -> str:
    named = [entry.get("metrics") or {} for entry in dicts]
    names = list(dict.fromkeys(name for metrics in named for name in metrics))
    if len(names) == 1:
        return str(names[0])
    if any("score" in entry for entry in dicts):
        pairs = [
            (entry.get("score"), metrics)
            for entry, metrics in zip(dicts, named, strict=True)
            if metrics
        ]
        same = [
            name
            for name in names
            if all(score is None or metrics.get(name) == score for score, metrics in pairs)
        ]
        return str(same[0]) if len(same) == 1 else "score"
    if not names:
        return "score"
    raise SearchArgumentError(
        f"The results have no 'score' and several metrics, {names}; name the one that counts, "
        f"for example metric={names[0]!r}."
    )


def _record(
    position: int, entry: Mapping[str, Any], params: dict[str, Any], goals: Sequence[str]
) -> TrialRecord:
    metrics = {
        str(name): number
        for name, value in (entry.get("metrics") or {}).items()
        if (number := _number(value)) is not None
    }
    values = _objectives(entry, metrics, goals)
    state = entry.get("state") or ("FAIL" if values is None else "COMPLETE")
    error = entry.get("error")
    started = _time(entry.get("started_at"))
    finished = _time(entry.get("finished_at"))
    duration = _number(entry.get("duration"))
    if started is not None and finished is None and duration is not None:
        finished = started + timedelta(seconds=duration)
    try:
        trial_state = TrialState(getattr(state, "value", state))
    except ValueError as exc:
        raise SearchArgumentError(
            f"A trial's state is one of {[s.value for s in TrialState]}, got {state!r}."
        ) from exc
    return TrialRecord(
        number=int(entry.get("trial_idx", position)),
        state=trial_state,
        params=params,
        values=values,
        metrics=metrics,
        error=None if error is None else str(error),
        started_at=started,
        finished_at=finished,
        intermediate=entry.get("intermediate") or {},
        traceback=entry.get("traceback"),
    )


def _objectives(
    entry: Mapping[str, Any], metrics: Mapping[str, float], goals: Sequence[str]
) -> tuple[float, ...] | None:
    """Return the value of every metric searched for, ``None`` unless there are all."""
    if len(goals) == 1:
        score = _number(entry.get("score"))
        found = [metrics.get(goals[0]) if score is None else score]
    else:
        listed = entry.get("values") or [metrics.get(goal) for goal in goals]
        found = list(map(_number, listed))
    values = tuple(value for value in found if value is not None and not math.isnan(value))
    return values if len(values) == len(goals) else None


def _number(value: Any) -> float | None:
    """Return a number, a string of one or a tensor with one element as a float, else ``None``."""
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        return None


def _time(value: Any) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(str(value))
    except ValueError as exc:
        raise SearchArgumentError(
            f"A time is a datetime or an ISO 8601 string, got {value!r}."
        ) from exc


def _values(records: Sequence[TrialRecord], keys: Sequence[str]) -> dict[str, list[Any]]:
    found = {key: [r.params[key] for r in records if key in r.params] for key in keys}
    return {key: values for key, values in found.items() if values}


def _overlap(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def _common(configs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    common: dict[str, Any] = {}
    for key in configs[0] if configs else ():
        values = [config.get(key, MISSING) for config in configs]
        if all(type(value) is dict for value in values):
            common[key] = _common(values)
        elif _alike(values):
            common[key] = values[0]
    return common


def _varying(configs: Sequence[dict[str, Any]], prefix: str = "") -> Iterator[str]:
    for key in dict.fromkeys(key for config in configs for key in config):
        values = [config.get(key, MISSING) for config in configs]
        if all(type(value) is dict for value in values):
            yield from _varying(values, f"{prefix}{key}.")
        elif not _alike(values):
            yield f"{prefix}{key}"


def _alike(values: Sequence[Any]) -> bool:
    first = values[0]
    if all(value is first for value in values):
        return True
    if any(value is MISSING for value in values):
        return False
    written = json.dumps(value_to_json(first))
    return all(json.dumps(value_to_json(value)) == written for value in values)
