"""What the pictures of a search show, in words: for who cannot see them, and under each of them."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from frameworm.core.durations import duration_text
from frameworm.core.json_values import text_of
from frameworm.search.results.results import SearchResults
from frameworm.trial.ranking import nondominated, rank
from frameworm.trial.record import TrialRecord

__all__ = ["best_values", "convergence", "curves", "distribution", "front", "shares", "timeline"]

_TOP = 10
_NAMES = 4


def best_values(results: SearchResults, names: Sequence[str], metric: str | None = None) -> str:
    """Return where the best trials lie in some parameters."""
    best = _best(results, metric)
    parts = [part for name in names[:_NAMES] if (part := _where(best, name))]
    count = "best trial has" if len(best) == 1 else f"{len(best)} best trials have"
    return f"The {count} {'; '.join(parts)}." if parts else ""


def _best(results: SearchResults, metric: str | None) -> list[TrialRecord]:
    if metric is None:
        return rank(results.records, results.mode)[:_TOP]
    goal = results.goals.named(metric)
    place = results.goals.index(goal)
    scored = [(record.value(place), record) for record in results.records]
    known = [(goal.sign * value, record) for value, record in scored if value is not None]
    return [record for _, record in sorted(known, key=lambda pair: pair[0])[:_TOP]]


def _where(best: Sequence[TrialRecord], name: str) -> str:
    values = [record.params[name] for record in best if name in record.params]
    if not values:
        return ""
    if all(type(value) in (int, float) for value in values):
        low, high = min(values), max(values)
        if low == high:
            return f"{name} {text_of(low)}"
        return f"{name} {_short(low)} to {_short(high)}"
    counts = Counter(text_of(value) for value in values)
    listed = ", ".join(
        value if len(counts) == 1 else f"{value} ({count} times)"
        for value, count in counts.most_common(3)
    )
    return f"{name} {listed}"


def _short(value: float) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def convergence(results: SearchResults) -> str:
    """Return when the best came."""
    complete = [record for record in results.records if record.score is not None]
    if not complete:
        return "No trial is complete."
    if not results.goals.is_single:
        front_size = len(nondominated(results.records, results.goals))
        return f"{front_size:,} of {len(complete):,} complete trials are on the front."
    best = results.best
    first, last = complete[0].score, best.score
    return (
        f"From {text_of(first)} in trial {complete[0].number} to the best, {text_of(last)} in "
        f"trial {best.number}, of {len(complete):,} complete trials."
    )


def shares(found: Mapping[str, Mapping[str, float]]) -> str:
    """Return what matters most."""
    parts = []
    for metric, named in found.items():
        listed = ", ".join(f"{name} {share:.0%}" for name, share in list(named.items())[:3])
        parts.append(f"{metric}: {listed}" if len(found) > 1 else listed)
    return f"What explains the score: {'; '.join(parts)}." if parts else ""


def curves(results: SearchResults) -> str:
    """Return how many trials reported, and where the best one's curve went."""
    reporting = [record for record in results.records if record.intermediate]
    text = f"{len(reporting):,} trials reported as they ran"
    best = next((r for r in rank(results.records, results.mode) if r.intermediate), None)
    if best is None or not results.goals.is_single:
        return f"{text}."
    steps = sorted(best.intermediate)
    first, last = best.intermediate[steps[0]], best.intermediate[steps[-1]]
    return (
        f"{text}; trial {best.number}, the best of them, went from {text_of(first)} to "
        f"{text_of(last)} in {len(steps):,} steps."
    )


def distribution(results: SearchResults) -> str:
    """Return where the scores lie."""
    scores = [record.score for record in results.records if record.score is not None]
    finite = [score for score in scores if math.isfinite(score)]
    if len(finite) < 2:
        return ""
    first, _, third = statistics.quantiles(finite, n=4)
    return f"Half of the scores lie between {text_of(first)} and {text_of(third)}."


def timeline(results: SearchResults) -> str:
    """Return how long it took, and on how many workers."""
    starts = [record.started_at for record in results.records if record.started_at is not None]
    ends = [record.finished_at for record in results.records if record.finished_at is not None]
    workers = {record.worker for record in results.records if record.worker}
    if not starts or not ends:
        return ""
    where = f" on {len(workers):,} worker{'' if len(workers) == 1 else 's'}" if workers else ""
    seconds = (max(ends) - min(starts)).total_seconds()
    return f"{len(results.records):,} trials{where}, {duration_text(seconds)} from start to end."


def front(results: SearchResults) -> str:
    """Return the ends of the Pareto front."""
    found: list[TrialRecord] = nondominated(results.records, results.goals)
    if not found:
        return "No trial is complete."
    ends = []
    for place, goal in enumerate(results.goals):
        values: list[Any] = [(record.values or ())[place] for record in found]
        ends.append(f"{goal.metric} {text_of(min(values))} to {text_of(max(values))}")
    return f"{len(found):,} trials on the front, {', '.join(ends)}."
