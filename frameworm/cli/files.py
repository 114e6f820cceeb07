"""``frameworm search export``, ``report`` and ``narrow``: what a study gives to take elsewhere."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from frameworm.cli.help_text import Command, examples
from frameworm.cli.options import DEFAULT_STORAGE, Storage, StudyName, one_of, open_study
from frameworm.errors import CommandError

if TYPE_CHECKING:
    from frameworm.search.analysis.analyzer import SearchAnalyzer

__all__ = ["register"]


_FORMATS = ("csv", "json", "parquet")


def register(app: typer.Typer) -> None:
    """Add the commands to a group."""
    app.command(
        "export",
        cls=Command,
        epilog=examples(
            "frameworm search export mnist > trials.csv",
            "frameworm search export mnist --format parquet -o trials.parquet",
        ),
    )(export)
    app.command(
        "report",
        cls=Command,
        epilog=examples(
            "frameworm search report mnist", "frameworm search report mnist -o mnist.html"
        ),
    )(report)
    app.command(
        "narrow",
        cls=Command,
        epilog=examples(
            "frameworm search narrow mnist",
            "frameworm search narrow mnist -o narrow.yaml",
            "frameworm search run --config base.yaml --space narrow.yaml --train train:train_fn",
        ),
    )(narrow)


def _analyzer(study: str | None, storage: str) -> SearchAnalyzer:
    from frameworm.search import SearchAnalyzer
    from frameworm.search.results.from_study import study_results

    return SearchAnalyzer(study_results(open_study(study, storage)))


def export(
    study: StudyName = None,
    storage: Storage = DEFAULT_STORAGE,
    as_format: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="NAME",
            help="csv, json (which SearchAnalyzer and load_results read) or parquet.",
            callback=one_of("--format", _FORMATS),
            rich_help_panel="Output",
        ),
    ] = "csv",
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="The file; by default the screen.",
            rich_help_panel="Output",
        ),
    ] = None,
) -> None:
    """Write the finished trials for other programs."""
    if output is None and as_format == "parquet":
        raise CommandError("Parquet is not text: name a file with -o.")
    analyzer = _analyzer(study, storage)
    if output is not None:
        _write(analyzer, as_format, output)
        typer.echo(f"{len(analyzer.results)} trials in {output}", err=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "trials")
        _write(analyzer, as_format, path)
        text = path.read_text(encoding="utf-8")
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def _write(analyzer: SearchAnalyzer, as_format: str, path: Path) -> None:
    from frameworm.search.results.file import save_results

    if as_format == "csv":
        analyzer.to_csv(path)
    elif as_format == "parquet":
        analyzer.to_parquet(path)
    else:
        save_results(analyzer.results, path)


def report(
    study: StudyName = None,
    storage: Storage = DEFAULT_STORAGE,
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="FILE", help="The page.", rich_help_panel="Output"),
    ] = Path("report.html"),
) -> None:
    """Write everything about a study as one HTML page that opens without a network."""
    path = _analyzer(study, storage).report(output)
    typer.echo(path)


def narrow(
    study: StudyName = None,
    storage: Storage = DEFAULT_STORAGE,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="The file; by default the screen.",
            rich_help_panel="Output",
        ),
    ] = None,
) -> None:
    """Suggest a narrower space for the next search, as YAML that --space takes."""
    from frameworm.cli.screen import echo
    from frameworm.search.space.yaml_text import space_yaml

    text = space_yaml(_analyzer(study, storage).suggest_space())
    if output is None:
        echo(text)
        return
    output.write_text(f"{text}\n", encoding="utf-8")
    typer.echo(f"A narrower space is in {output}; give it to --space.", err=True)
