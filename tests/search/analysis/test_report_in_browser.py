"""The report in a real browser: sorted, filtered, opened, pointed at, brushed, printed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from frameworm.core import Config
from tests.search.drawing import EVIL, LONG, analyzer, curve, evil, many, trial

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")


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
    assert large.stat().st_size < 3_000_000


def test_ten_thousand_trials_are_there_at_once(opened, large):
    page = opened(large)
    timing = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    assert timing < 1500


def test_the_table_sorts_both_ways_with_missing_values_last(opened, large, trials):
    page = opened(large)
    assert page.inner_text("#count") == "10,000 trials"
    assert page.inner_text("#page") == "page 1 of 200"
    scores = trials.df["score"]
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


def test_a_filter_that_finds_nothing_says_why(opened, large, trials):
    page = opened(large)
    page.fill("#filter", "val_loss<0.9")
    assert page.is_hidden("#nothing")
    assert page.inner_text("#count") == f"{(trials.df['score'] < 0.9).sum():,} of 10,000 trials"
    page.fill("#filter", "val_los<0.9")
    assert "no column val_los; did you mean score?" in page.inner_text("#nothing")
    page.fill("#filter", "zzzzzzzzzzzz<0.9")
    assert "there are trial, state, score, lr, depth" in page.inner_text("#nothing")
    page.fill("#filter", "score<0")
    assert page.inner_text("#nothing") == "No trial fits the filter."


def test_a_row_opens_to_the_whole_trial(opened, tmp_path):
    base = {"training": {"epochs": 3, "name": "1e-5", "home": "${HOME}"}, "lr": 0.1}
    traced = trial(3, facts={"error": "ValueError: x", "traceback": "Traceback\n  line 7"})
    found = analyzer(
        trial(0, 0.5, lr=1e-5, depth=2, facts=curve(3, 2, 1)),
        trial(1, 0.7, lr=0.001, depth=2, facts=curve(4, 3, 2)),
        traced,
        base_config=base,
    )
    page = opened(found.report(tmp_path / "report.html"))
    page.click("#table tbody tr[data-row='1'] td:nth-child(3)")
    detail = page.inner_text(".detail")
    assert "Beside the best" in detail
    assert "trial 0" in detail
    differing = page.locator(".beside tr.differs th").all_inner_texts()
    assert differing == ["lr", LONG, "val_loss"]
    assert page.locator(".detail .curve polyline").count() == 2
    written = tmp_path / "config.yaml"
    written.write_text(page.inner_text(".detail .yaml pre"))
    wanted = found.results.config_of(found.results.records[1]).to_dict()
    wanted["model"]["encoder"]["block"]["attention"][LONG.rpartition(".")[2]] = (
        "tests.search.drawing.relu"
    )
    assert Config(written).to_dict() == wanted
    page.click("#table tbody tr[data-row='1'] button")
    assert page.locator(".detail").count() == 0
    page.click("#table tbody tr[data-row='2'] button")
    assert "line 7" in page.inner_text(".detail .traceback")


def test_the_front_is_sorted_and_opens_its_trials(opened, tmp_path):
    trials = [trial(i, (float(i), 9.0 - i)) for i in (3, 1, 2, 0)]
    found = analyzer(*trials, further=[("latency", "min")])
    page = opened(found.report(tmp_path / "report.html"))
    assert page.locator(".front tbody td:first-child").all_inner_texts() == ["0", "1", "2", "3"]
    page.click(".front button:text-is('2')")
    assert page.locator("tr[data-row] button[aria-expanded='true']").inner_text() == "2"
    assert "Best latency 6: trial 3" in page.inner_text(".verdict")
    page.mouse.move(*pixel(page, 0, 2, (2.0, 7.0)))
    assert "trial 2" in page.inner_text("#tip")


def pixel(page, figure, number, of):
    """Where a trial's dot is on the screen."""
    return page.evaluate(
        """([figure, x, y]) => {
            const element = document.querySelectorAll("figure[data-axes]")[figure];
            element.scrollIntoView({ block: "center" });
            const { box, x: a, y: b } = JSON.parse(element.dataset.axes);
            const at = ({ low, high, log }, value) => log
                ? Math.log(value / low) / Math.log(high / low)
                : (value - low) / (high - low);
            const svg = element.querySelector("svg");
            const [left, top, width, height] = box;
            const point = new DOMPoint(left + at(a, x) * width, top + (1 - at(b, y)) * height);
            const found = point.matrixTransform(svg.getScreenCTM());
            return [found.x, found.y];
        }""",
        [figure, *of],
    )


