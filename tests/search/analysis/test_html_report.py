"""The report: one page that stands alone, in a real browser."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from matplotlib import colormaps
from matplotlib.colors import to_hex

from frameworm.core.durations import duration_text
from frameworm.errors import SearchArgumentError
from frameworm.search.analysis.gallery import gallery
from frameworm.search.analysis.html_report import pictures
from frameworm.search.analysis.html_report.facts import provenance
from frameworm.search.analysis.html_report.page import report_html
from frameworm.search.analysis.html_report.table import last_line, table_json
from tests.search.drawing import LONG, analyzer, curve, many, ran, relu, trial

EVIL = "</script><script>window.evil = 1</script><img src=x onerror='window.evil=1'>"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")


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


def evil():
    trials = [
        trial(0, 0.5, facts=ran(0, 1), **{EVIL: EVIL}),
        trial(1, 0.7, facts=ran(1, 2), **{EVIL: "adam"}),
        trial(2, facts={**ran(2, 3), "error": f"Traceback\nValueError: {EVIL}"}, **{EVIL: "adam"}),
    ]
    facts = {"study_name": EVIL, "base_config": {"name": EVIL}, "strategy": EVIL}
    return analyzer(*trials, metric=EVIL, **facts)


def html_of(found):
    shown = gallery(found.results, found)
    return report_html(found.results, found.summary(), found.df, shown)


def columns(text):
    return {column["name"]: column for column in json.loads(text)}


def test_the_page_nests_and_asks_for_nothing_from_anywhere():
    page = html_of(analyzer(*many(40)))
    elements = Elements(page).found
    assert [tag for tag, _ in elements].count("script") == 2
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
    assert [tag for tag, _ in elements].count("script") == 2
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
    assert "trial 2: val_loss 3, latency 3" in page
    data = re.search(r'id="data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert columns(data[1])["metrics.latency"]["numbers"] == [2, 1, 3]


def test_the_table_holds_every_value():
    found = columns(table_json(analyzer(*many(40)).df))
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


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def trials():
    """The analyzer of 10,000 trials."""
    return analyzer(*many(10_000))


@pytest.fixture(scope="module")
def large(trials, tmp_path_factory) -> Path:
    """Their report."""
    return trials.report(tmp_path_factory.mktemp("large") / "report.html")


@pytest.fixture
def opened(browser):
    """A function that opens a file and fails the test on any complaint of the browser."""
    complaints, asked, contexts = [], [], []

    def open_page(path, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_selector("#page:not(:empty)")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
    assert len(asked) == len(contexts)


def shown(page, column):
    names = page.locator("#table th").all_inner_texts()
    index = [name.replace("\n", "").split("\xa0")[0] for name in names].index(column)
    return page.locator(f"#table tbody td:nth-child({index + 1})").all_inner_texts()


def test_ten_thousand_trials_stay_small(large):
    assert large.stat().st_size < 5_000_000


def test_the_table_sorts_both_ways_with_missing_values_last(opened, large, trials):
    page = opened(large)
    assert page.inner_text("#count") == "10,000 trials"
    assert page.inner_text("#page") == "page 1 of 200"
    scores = trials.df["score"]
    page.click("#table th button:text-is('score')")
    assert [float(text) for text in shown(page, "score")] == pytest.approx(
        sorted(scores.dropna())[:50], rel=1e-5
    )
    assert page.get_attribute("#table th:nth-child(3)", "aria-sort") == "ascending"
    page.click("#table th button:text-is('score')")
    assert float(shown(page, "score")[0]) == pytest.approx(scores.max(), rel=1e-5)
    page.click("#last")
    assert shown(page, "score") == [""] * 50
    page.click("#previous")
    assert page.inner_text("#page") == "page 199 of 200"


def test_the_table_filters_by_words_conditions_and_state(opened, large, trials):
    page = opened(large)
    frame = trials.df
    page.fill("#filter", "score<0.8 depth>=7")
    wanted = frame[(frame["score"] < 0.8) & (frame["depth"] >= 7)]
    assert page.inner_text("#count") == f"{len(wanted):,} of 10,000 trials"
    assert all(int(depth) >= 7 for depth in shown(page, "depth"))
    page.fill("#filter", "state=fail bad <b>1")
    assert set(shown(page, "error")) == {"ValueError: bad <b>1"}
    page.fill("#filter", "")
    page.select_option("#state", label="pruned")
    assert page.inner_text("#count") == "1,000 of 10,000 trials"
    page.fill("#filter", "nothing has this in it")
    assert page.inner_text("#count") == "0 of 10,000 trials"
    assert page.inner_text("#page") == "page 1 of 1"


def test_a_page_full_of_markup_runs_none_of_it(opened, tmp_path):
    page = opened(evil().report(tmp_path / "report.html"))
    page.fill("#filter", "onerror")
    assert page.evaluate("window.evil") is None
    assert page.inner_text("#count") == "2 of 3 trials"
    assert EVIL in page.inner_text("h1")
    assert EVIL in shown(page, EVIL)


def test_the_best_configuration_is_copied(opened, large):
    page = opened(large, permissions=["clipboard-read", "clipboard-write"])
    page.click(".copy")
    page.wait_for_selector(".copy:text-is('Copied')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.inner_text(".yaml pre")
    assert "lr:" in copied


def brightness(page, selector, of):
    color = page.eval_on_selector(selector, f"element => getComputedStyle(element).{of}")
    return sum(map(float, re.findall(r"[\d.]+", color)[:3])) / 3


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_the_page_and_its_pictures_follow_the_readers_theme(opened, large, scheme, is_dark):
    page = opened(large, color_scheme=scheme)
    assert (brightness(page, "body", "backgroundColor") < 100) == is_dark
    assert (brightness(page, "figure svg text", "fill") > 150) == is_dark
    page.emulate_media(media="print")
    assert brightness(page, "body", "backgroundColor") == 255
    assert brightness(page, "figure svg text", "fill") == 0


def test_nothing_is_wider_than_a_telephone(opened, large):
    page = opened(large, viewport={"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_page_prints_whole(opened, large, tmp_path):
    page = opened(large)
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    printed = (tmp_path / "report.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) in range(3, 20)
