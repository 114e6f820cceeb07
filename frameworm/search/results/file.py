"""Search results in a JSON file: complete, versioned, valid JSON, written at once or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from frameworm.core.json_values import value_from_json, value_to_json
from frameworm.core.whole_file import whole_file
from frameworm.errors import FramewormError, NoResultError, ResultsFileError, SpaceError
from frameworm.search.results.facts import StudyFacts
from frameworm.search.results.results import SearchResults
from frameworm.search.space.dimensions import Categorical, Dimension
from frameworm.search.space.serialization import choices_to_json, space_from_json, space_to_json
from frameworm.trial.goals import Goals
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState

__all__ = ["load_results", "save_results"]

_FORMAT = "frameworm.search_results"
_VERSION = 1


def save_results(results: SearchResults, path: str | os.PathLike[str]) -> None:
    """Write results to a JSON file that `load_results` reads back.

    The file holds everything the results know: the trials, metric, mode, space, base
    configuration, study name, storage URL without password, and strategy. Functions, classes and
    other objects JSON cannot hold are written as their names. An existing file is replaced in one
    step, so a crash leaves the old or the new one, never a half. Missing folders are made.

    Args:
        results: The results of a search.
        path: The file to write.

    Raises:
        ResultsFileError: If the path is a folder.
    """
    if Path(path).is_dir():
        raise ResultsFileError(
            f"Results are saved to a file, but {str(path)!r} is a folder; "
            f"name a file in it, such as {str(Path(path, 'search_results.json'))!r}."
        )
    text = _document(results)
    with whole_file(path) as draft:
        draft.write_text(text, encoding="utf-8")


def load_results(path: str | os.PathLike[str]) -> SearchResults:
    """Read results that `save_results` wrote.

    Objects that JSON cannot hold come back as a `frameworm.core.json_values.Placeholder`.

    Args:
        path: The file.

    Returns:
        The results; equal to those saved, but for placeholders.

    Raises:
        ResultsFileError: If the file is missing, damaged, of a newer Frameworm, or something else.
    """
    document = _read(path)
    try:
        return _from_document(document, path)
    except ResultsFileError:
        raise
    except (FramewormError, KeyError, TypeError, ValueError, AttributeError, IndexError) as exc:
        raise ResultsFileError(
            f"{str(path)!r} holds search results, but they are damaged: "
            f"{type(exc).__name__}: {exc}. Restore the file from a copy, or load the study from "
            "its storage."
        ) from exc


def _document(results: SearchResults) -> str:
    try:
        best = results.best
    except NoResultError:
        best = None
    head = {
        "format": _FORMAT,
        "version": _VERSION,
        "metric": results.metric,
        "mode": results.mode,
        "further_objectives": [list(goal) for goal in results.goals[1:]],
        "strategy": results.strategy,
        "study_name": results.study_name,
        "storage": results.storage,
        "space": space_to_json(results.space),
        "base_config": value_to_json(results.base_config),
        # For people who open the file; loading finds the best again.
        "best_trial": None if best is None else best.number,
        "best_score": None if best is None else _number_to_json(best.score),
    }
    choices = {
        key: choices_to_json(dimension.choices)
        for key, dimension in results.space.items()
        if isinstance(dimension, Categorical)
    }
    lines = [
        json.dumps(_trial_to_json(record, results.space, choices), allow_nan=False)
        for record in results.records
    ]
    # A line a trial: readable, and several times as fast as indenting everything.
    trials = ",\n    ".join(lines)
    opened = json.dumps(head, indent=2, allow_nan=False)[:-2]
    return f'{opened},\n  "trials": [\n    {trials}\n  ]\n}}\n'


def _trial_to_json(
    record: TrialRecord, space: Mapping[str, Dimension], choices: Mapping[str, list[Any]]
) -> dict[str, Any]:
    return {
        "number": record.number,
        "state": record.state.value,
        "params": {
            key: _param_to_json(value, space.get(key), choices.get(key, []))
            for key, value in record.params.items()
        },
        "values": None if record.values is None else [*map(_number_to_json, record.values)],
        "metrics": {name: _number_to_json(value) for name, value in record.metrics.items()},
        "error": record.error,
        "started_at": None if record.started_at is None else record.started_at.isoformat(),
        "finished_at": None if record.finished_at is None else record.finished_at.isoformat(),
        "intermediate": {
            str(step): _number_to_json(value) for step, value in record.intermediate.items()
        },
        "attempts": record.attempts,
        "worker": record.worker,
        "traceback": record.traceback,
    }


def _param_to_json(value: Any, dimension: Dimension | None, choices: Sequence[Any]) -> Any:
    if isinstance(dimension, Categorical):
        try:
            # By position, so that of two lambdas with one name the right one comes back.
            return choices[dimension.index(value)]
        except SpaceError:
            pass  # a choice the space no longer has
    return value_to_json(value)


def _number_to_json(value: Any) -> Any:
    written = value_to_json(value)
    return written["$float"] if isinstance(written, dict) and "$float" in written else written


def _number_from_json(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError(f"expected a number, got {value!r}")
    return float(value)


def _read(path: str | os.PathLike[str]) -> dict[str, Any]:
    name = str(path)
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise ResultsFileError(
            f"There is no file {name!r}; check the path, or save results there first."
        ) from exc
    except OSError as exc:
        raise ResultsFileError(
            f"{name!r} cannot be read: {exc.strerror or exc}; name a JSON file of saved results."
        ) from exc
    except (ValueError, RecursionError) as exc:
        raise ResultsFileError(
            f"{name!r} is no JSON file, or it was cut short: {exc}. Save the results again, or "
            "restore the file from a copy."
        ) from exc
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        raise ResultsFileError(
            f"{name!r} is JSON, but holds no search results; name a file that save_results wrote."
        )
    return document


def _from_document(document: Mapping[str, Any], path: object) -> SearchResults:
    version = document["version"]
    if not isinstance(version, int) or version < 1:
        raise ValueError(f"the version is {version!r}")
    if version > _VERSION:
        raise ResultsFileError(
            f"{str(path)!r} has version {version} of the format, and this Frameworm reads up to "
            f"{_VERSION}; upgrade Frameworm (pip install -U frameworm)."
        )
    goals = [(document["metric"], document["mode"]), *document.get("further_objectives", ())]
    return SearchResults(
        [_trial_from_json(trial) for trial in document["trials"]],
        StudyFacts(
            Goals.of([metric for metric, _ in goals], [mode for _, mode in goals]),
            space_from_json(document["space"]),
            value_from_json(document["base_config"]),
            document["study_name"],
            document["storage"],
            document["strategy"],
        ),
    )


def _trial_from_json(trial: Mapping[str, Any]) -> TrialRecord:
    values = trial["values"]
    return TrialRecord(
        number=trial["number"],
        state=TrialState(trial["state"]),
        params={key: value_from_json(value) for key, value in trial["params"].items()},
        values=None if values is None else tuple(map(_number_from_json, values)),
        metrics={name: _number_from_json(value) for name, value in trial["metrics"].items()},
        error=trial["error"],
        started_at=_time_from_json(trial["started_at"]),
        finished_at=_time_from_json(trial["finished_at"]),
        intermediate={
            int(step): _number_from_json(value) for step, value in trial["intermediate"].items()
        },
        attempts=trial["attempts"],
        worker=trial["worker"],
        traceback=trial.get("traceback"),
    )


def _time_from_json(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
