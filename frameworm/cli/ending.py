"""What ``frameworm search run`` prints when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from frameworm.cli.screen import echo, facts, jsonable, print_json, show, value

if TYPE_CHECKING:
    from frameworm.search.results.results import SearchResults
    from frameworm.search.search import Search

__all__ = ["best_facts", "best_json", "print_ending"]

_REASONS = {
    "timeout": "The time was up; the same command goes on.",
    "target": "The target is reached.",
    "early_stopping": "It stopped early: no trial was better for as long as --patience says.",
}


def print_ending(search: Search, as_json: bool) -> None:
    """Print what came of a run.

    Args:
        search: A search that has run.
        as_json: Whether to print JSON.
    """
    results = search.results
    if as_json:
        document = {
            "study": results.study_name,
            "storage": results.storage,
            "stop_reason": search.stop_reason,
            "trials": len(results),
            "best": best_json(results),
        }
        print_json(document)
        return
    if search.stop_reason in _REASONS:
        echo(_REASONS[search.stop_reason])
    show(facts(best_facts(results)))


def best_facts(results: SearchResults) -> list[tuple[str, str]]:
    """Return the best score and its parameters, or those of each trial of the Pareto front.

    Raises:
        NoResultError: If no trial is complete.
    """
    if results.goals.is_single:
        best = results.best
        score = f"{value(best.score)} (trial {best.number})"
        params = [(f"  {key}", value(found)) for key, found in best.params.items()]
        return [(f"best {results.metric}", score), *params]
    front = []
    for record in results.pareto_front.records:
        assert record.values is not None
        named = zip(results.goals, record.values, strict=True)
        scores = ", ".join(f"{name} {value(score)}" for (name, _), score in named)
        params_text = ", ".join(f"{key}={value(found)}" for key, found in record.params.items())
        front.append((f"trial {record.number}", f"{scores}  ({params_text})"))
    return front


def best_json(results: SearchResults) -> Any:
    """Return the best trial, or with several objectives a list of the Pareto front's."""
    if results.goals.is_single:
        return _trial_json(results, results.best)
    return [_trial_json(results, record) for record in results.pareto_front.records]


def _trial_json(results: SearchResults, record: Any) -> dict[str, Any]:
    scores = dict(zip((name for name, _ in results.goals), record.values, strict=True))
    return {
        "trial": record.number,
        "scores": jsonable(scores),
        "params": jsonable(dict(record.params)),
        "metrics": jsonable(dict(record.metrics)),
        "config": jsonable(results.config_of(record).to_dict()),
    }
