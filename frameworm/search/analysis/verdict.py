"""What came of a search, in sentences: the best, how sure it is, what matters, what to mind."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from frameworm.core.json_values import text_of
from frameworm.search.results.results import SearchResults
from frameworm.search.space.dimensions import Categorical, Dimension
from frameworm.trial.best_so_far import BestSoFar
from frameworm.trial.ranking import nondominated, rank
from frameworm.trial.record import TrialRecord

__all__ = ["Verdict", "at_bounds", "verdict"]

_FEW = 10
_TOP = 5
_EDGE = 0.02
"""So near to the end of a range, as a part of it, is at the end."""
_NEAR = 0.2
_MATTERS = 0.05


@dataclass(frozen=True)
class Verdict:
    """What came of a search.

    Attributes:
        headline: The best.
        findings: How sure that is, and what matters, a sentence each.
        warnings: What to mind before relying on it, a sentence each.
    """

    headline: str
    findings: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([self.headline, *(f"- {s}" for s in (*self.findings, *self.warnings))])


def verdict(results: SearchResults, shares: Mapping[str, Mapping[str, float]]) -> Verdict:
    """Return what came of a search.

    Args:
        results: What it has found.
        shares: How much each parameter explains, by metric searched for.

    Example:
        >>> trials = [{"params": {"lr": 0.1 * i}, "score": abs(i - 7.0)} for i in range(12)]
        >>> found = verdict(SearchResults.from_dicts(trials, metric="val_loss"), {})
        >>> found.headline
        'The best val_loss is 0, in trial 7.'
        >>> found.findings[0]
        'The second best, trial 6, is 1 behind; the five best lie between 0 and 2.'
    """
    ranked = rank(results.records, results.mode)
    if not ranked:
        return Verdict("No trial is complete.")
    warnings = []
    if len(ranked) < _FEW:
        count = "one trial is" if len(ranked) == 1 else f"{len(ranked)} trials are"
        warnings.append(f"Only {count} complete: another seed may well turn all of this around.")
    if results.goals.is_single:
        best = ranked[0]
        headline = f"The best {results.metric} is {_number(best)}, in trial {best.number}."
        findings = [*_lead(ranked), *_progress(results, ranked), *_matters(results, shares)]
        warnings += [*_alone(ranked), *at_bounds(results)]
    else:
        headline = _front_headline(results)
        findings = [*_extremes(results), *_front_progress(results), *_matters(results, shares)]
    return Verdict(headline, tuple(findings), tuple(warnings))


def _number(record: TrialRecord) -> str:
    return text_of(record.score)


def _lead(ranked: Sequence[TrialRecord]) -> Iterator[str]:
    if len(ranked) < 2:
        return
    best, second = ranked[0].score, ranked[1].score
    assert best is not None
    assert second is not None
    top = ranked[:_TOP]
    number = ranked[1].number
    if best == second:
        first = f"Trial {number} is as good"
    else:
        gap = abs(second - best)
        part = f" ({gap / abs(best):.1%})" if best and gap < abs(best) else ""
        first = f"The second best, trial {number}, is {gap:.3g}{part} behind"
    if len(top) > 2 and top[-1].score is not None and math.isfinite(top[-1].score):
        words = {3: "three", 4: "four", 5: "five"}
        ends = sorted([best, top[-1].score])
        yield f"{first}; the {words[len(top)]} best lie between {ends[0]:.4g} and {ends[1]:.4g}."
    else:
        yield f"{first}."


def _alone(ranked: Sequence[TrialRecord]) -> Iterator[str]:
    """Warn of a best score so far ahead of the next ones that it may be luck."""
    scores = [record.score for record in ranked[:_TOP] if record.score is not None]
    if len(scores) < _TOP or not all(map(math.isfinite, scores)):
        return
    if abs(scores[1] - scores[0]) > 2 * abs(scores[-1] - scores[1]):
        yield (
            f"Trial {ranked[0].number} is far ahead of all others: run its configuration again "
            "with other seeds (repeats=) before you rely on it."
        )


def _progress(results: SearchResults, ranked: Sequence[TrialRecord]) -> Iterator[str]:
    numbers = sorted(record.number for record in ranked)
    place = numbers.index(ranked[0].number) + 1
    since = len(numbers) - place
    if since == 0:
        found = "The last complete trial is the best"
    else:
        found = (
            f"It came {_nth(place)} of {len(numbers):,} complete trials, {since:,} before the end"
        )
    if results.strategy == "grid" or len(numbers) < _FEW:
        yield f"{found}."
    elif since >= len(numbers) / 2:
        yield f"{found}: more trials of this search will hardly find much better."
    elif since <= len(numbers) / 10:
        yield f"{found}: the search was still improving, more trials are likely to help."
    else:
        yield f"{found}."


def _nth(place: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place:,}{'th' if place % 100 in (11, 12, 13) else ending}"


def _matters(results: SearchResults, shares: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    for metric in results.goals.metrics:
        found = shares.get(metric, {})
        if len(found) < 2:
            continue
        named = [(name, share) for name, share in found.items() if share >= _MATTERS][:3]
        listed = ", ".join(f"{name} {share:.0%}" for name, share in named)
        rest = len(found) - len(named)
        others = "other one matters" if rest == 1 else f"other {rest} matter"
        more = f"; the {others} less" if rest else ""
        yield f"What matters for {metric}: {listed}{more}."


def at_bounds(results: SearchResults) -> list[str]:
    """Return a warning for each parameter whose best value lies at an end of its range.

    The best alone is there by chance in one of twenty-five; so the median of the five best must be
    in the same fifth of the range.

    Args:
        results: A search for one metric.
    """
    ranked = rank(results.records, results.mode)
    found = []
    for key, dimension in results.space.items():
        values = [record.params[key] for record in ranked[:_TOP] if key in record.params]
        if not ranked or key not in ranked[0].params or not values:
            continue
        places = [_place(dimension, value) for value in values]
        if None in places:
            continue
        known = sorted(place for place in places if place is not None)
        best, middle = places[0], known[len(known) // 2]
        for is_end, is_near, word in (
            (best is not None and best <= _EDGE, middle <= _NEAR, "lower"),
            (best is not None and best >= 1 - _EDGE, middle >= 1 - _NEAR, "upper"),
        ):
            if is_end and is_near:
                found.append(
                    f"{key} is best at the {word} end of what was searched "
                    f"({text_of(values[0])} of {_range(dimension)}): beyond it may be better."
                )
    return found


def _ends(dimension: Dimension) -> tuple[float, float] | None:
    if not isinstance(dimension, Categorical):
        return dimension.low, dimension.high
    choices = dimension.choices
    if len(choices) < 3 or not all(type(choice) in (int, float) for choice in choices):
        return None
    return min(choices), max(choices)


def _range(dimension: Dimension) -> str:
    low, high = _ends(dimension) or (0, 0)
    return f"{text_of(low)} to {text_of(high)}"


def _place(dimension: Dimension, value: object) -> float | None:
    """Return where a value lies in its range, from 0 to 1; ``None`` where there is no range."""
    ends = _ends(dimension)
    if ends is None or not isinstance(value, (int, float)) or ends[0] == ends[1]:
        return None
    low, high = ends
    if isinstance(dimension, Categorical):
        ordered = sorted(dimension.choices)
        return ordered.index(value) / (len(ordered) - 1) if value in ordered else None
    if dimension.log:
        return math.log(value / low) / math.log(high / low)
    return (value - low) / (high - low)


def _front_headline(results: SearchResults) -> str:
    front = len(results.pareto_front)
    complete = sum(record.score is not None for record in results.records)
    are = "is" if front == 1 else "are"
    return (
        f"{front:,} of {complete:,} complete trials {are} on the Pareto front of {results.goals}."
    )


def _extremes(results: SearchResults) -> Iterator[str]:
    front = nondominated(results.records, results.goals)
    for place, goal in enumerate(results.goals):
        best = min(front, key=lambda record: goal.sign * (record.values or ())[place])
        values = zip(results.goals.metrics, best.values or (), strict=True)
        others = ", ".join(f"{name} {text_of(v)}" for name, v in values if name != goal.metric)
        value = text_of((best.values or ())[place])
        yield f"Best {goal.metric} {value}: trial {best.number}, with {others}."


def _front_progress(results: SearchResults) -> Iterator[str]:
    best = BestSoFar(results.goals)
    complete = [record for record in results.records if record.score is not None]
    joined = [place for place, r in enumerate(complete) if r.values and best.improve(r.values)]
    since = len(complete) - 1 - joined[-1] if joined else 0
    if joined:
        last = complete[joined[-1]].number
        before = f"{since:,} complete trials before the end"
        yield f"Trial {last} was the last to join the front, {before}."
