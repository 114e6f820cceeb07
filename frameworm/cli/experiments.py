"""``frameworm experiments``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from frameworm.cli.help_text import MARKUP, Command, Group, examples
from frameworm.cli.options import AsJson
from frameworm.errors import CommandError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["app"]

app = typer.Typer(
    help="List, show, compare and delete recorded experiments.",
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=MARKUP,
)

_HIDDEN = ("description", "git_commit", "git_dirty", "error")


def _complete_ids(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the ids of experiments that begin so; none where they cannot be read."""
    try:
        from frameworm.experiment import ExperimentManager

        manager = ExperimentManager(ctx.params.get("root") or "experiments")
        ids: list[str] = manager.list_experiments(limit=200)["id"].tolist()
    except Exception:
        # A shell that completes must show names or nothing.
        return []
    return [found for found in ids if found.startswith(incomplete)]


Root = Annotated[
    Path,
    typer.Option(
        "--root", envvar="FRAMEWORM_EXPERIMENTS", metavar="DIR", help="Where they were recorded."
    ),
]
Name = Annotated[
    str,
    typer.Argument(metavar="EXPERIMENT", help="Its id or name.", autocompletion=_complete_ids),
]
_ROOT = Path("experiments")


@app.command(
    "list",
    cls=Command,
    epilog=examples(
        "frameworm experiments list",
        "frameworm experiments list --status failed --tag grid_search --json",
    ),
)
def list_experiments(
    root: Root = _ROOT,
    status: Annotated[
        str | None,
        typer.Option(help="Only pending, running, completed, pruned or failed ones."),
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option(help="Only those with this tag; repeat for several.")
    ] = None,
    limit: Annotated[int | None, typer.Option("-n", min=1, help="How many, the newest.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List experiments, the newest first."""
    from frameworm.experiment import ExperimentManager

    frame = ExperimentManager(root).list_experiments(status, tag or None, limit)
    if not as_json and frame.empty:
        typer.echo(f"No experiments in {root} fit.", err=True)
        return
    if as_json:
        _print(frame, as_json)
        return
    frame = frame.drop(columns=list(_HIDDEN))
    frame["duration"] = [_took(seconds) for seconds in frame["duration"]]
    _print(frame, as_json, optional=list(frame.columns[2:]))


@app.command(
    "show", cls=Command, epilog=examples("frameworm experiments show mnist_20260801_101500_1a2b3c")
)
def show(experiment: Name, root: Root = _ROOT, as_json: AsJson = False) -> None:
    """Show one experiment: where it stands, its metrics and its config."""
    import yaml

    from frameworm.cli import screen
    from frameworm.experiment import ExperimentManager

    manager = ExperimentManager(root)
    found = manager.get_experiment(experiment)
    frame = manager.list_experiments()
    row = frame[frame["id"] == found.id].iloc[0].to_dict()
    row = {key: cell for key, cell in row.items() if not _is_missing(cell) and cell != ""}
    if as_json:
        screen.print_json({**_plain(row), "config": screen.jsonable(found.config)})
        return
    row["duration"] = _took(row.get("duration"))
    screen.show(screen.facts((key, _cell(cell)) for key, cell in row.items()), "")
    screen.echo(yaml.safe_dump(found.config, sort_keys=False).rstrip())


@app.command(
    "compare",
    cls=Command,
    epilog=examples(
        "frameworm experiments compare run_a run_b",
        "frameworm experiments compare run_a run_b --json",
    ),
)
def compare(
    experiments: Annotated[
        list[str],
        typer.Argument(metavar="EXPERIMENT...", help="Ids or names.", autocompletion=_complete_ids),
    ],
    root: Root = _ROOT,
    as_json: AsJson = False,
) -> None:
    """Show what differs in the configs of experiments, and their metrics, side by side."""
    from frameworm.experiment import ExperimentManager

    frame = ExperimentManager(root).compare_experiments(experiments)
    frame = frame.rename_axis("id").reset_index()
    if as_json:
        _print(frame, as_json)
        return
    # An experiment a column: configs have many keys, screens few columns.
    turned = frame.set_index("id").T.rename_axis("").reset_index()
    _print(turned, as_json)


@app.command(
    "delete",
    cls=Command,
    epilog=examples("frameworm experiments delete mnist_20260801_101500_1a2b3c --yes"),
)
def delete(
    experiment: Annotated[
        str, typer.Argument(metavar="ID", help="Its id.", autocompletion=_complete_ids)
    ],
    root: Root = _ROOT,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete an experiment and its files. There is no way back."""
    from frameworm.experiment import ExperimentManager

    manager = ExperimentManager(root)
    if not yes:
        if not sys.stdin.isatty():
            raise CommandError("Deleting asks first, and nobody is there to answer; give --yes.")
        typer.confirm(f"Delete {experiment} and its files in {root}?", abort=True)
    manager.delete_experiment(experiment)
    typer.echo(f"Deleted {experiment}.")


def _print(frame: pd.DataFrame, as_json: bool, optional: Sequence[str] = ()) -> None:
    from frameworm.cli import screen
    from frameworm.cli.table import table

    columns = [str(column) for column in frame.columns]
    rows = frame.to_dict("records")
    if as_json:
        screen.print_json([_plain(row) for row in rows])
        return
    numeric = [column for column in columns if frame[column].dtype.kind in "iuf"]
    cells = [[_cell(row[column]) for column in frame.columns] for row in rows]
    screen.show(table(columns, cells, numeric, optional))


def _is_missing(found: Any) -> bool:
    return found is None or found != found or str(found) in ("NaT", "<NA>")


def _took(seconds: float | None) -> str:
    from frameworm.core.durations import duration_text

    return "" if seconds is None or _is_missing(seconds) else duration_text(seconds)


def _cell(found: Any) -> str:
    from frameworm.cli.screen import value

    if _is_missing(found):
        return ""
    if isinstance(found, (tuple, list)):
        return ", ".join(map(str, found))
    if hasattr(found, "to_pydatetime"):
        # Stored in UTC; people read the time of their own clock.
        return f"{found.floor('s').to_pydatetime().astimezone():%Y-%m-%d %H:%M:%S}"
    return value(found)


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    from frameworm.cli.screen import jsonable

    plain = {}
    for key, found in row.items():
        is_time = hasattr(found, "isoformat")
        cell = found.isoformat() if is_time and not _is_missing(found) else found
        plain[str(key)] = None if _is_missing(found) else jsonable(_native(cell))
    return plain


def _native(cell: Any) -> Any:
    """Return NumPy's scalars as Python's, and tuples as the lists JSON has."""
    if isinstance(cell, tuple):
        return list(cell)
    return cell.item() if hasattr(cell, "item") else cell
