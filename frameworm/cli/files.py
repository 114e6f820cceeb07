"""``frameworm search export`` and ``report``."""

from __future__ import annotations

import sys
import tempfile
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from frameworm.cli.help_text import examples
from frameworm.cli.options import DEFAULT_STORAGE, Storage, StudyName, checked_storage
from frameworm.errors import CommandError

if TYPE_CHECKING:
    from frameworm.search.analysis.analyzer import SearchAnalyzer

__all__ = ["Format", "register"]


class Format(str, Enum):
    """What trials are written as."""

    csv = "csv"
    json = "json"
    parquet = "parquet"


def register(app: typer.Typer) -> None:
    """Add the commands to a group."""
    app.command(
        "export",
        epilog=examples(
            "frameworm search export mnist > trials.csv",
            "frameworm search export mnist --format parquet -o trials.parquet",
        ),
    )(export)
    app.command(
        "report",
        epilog=examples(
            "frameworm search report mnist", "frameworm search report mnist -o mnist.html"
        ),
    )(report)


def _analyzer(study: str | None, storage: str) -> SearchAnalyzer:
    from frameworm.search import SearchAnalyzer

    return SearchAnalyzer(checked_storage(storage), study)


def export(
    study: StudyName = None,
    storage: Storage = DEFAULT_STORAGE,
    as_format: Annotated[
        Format,
        typer.Option("--format", help="json is what SearchAnalyzer and load_results read."),
    ] = Format.csv,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="The file; by default the screen."),
    ] = None,
) -> None:
    """Write the finished trials for other programs."""
    if output is None and as_format is Format.parquet:
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


def _write(analyzer: SearchAnalyzer, as_format: Format, path: Path) -> None:
    from frameworm.search.results.file import save_results

    if as_format is Format.csv:
        analyzer.to_csv(path)
    elif as_format is Format.parquet:
        analyzer.to_parquet(path)
    else:
        save_results(analyzer.results, path)


def report(
    study: StudyName = None,
    storage: Storage = DEFAULT_STORAGE,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="The page.")
    ] = Path("report.html"),
) -> None:
    """Write everything about a study as one HTML page that opens without a network."""
    path = _analyzer(study, storage).report(output)
    typer.echo(path)
