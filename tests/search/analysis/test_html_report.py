"""The report: one page that stands alone, in a real browser."""

from __future__ import annotations

import json
import math
import re
from datetime import datetime
from html.parser import HTMLParser

import pytest
from matplotlib import colormaps
from matplotlib.colors import to_hex

from frameworm.core.durations import duration_text
from frameworm.errors import SearchArgumentError
from frameworm.search.analysis.export import flat_frame
from frameworm.search.analysis.gallery import gallery
from frameworm.search.analysis.html_report import pictures
from frameworm.search.analysis.html_report.facts import provenance
from frameworm.search.analysis.html_report.page import report_html
from frameworm.search.analysis.html_report.table import last_line, table_json
from frameworm.search.space import Categorical, Real
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState
from tests.search.drawing import LONG, analyzer, curve, evil, many, relu, trial


class Elements(HTMLParser):
    """The tags of a page with their attributes; fails on markup that does not nest."""

    void = frozenset({"meta", "link", "input", "br", "wbr", "img", "path", "use", "image"})

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.open = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in self.void:
            assert self.open.pop() == tag


def html_of(found):
    shares = found.importances()
    shown = gallery(found.results, found, shares)
    return report_html(found.results, found.summary(), found.df, shown, shares)


def columns(text):
    return {column["name"]: column for column in json.loads(text)}


def test_the_page_nests_and_asks_for_nothing_from_anywhere():
    page = html_of(analyzer(*many(40)))
    elements = Elements(page).found
    assert [tag for tag, _ in elements].count("script") == 3
    for _, attrs in elements:
        for name in ("src", "href", "xlink:href", "action"):
            assert attrs.get(name, "#").startswith(("#", "data:"))
    assert "url(http" not in page
    assert "@import" not in page
    used = [attrs["id"] for _, attrs in elements if attrs.get("id")]
    wanted = set(re.findall(r'(?:xlink:href="#|url\(#)([^")]+)', page))
    assert wanted <= set(used)


def test_names_and_values_are_never_markup():
    elements = Elements(html_of(evil())).found
    assert [tag for tag, _ in elements].count("script") == 3
    assert not any(tag == "img" or "onerror" in attrs for tag, attrs in elements)


def test_the_page_has_the_best_configuration_the_errors_and_the_origin():
    page = html_of(analyzer(*many(40), study_name="digits", strategy="random"))
    assert "<title>Search digits</title>" in page
    assert "best val_loss" in page
    assert f"trial {analyzer(*many(40)).results.best.number}" in page
    assert "encoder:" in page  # nested, as YAML
    assert "once: ValueError: bad &lt;b&gt;" in page or "times: ValueError: bad &lt;b&gt;" in page
    assert "Real(1e-05, 0.1, log=True)" in page
    for package in ("frameworm", "optuna", "torch", "Python"):
        assert f"<th scope='row'>{package}</th>" in page


def test_a_configuration_yaml_cannot_hold_goes_in_by_name():
    page = html_of(analyzer(trial(0, 0.5, **{LONG: relu}), base_config={"sizes": (1, 2)}))
    assert "drawing.relu" in page
    assert "0x" not in re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("trials", "words"),
    [
        ([], "No trial is complete"),
        ([trial(0)], "No trial is complete"),
        ([trial(0, state="PRUNED", facts=curve(2, 1))], "No trial is complete"),
        ([trial(0, float("inf"))], "best val_loss"),
        ([trial(0, 0.5)], "best val_loss"),
    ],
)
def test_a_report_of_little_is_written(trials, words):
    page = html_of(analyzer(*trials))
    assert words in page
    assert page.count("<figure") >= 1
    assert Elements(page).found


