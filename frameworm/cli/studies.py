"""``frameworm search list``, ``show``, ``best``, ``retry`` and ``delete``."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from frameworm.cli.help_text import Command, examples
from frameworm.cli.options import (
    DEFAULT_STORAGE,
    AsJson,
    Storage,
    StudyName,
    checked_storage,
    open_study,
)
from frameworm.errors import CheckpointError, CommandError, StudyNotFoundError

if TYPE_CHECKING:
    from frameworm.search.study.backend import Study
    from frameworm.search.study.summary import StudySummary

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands to a group."""
    commands: Mapping[str, tuple[Any, tuple[str, ...]]] = {
        "list": (list_studies, ("frameworm search list", "frameworm search list --json")),
        "show": (
            show,
            (
                "frameworm search show mnist",
                "frameworm search show mnist -n 20",
                "frameworm search show mnist 12",
            ),
        ),
        "best": (
            best,
            (
                "frameworm search best mnist",
                "frameworm search best mnist --yaml > best.yaml",
                "frameworm search best mnist --json | jq .params",
            ),
        ),
        "retry": (
            retry,
            ("frameworm search retry mnist", "frameworm search retry mnist --trial 3 --trial 7"),
        ),
        "delete": (
            delete,
            ("frameworm search delete mnist", "frameworm search delete mnist --yes"),
        ),
    }
    for name, (command, lines) in commands.items():
        app.command(name, cls=Command, epilog=examples(*lines))(command)


def list_studies(storage: Storage = DEFAULT_STORAGE, as_json: AsJson = False) -> None:
    """List the studies of a storage, the oldest first."""
    from frameworm.cli.screen import print_json, show
    from frameworm.search.study.entry_point import find_backend

    url = checked_storage(storage)
    found = find_backend().studies(url)
    abandoned = {study.name: _abandoned(study, url) for study in found}
    if as_json:
        print_json([_summary_json(study, abandoned[study.name]) for study in found])
    elif not found:
        typer.echo("No studies yet; 'frameworm search run' starts one.", err=True)
    else:
        show(_summary_table(found, abandoned))


def _abandoned(study: StudySummary, url: str) -> int:
    """Return how many of a study's trials count as running though their run is gone."""
    from frameworm.search.study.entry_point import find_backend
    from frameworm.trial.state import TrialState

    if not study.counts.get(TrialState.RUNNING):
        return 0
    opened = find_backend().load(url, study.name)
    try:
        return len(opened.abandoned())
    finally:
        opened.close()


def _summary_table(found: list[StudySummary], abandoned: Mapping[str, int]) -> Any:
    from frameworm.cli.screen import moment, value
    from frameworm.cli.table import table
    from frameworm.trial.state import TrialState

    numbers = ["best", "done", "trials", "running", "failed"]
    if any(abandoned.values()):
        numbers.insert(-1, "abandoned")
    rows = []
    for study in found:
        counts = study.counts
        gone = abandoned[study.name]
        cells = {
            "best": value(study.best),
            "done": f"{sum(count for state, count in counts.items() if state.is_finished):,}",
            "trials": f"{study.total:,}",
            "running": f"{counts.get(TrialState.RUNNING, 0) - gone:,}",
            "abandoned": f"{gone:,}",
            "failed": f"{counts.get(TrialState.FAIL, 0):,}",
        }
        last = moment(study.finished_at or study.started_at)
        described = [study.strategy or "-", str(study.goals), last]
        rows.append([study.name, *(cells[name] for name in numbers), *described])
    header = ["study", *numbers, "method", "objective", "last"]
    return table(header, rows, [*numbers, "last"], optional=header[3:])


def _summary_json(study: StudySummary, abandoned: int) -> dict[str, object]:
    from frameworm.cli.screen import jsonable
    from frameworm.cli.study_view import STATES

    counts = {word: study.counts.get(state, 0) for state, word in STATES.items()}
    counts["running"] -= abandoned
    return {
        "study": study.name,
        "strategy": study.strategy or None,
        "objectives": [{"metric": name, "mode": mode} for name, mode in study.goals],
        "total": study.total,
        "counts": {**counts, "abandoned": abandoned},
        "best": jsonable(study.best),
        "started_at": study.started_at and study.started_at.isoformat(),
        "finished_at": study.finished_at and study.finished_at.isoformat(),
    }


