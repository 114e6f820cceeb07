"""``frameworm search list``, ``show``, ``best``, ``retry`` and ``delete``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from frameworm.cli.help_text import examples
from frameworm.cli.options import DEFAULT_STORAGE, AsJson, Storage, StudyName, checked_storage
from frameworm.errors import CommandError

if TYPE_CHECKING:
    from frameworm.search.study.backend import Study
    from frameworm.search.study.summary import StudySummary

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands to a group."""
    app.command("list", epilog=examples("frameworm search list", "frameworm search list --json"))(
        list_studies
    )
    app.command(
        "show", epilog=examples("frameworm search show mnist", "frameworm search show mnist -n 20")
    )(show)
    app.command(
        "best",
        epilog=examples(
            "frameworm search best mnist",
            "frameworm search best mnist --yaml > best.yaml",
            "frameworm search best mnist --json | jq .params",
        ),
    )(best)
    app.command("retry", epilog=examples("frameworm search retry mnist"))(retry)
    app.command(
        "delete",
        epilog=examples("frameworm search delete mnist", "frameworm search delete mnist --yes"),
    )(delete)


def list_studies(storage: Storage = DEFAULT_STORAGE, as_json: AsJson = False) -> None:
    """List the studies of a storage, the oldest first."""
    from frameworm.cli.screen import print_json, show
    from frameworm.search.study.entry_point import find_backend

    found = find_backend().studies(checked_storage(storage))
    if as_json:
        print_json([_summary_json(study) for study in found])
    elif not found:
        typer.echo("No studies yet; 'frameworm search run' starts one.", err=True)
    else:
        show(_summary_table(found))


def _summary_table(found: list[StudySummary]) -> Any:
    from frameworm.cli.screen import moment, table, value
    from frameworm.trial.state import TrialState

    header = ["study", "method", "objective", "best", "done", "trials", "running", "failed", "last"]
    rows = []
    for study in found:
        counts = study.counts
        done = sum(count for state, count in counts.items() if state.is_finished)
        rows.append(
            [
                study.name,
                study.strategy or "-",
                str(study.goals),
                value(study.best),
                f"{done}",
                f"{study.total}",
                f"{counts.get(TrialState.RUNNING, 0)}",
                f"{counts.get(TrialState.FAIL, 0)}",
                moment(study.finished_at or study.started_at),
            ]
        )
    return table(header, rows, ["best", "done", "trials", "running", "failed"])


def _summary_json(study: StudySummary) -> dict[str, object]:
    from frameworm.cli.screen import jsonable
    from frameworm.cli.study_view import STATES

    return {
        "study": study.name,
        "strategy": study.strategy or None,
        "objectives": [{"metric": name, "mode": mode} for name, mode in study.goals],
        "total": study.total,
        "counts": {word: study.counts.get(state, 0) for state, word in STATES.items()},
        "best": jsonable(study.best),
        "started_at": study.started_at and study.started_at.isoformat(),
        "finished_at": study.finished_at and study.finished_at.isoformat(),
    }


def _load(study: str | None, storage: str) -> Study:
    from frameworm.search.study.entry_point import find_backend

    return find_backend().load(checked_storage(storage), study)


def show(
    study: StudyName = None,
    storage: Storage = DEFAULT_STORAGE,
    rows: Annotated[int, typer.Option("-n", min=1, help="How many trials to show.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Show how far a study is, its best trials, what runs and what failed."""
    from frameworm.cli import screen
    from frameworm.cli.study_view import StudyView

    opened = _load(study, storage)
    view = StudyView.of(opened)
    opened.close()
    if as_json:
        screen.print_json(view.as_json(rows))
    else:
        screen.show(*view.parts(rows))


def best(
    study: StudyName = None,
    storage: Storage = DEFAULT_STORAGE,
    as_yaml: Annotated[
        bool, typer.Option("--yaml", help="Print the full configuration, ready for --config.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the best trial; with several objectives the Pareto front."""
    from frameworm.cli.ending import best_facts, best_json
    from frameworm.cli.screen import echo, facts, print_json
    from frameworm.cli.screen import show as print_parts
    from frameworm.errors import NoResultError
    from frameworm.search.analysis.html_report.facts import yaml_of
    from frameworm.search.results.from_study import load_results_from_storage

    if as_yaml and as_json:
        raise CommandError("--yaml and --json exclude each other; give one.")
    results = load_results_from_storage(checked_storage(storage), study)
    if not results.goals.is_single and not len(results.pareto_front):
        raise NoResultError("The best needs a complete trial, and there is none.")
    if as_json:
        print_json(best_json(results))
    elif as_yaml:
        best_trials = (
            results.pareto_front.records if not results.goals.is_single else [results.best]
        )
        texts = [yaml_of(results.config_of(record)).rstrip() for record in best_trials]
        echo("\n---\n".join(texts))
    else:
        print_parts(facts(best_facts(results)))


def retry(
    study: StudyName = None, storage: Storage = DEFAULT_STORAGE, as_json: AsJson = False
) -> None:
    """Plan failed trials again; the next run of the search runs them."""
    from frameworm.cli.screen import print_json

    opened = _load(study, storage)
    count = opened.retry_failed()
    opened.close()
    if as_json:
        print_json({"study": opened.name, "planned_again": count})
    elif count:
        trials = "trial is" if count == 1 else "trials are"
        typer.echo(f"{count} failed {trials} planned again; run the search to run them.")
    else:
        typer.echo(f"{opened.name} has no failed trials.")


def delete(
    study: StudyName,
    storage: Storage = DEFAULT_STORAGE,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a study with all its trials. There is no way back."""
    from pathlib import Path

    from frameworm.search.study.entry_point import find_backend

    opened = _load(study, storage)
    counts = opened.counts()
    checkpoints = Path(opened.checkpoint_root)
    opened.close()
    if not yes:
        if not sys.stdin.isatty():
            raise CommandError("Deleting asks first, and nobody is there to answer; give --yes.")
        running = sum(count for state, count in counts.items() if state.value == "RUNNING")
        warning = f", {running} of them running" if running else ""
        typer.confirm(
            f"Delete {opened.name} with its {sum(counts.values())} trials{warning}?", abort=True
        )
    find_backend().delete(checked_storage(storage), opened.name)
    typer.echo(f"Deleted {opened.name}.")
    if checkpoints.is_dir():
        typer.echo(f"Its checkpoints are still in {checkpoints}.")