def test_several_objectives_are_reported_by_their_front():
    trials = [trial(0, (1.0, 2.0)), trial(1, (2.0, 1.0)), trial(2, (3.0, 3.0))]
    page = html_of(analyzer(*trials, further=[("latency", "max")]))
    assert "<h2>Pareto front</h2>" in page
    assert "on the Pareto front" in page
    assert re.search(r'data-trial="2">2</button></td><td>3</td><td>3</td>', page)
    data = re.search(r'id="data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert columns(data[1])["metrics.latency"]["numbers"] == [2, 1, 3]


def test_the_table_holds_every_value():
    found = columns(table_json(flat_frame(analyzer(*many(40)).df)))
    frame = analyzer(*many(40)).df
    assert found["trial"]["numbers"] == list(range(40))
    assert found["score"]["numbers"][8:10] == [None, None]
    assert found["score"]["numbers"][0] == pytest.approx(frame["score"][0], rel=1e-5)
    states = found["state"]
    assert [states["words"][code] for code in states["codes"]] == frame["state"].tolist()
    assert found["seconds"]["numbers"][0] == 2.5
    assert found["started"]["words"][0] == "2026-05-01 09:00:00"
    assert found["error"]["words"] == [f"ValueError: bad <b>{number}" for number in (0, 1, 2)]


def test_the_last_line_of_a_traceback_names_the_error():
    assert last_line("Traceback\n  File x\nValueError: bad\n\n") == "ValueError: bad"
    assert last_line("") == ""
    assert len(last_line("x" * 999)) == 160


def test_no_colour_of_a_scale_changes_with_the_theme():
    scale = {to_hex(color) for color in colormaps["cividis"].colors}
    assert not scale & set(pictures._THEMED)


def test_where_results_come_from():
    found = dict(provenance(analyzer(*many(40)).results, datetime(2026, 5, 2)))
    assert found["first start"] == "2026-05-01 09:00:00"
    assert found["worker processes"] == "2 on host"
    assert found["report written"] == "2026-05-02 00:00:00"
    assert "storage" not in found
    assert [duration_text(seconds) for seconds in (1.5, 600, 86400 * 3)] == [
        "1.5 s",
        "10 min 0 s",
        "3 days 0 h",
    ]


def test_an_older_report_is_replaced_and_a_folder_refused(tmp_path):
    path = tmp_path / "new" / "report.html"
    for _ in range(2):
        assert analyzer(trial(0, 0.5)).report(path) == path
    assert [file.name for file in path.parent.iterdir()] == ["report.html"]
    with pytest.raises(SearchArgumentError, match="is a folder"):
        analyzer(trial(0, 0.5)).report(tmp_path)


def test_writing_a_report_leaves_the_function_of_that_name_alone(tmp_path):
    import frameworm.search

    analyzer(trial(0, 0.5)).report(tmp_path / "report.html")
    assert callable(frameworm.search.report)


def test_pictures_say_what_they_show():
    page = html_of(analyzer(*many(60)))
    said = [
        attrs["aria-label"] for tag, attrs in Elements(page).found if attrs.get("role") == "img"
    ]
    best = analyzer(*many(60)).results.best
    assert any(f"trial {best.number}" in text for text in said)
    assert any(text.startswith("importance. What explains the score: ") for text in said)
    assert any("The 10 best trials have lr" in text for text in said)
    assert all(len(text.split()) > 4 for text in said)


def test_what_failures_share_and_a_narrower_space_are_said():
    trials = [
        trial(
            i, None if i % 5 == 0 else abs(i - 30), lr=1e-4 * (i + 1), depth=8 if i % 5 == 0 else 2
        )
        for i in range(60)
    ]
    page = html_of(analyzer(*trials, strategy="random"))
    assert "What they have in common: all 12 have depth" in page
    assert page.count("<details open>") == 1
    assert "A narrower space for the next search" in page
    assert re.search(r"<pre>lr: \{type: real, low: ", page)


@pytest.mark.parametrize(
    "choices",
    [
        [1.0, float("nan"), math.inf],
        [True, False, None],
        [TrialState.FAIL, relu, (1, [2])],
        [{"a": (1, 2)}, "1e-5", "yes", ""],
        ["only"],
    ],
)
def test_choices_of_every_kind_are_reported(choices):
    space = {"x": Categorical(choices), "lr": Real(0.5, 0.5)}
    trials = [
        TrialRecord(
            i,
            TrialState.COMPLETE,
            {"x": choice, "lr": 0.5},
            values=(math.inf if i % 4 == 3 else float(i),),
            intermediate={0: math.nan, 5: 1.0, 7: math.inf},
        )
        for i, choice in enumerate(choices * 12)
    ]
    page = html_of(analyzer(*trials, space=space, base_config={"f": len, 3: (1, None)}))
    assert Elements(page).found
    for name in ("data", "details"):
        text = re.search(rf'id="{name}">(.*?)</script>', page, re.DOTALL)
        assert json.loads(text[1])
