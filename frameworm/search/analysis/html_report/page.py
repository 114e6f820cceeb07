"""The page of a report, put together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from frameworm.core.whole_file import whole_file
from frameworm.errors import SearchArgumentError
from frameworm.search.analysis.export import flat_frame
from frameworm.search.analysis.gallery import Picture, ranked_parameters
from frameworm.search.analysis.html_report import facts
from frameworm.search.analysis.html_report.axes import axis_places, picture_axes
from frameworm.search.analysis.html_report.details import details
from frameworm.search.analysis.html_report.parallel import parallel_axes
from frameworm.search.analysis.html_report.pictures import to_svg
from frameworm.search.analysis.html_report.table import table_json
from frameworm.search.analysis.verdict import verdict
from frameworm.search.results.config_yaml import config_yaml
from frameworm.search.results.frame import param_columns
from frameworm.search.space.dimensions import Categorical, Integer

if TYPE_CHECKING:
    import os

    import pandas as pd

    from frameworm.search.results.results import SearchResults
    from frameworm.search.results.summary import SearchSummary

__all__ = ["report_html", "write_report"]

_SCRIPTS = ("trials", "filter", "row", "table", "hover", "parallel", "start")
_MOST_EXACT = 40_000
"""So many parameters in all are written to their last digit; of more, to six."""


def write_report(
    path: str | os.PathLike[str],
    results: SearchResults,
    summary: SearchSummary,
    trials: pd.DataFrame,
    pictures: Iterable[Picture],
    shares: Mapping[str, Mapping[str, float]],
) -> Path:
    """Write a search's report as one HTML file, whole or not at all.

    Args:
        path: The file; missing folders are made.
        results: What the search has found.
        summary: Its summary.
        trials: Its trials as a frame.
        pictures: What to draw of it.
        shares: How much each parameter explains, largest first, by metric searched for.

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
    text = report_html(results, summary, trials, pictures, shares)
    with whole_file(target) as draft:
        draft.write_text(text, encoding="utf-8")
    return target


def report_html(
    results: SearchResults,
    summary: SearchSummary,
    trials: pd.DataFrame,
    pictures: Iterable[Picture],
    shares: Mapping[str, Mapping[str, float]],
) -> str:
    """Return the page; see `write_report`."""
    from frameworm.search.plots import PlotTrials

    title = f"Search {results.study_name}" if results.study_name else "Search"
    failures = facts.failures_html(results)
    base = config_yaml(results.facts.config) if results.base_config else ""
    flat = flat_frame(_without_twin(trials, results.metric))
    known = dict.fromkeys(key for record in results.records for key in record.params)
    labels = param_columns([*results.space, *known], results.goals.metrics)
    columns = {key: label for key, label in labels.items() if label in flat}
    names = ranked_parameters(results, shares.get(results.metric, {}))
    drawn = PlotTrials.of(results)
    parallel = parallel_axes(drawn, names, columns, flat)
    exact = columns.values() if len(columns) * len(flat) <= _MOST_EXACT else ()
    about = details(results, flat, columns)
    return Template(_asset("template.html")).substitute(
        title=escape(title),
        subtitle=escape(_subtitle(results)),
        style=_asset("style.css"),
        script="\n".join(_asset(f"{name}.js") for name in _SCRIPTS),
        verdict=facts.verdict_html(verdict(results, shares)),
        tiles=facts.tiles_html(results, summary),
        best_title="Pareto front" if not results.goals.is_single else "Best configuration",
        best=facts.best_html(results, summary),
        suggestion=facts.suggestion_html(results),
        pictures="".join(_figure(picture, drawn, columns, flat, parallel) for picture in pictures),
        data=table_json(flat, exact),
        details=_json({**about, "exact": bool(exact), "parallel": parallel}),
        failures=f"<section><h2>What failed</h2>{failures}</section>" if failures else "",
        space=facts.space_html(results),
        base=f"<h3>Base configuration</h3><pre>{escape(base)}</pre>" if base else "",
        provenance=facts.pairs_html(facts.provenance(results, datetime.now())),
    )


def _without_twin(trials: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Leave out the metric's column where it says what the score says."""
    name = f"metrics.{metric}"
    is_twin = name in trials and trials[name].equals(trials["score"])
    return trials.drop(columns=name) if is_twin else trials


def _figure(
    picture: Picture,
    trials: Any,
    columns: Mapping[str, str],
    flat: pd.DataFrame,
    parallel: list[dict[str, Any]] | None,
) -> str:
    said = escape(f"{picture.name}. {picture.caption}".strip())
    caption = f"<figcaption>{escape(picture.caption)}</figcaption>" if picture.caption else ""
    if picture.name == "parallel coordinates" and parallel is not None:
        canvas = f'<canvas id="parallel" role="img" aria-label="{said}"></canvas>'
        sideways = f'<div class="sideways" style="--axes: {len(parallel)}">{canvas}</div>'
        return f'<figure class="wide">{sideways}{caption}</figure>'
    ax = picture.draw()
    svg = to_svg(ax)
    axes = None
    if picture.has_curves:
        axes = picture_axes(ax, {"column": None}, {"column": None})
    elif picture.x is not None:
        keys = {column: key for key, column in columns.items()}
        x: dict[str, Any] = {"column": _LABELS.get(picture.x, picture.x)}
        if picture.x in keys:
            name = keys[picture.x]
            dimension = trials.dimension(name)
            x["places"] = axis_places(trials.param(name), dimension, flat[picture.x])
            x["spread"] = isinstance(dimension, (Categorical, Integer))
        axes = picture_axes(ax, x, {"column": picture.y})
    found = f' data-axes="{escape(_json(axes))}"' if axes else ""
    return f'<figure role="img" aria-label="{said}"{found}>{svg}{caption}</figure>'


_LABELS = {"trial_idx": "trial"}


def _subtitle(results: SearchResults) -> str:
    searched = ", ".join(
        f"{name} ({'lower' if mode == 'min' else 'higher'} is better)"
        for name, mode in results.goals
    )
    return f"{results.strategy} search for {searched}" if results.strategy else f"for {searched}"


def _json(value: Any) -> str:
    # "</script>" in a text would end the element; "<" only occurs inside texts.
    return json.dumps(value, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _asset(name: str) -> str:
    return files("frameworm.search.analysis.html_report").joinpath(name).read_text(encoding="utf-8")