def show(
    study: StudyName = None,
    trial: Annotated[
        int | None,
        typer.Argument(
            metavar="TRIAL",
            min=0,
            help="A trial's number: show all of this one. 'show 12' is trial 12 of the only study.",
            show_default=False,
        ),
    ] = None,
    storage: Storage = DEFAULT_STORAGE,
    rows: Annotated[
        int,
        typer.Option(
            "-n", metavar="N", min=1, help="How many trials to show.", rich_help_panel="Output"
        ),
    ] = 5,
    as_json: AsJson = False,
) -> None:
    """Show how far a study is, its best trials, what runs and what failed; or one trial whole."""
    from frameworm.cli import screen
    from frameworm.cli.study_view import StudyView
    from frameworm.cli.trial_view import TrialView

    opened, trial = _study_and_trial(study, trial, storage)
    try:
        view = StudyView.of(opened)
    finally:
        opened.close()
    if trial is not None:
        one = TrialView.of(view, trial)
        if as_json:
            screen.print_json(one.as_json())
        else:
            screen.show(*one.parts())
    elif as_json:
        screen.print_json(view.as_json(rows))
    else:
        screen.show(*view.parts(rows))


def _study_and_trial(
    study: str | None, trial: int | None, storage: str
) -> tuple[Study, int | None]:
    """Open the study; a lone number that is no study's name is a trial of the only study."""
    try:
        return open_study(study, storage), trial
    except StudyNotFoundError:
        if trial is not None or study is None or not study.isdigit():
            raise
        return open_study(None, storage), int(study)


def best(
    study: StudyName = None,
    storage: Storage = DEFAULT_STORAGE,
    as_yaml: Annotated[
        bool,
        typer.Option(
            "--yaml",
            help="Print the full configuration, ready for --config.",
            rich_help_panel="Output",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the best trial; with several metrics the Pareto front."""
    from frameworm.cli.best import best_json, best_parts, best_records
    from frameworm.cli.screen import echo, print_json
    from frameworm.cli.screen import show as print_parts
    from frameworm.search.results.config_yaml import config_yaml
    from frameworm.search.results.from_study import study_results

    if as_yaml and as_json:
        raise CommandError("--yaml and --json exclude each other; give one.")
    results = study_results(open_study(study, storage))
    if as_json:
        print_json(best_json(results))
    elif as_yaml:
        texts = [
            config_yaml(results.config_of(record)).rstrip() for record in best_records(results)
        ]
        echo("\n---\n".join(texts))
    else:
        print_parts(*best_parts(results))


def retry(
    study: StudyName = None,
    storage: Storage = DEFAULT_STORAGE,
    trials: Annotated[
        list[int] | None,
        typer.Option(
            "--trial",
            metavar="N",
            min=0,
            help="Only this failed trial; repeat it for several. By default all that failed.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Plan failed trials again; the next run of the search runs them."""
    from frameworm.cli.screen import print_json
    from frameworm.cli.study_view import STATES
    from frameworm.trial.state import TrialState

    opened = open_study(study, storage)
    try:
        if trials:
            states = {record.number: record.state for record in opened.records()}
            for number in trials:
                if number not in states:
                    raise CommandError(f"{opened.name} has no trial {number}.")
                if states[number] is not TrialState.FAIL:
                    raise CommandError(
                        f"Trial {number} of {opened.name} is {STATES[states[number]]}; only failed "
                        "trials are planned again."
                    )
        count = opened.retry_failed(trials or None)
    finally:
        opened.close()
    if as_json:
        print_json({"study": opened.name, "planned_again": count})
    elif count:
        are = "trial is" if count == 1 else "trials are"
        typer.echo(f"{count} failed {are} planned again; run the search to run them.")
    else:
        typer.echo(f"{opened.name} has no failed trials.")


def delete(
    study: StudyName,
    storage: Storage = DEFAULT_STORAGE,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a study with all its trials. There is no way back."""
    from frameworm.checkpoints.study_folder import trials_in
    from frameworm.core.urls import without_password
    from frameworm.search.study.entry_point import find_backend

    opened = open_study(study, storage)
    counts = opened.counts()
    checkpoints = opened.checkpoint_root
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
    with contextlib.suppress(CheckpointError):
        if trials_in(checkpoints):
            typer.echo(f"Its checkpoints are still in {without_password(checkpoints)}.")
