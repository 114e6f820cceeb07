"""The note on a study that the dashboard shows: what came of it, and what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from frameworm.core.json_values import text_of
from frameworm.search.analysis.analyzer import SearchAnalyzer
from frameworm.search.analysis.export import to_markdown
from frameworm.search.results.config_yaml import config_yaml
from frameworm.search.results.results import SearchResults
from frameworm.search.study.backend import Study
from frameworm.search.study.settings import StudySettings
from frameworm.trial.record import TrialRecord

__all__ = ["study_note"]

_MOST_FRONT = 30


def study_note(study: Study, results: SearchResults) -> str:
    """Return a study's note in Markdown.

    Args:
        study: An opened study.
        results: Its finished trials.
    """
    settings = study.settings
    pruner = f", pruned by {settings.pruner_name}" if settings.pruner_name else ""
    kind = f"**{settings.strategy.name.capitalize()} search**"
    parts = [
        f"{kind} for {settings.goals}, {study.total} trials{pruner}.",
        *_verdict(results),
        *_best(results),
        _table({"parameter": settings.space, "searched": map(repr, settings.space.values())}),
        *_code(settings),
        "Base config:",
        _yaml(config_yaml(results.facts.config)),
    ]
    return "\n\n".join(part.rstrip() for part in parts)


def _verdict(results: SearchResults) -> list[str]:
    if not len(results):
        return []
    found = SearchAnalyzer(results).verdict()
    lines = [f"- {line}" for line in found.findings]
    lines += [f"- **Mind:** {line}" for line in found.warnings]
    return [f"**{found.headline}**", *(["\n".join(lines)] if lines else [])]


def _best(results: SearchResults) -> list[str]:
    if not results.goals.is_single:
        front = results.pareto_front
        ordered = sorted(front, key=lambda record: results.goals.losses(record.values or ()))
        return [_front(results, ordered[:_MOST_FRONT])] if ordered else []
    if not any(record.score is not None for record in results.records):
        return []
    best = results.best
    return ["Its configuration:", _yaml(config_yaml(results.config_of(best)))]


def _front(results: SearchResults, front: list[TrialRecord]) -> str:
    names = dict.fromkeys(key for record in front for key in record.params)
    columns: dict[str, Iterable[Any]] = {"trial": [record.number for record in front]}
    for place, metric in enumerate(results.goals.metrics):
        columns[metric] = [text_of((record.values or ())[place]) for record in front]
    for name in names:
        columns[name] = [
            text_of(record.params[name]) if name in record.params else "" for record in front
        ]
    return _table(columns)


def _table(columns: dict[str, Iterable[Any]]) -> str:
    import pandas as pd

    return to_markdown(pd.DataFrame({name: list(values) for name, values in columns.items()}))


def _yaml(text: str) -> str:
    return f"```yaml\n{text.rstrip()}\n```"


def _code(settings: StudySettings) -> list[str]:
    commit = settings.provenance.get("git_commit")
    if commit is None:
        return []
    dirty = " with uncommitted changes" if settings.provenance.get("git_dirty") else ""
    return [f"Begun with git commit `{commit}`{dirty}."]
