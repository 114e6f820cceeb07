"""The page of a report, put together."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from frameworm.core.whole_file import whole_file
from frameworm.errors import SearchArgumentError
from frameworm.search.analysis.gallery import Picture
from frameworm.search.analysis.html_report import facts
from frameworm.search.analysis.html_report.pictures import to_svg
from frameworm.search.analysis.html_report.table import table_json

if TYPE_CHECKING:
    import os

    import pandas as pd

    from frameworm.search.results.results import SearchResults
    from frameworm.search.results.summary import SearchSummary

__all__ = ["report_html", "write_report"]


def write_report(
    path: str | os.PathLike[str],
    results: SearchResults,
    summary: SearchSummary,
    trials: pd.DataFrame,
    pictures: Iterable[Picture],
) -> Path:
    """Write a search's report as one HTML file, whole or not at all.

    Args:
        path: The file; missing folders are made.
        results: What the search has found.
        summary: Its summary.
        trials: Its trials as a frame.
        pictures: What to draw of it.

    Returns:
        The path.

    Raises:
        SearchArgumentError: If the path is a folder.
    """
    target = Path(path)
    if target.is_dir():
        raise SearchArgumentError(
            f"A report is written to a file, but {str(path)!r} is a folder; name a file in it, "
            f"such as {str(Path(path, 'report.html'))!r}."
        )
    text = report_html(results, summary, trials, pictures)
    with whole_file(target) as draft:
        draft.write_text(text, encoding="utf-8")
    return target


def report_html(
    results: SearchResults,
    summary: SearchSummary,
    trials: pd.DataFrame,
    pictures: Iterable[Picture],
) -> str:
    """Return the page; see `write_report`."""
    title = f"Search {results.study_name}" if results.study_name else "Search"
    failures = facts.failures_html(results)
    base = facts.yaml_of(results.facts.config) if results.base_config else ""
    return Template(_asset("template.html")).substitute(
        title=escape(title),
        subtitle=escape(_subtitle(results)),
        style=_asset("style.css"),
        script=_asset("table.js"),
        tiles=facts.tiles_html(results, summary),
        best_title="Pareto front" if not results.goals.is_single else "Best configuration",
        best=facts.best_html(results, summary),
        pictures="".join(map(_figure, pictures)),
        data=table_json(_with_objectives(results, trials)),
        best_trial="null" if summary.best_trial is None else summary.best_trial,
        failures=f"<section><h2>What failed</h2>{failures}</section>" if failures else "",
        space=facts.space_html(results),
        base=f"<h3>Base configuration</h3><pre>{escape(base)}</pre>" if base else "",
        provenance=facts.pairs_html(facts.provenance(results, datetime.now())),
    )


def _with_objectives(results: SearchResults, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the trials with a column for each objective, which a study of Optuna's may lack."""
    import numpy as np

    for place, (name, _) in enumerate(results.goals[1:], 1):
        if f"metrics.{name}" not in frame:
            values = [
                record.values[place] if record.score is not None and record.values else math.nan
                for record in results.records
            ]
            frame = frame.assign(**{f"metrics.{name}": np.array(values, dtype=np.float64)})
    return frame


def _subtitle(results: SearchResults) -> str:
    searched = ", ".join(
        f"{name} ({'lower' if mode == 'min' else 'higher'} is better)"
        for name, mode in results.goals
    )
    return f"{results.strategy} search for {searched}" if results.strategy else f"for {searched}"


def _figure(picture: Picture) -> str:
    svg = to_svg(picture.draw())
    return f'<figure role="img" aria-label="{escape(picture.name)}">{svg}</figure>'


def _asset(name: str) -> str:
    return files("frameworm.search.analysis.html_report").joinpath(name).read_text(encoding="utf-8")