def test_pointing_at_a_dot_names_its_trial_and_a_click_opens_it(opened, tmp_path):
    found = analyzer(*many(60))
    page = opened(found.report(tmp_path / "report.html"))
    best = found.results.best
    axes = page.locator("figure[data-axes]").evaluate_all("all => all.map(f => f.dataset.axes)")
    names = [json.loads(text)["x"]["column"] for text in axes]
    for figure, value in ((0, best.number), (names.index("lr"), best.params["lr"])):
        page.mouse.move(*pixel(page, figure, best.number, (value, best.score)))
        tip = page.inner_text("#tip")
        assert f"trial {best.number}" in tip
        assert f"val_loss {best.score:.6g}" in tip
        assert f"depth {best.params['depth']}" in tip
    page.mouse.move(*pixel(page, names.index("depth"), 0, (best.params["depth"], best.score)))
    assert f"trial {best.number}" in page.inner_text("#tip")
    curves = names.index(None)
    steps = found.results.records[0].intermediate
    page.mouse.move(*pixel(page, curves, best.number, (2, steps[2])))
    assert "trial " in page.inner_text("#tip")
    page.mouse.move(*pixel(page, 0, best.number, (best.number, best.score)))
    page.mouse.down()
    page.mouse.up()
    assert page.locator("button[aria-expanded='true']").inner_text() == str(best.number)
    page.mouse.move(5, 5)
    assert page.is_hidden("#tip")


def test_a_dot_is_drawn_where_the_page_looks_for_it(opened, tmp_path):
    found = analyzer(*(trial(i, 1.0 + i, lr=10.0 ** -(1 + i % 4)) for i in range(12)))
    path = found.report(tmp_path / "report.html")
    page = opened(path)
    left, top = pixel(page, 0, 5, (5, 6.0))
    element = page.evaluate(
        "([x, y]) => document.elementsFromPoint(x, y).map((e) => e.tagName).join(' ')", [left, top]
    )
    assert "use" in element or "path" in element


def test_brushing_an_axis_filters_the_table(opened, large, trials):
    page = opened(large)
    canvas = page.locator("#parallel")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    right = box["x"] + box["width"] - 56
    page.mouse.move(right, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(right, box["y"] + 120, steps=3)
    page.mouse.up()
    kept = int(page.inner_text("#count").split()[0].replace(",", ""))
    assert 0 < kept < 5000
    scores = [float(text) for text in shown(page, "score")]
    best = sorted(trials.df["score"].dropna())
    assert scores == pytest.approx(best[:50], rel=1e-5)
    page.click("#last")
    assert float(shown(page, "score")[-1]) == pytest.approx(best[kept - 1], rel=1e-5)
    page.click("#unbrush")
    assert page.inner_text("#count") == "10,000 trials"


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
    page.click("#table tbody tr:nth-child(1) button")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    copy = page.locator(".copy").first.bounding_box()
    assert copy["y"] + copy["height"] <= page.locator(".yaml pre").first.bounding_box()["y"]


def test_the_page_prints_whole(opened, large, tmp_path):
    page = opened(large)
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1000, "height": 700})
    ends = "[...document.querySelectorAll('#table th')].map(e => e.getBoundingClientRect().right)"
    assert max(page.evaluate(ends)) <= 1000
    printed = (tmp_path / "report.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) in range(3, 20)
