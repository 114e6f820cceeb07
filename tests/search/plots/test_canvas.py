"""What holds for every plot: sizes, legends, styles, little and much to draw."""

from __future__ import annotations

import math

import pytest
from matplotlib import style
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from frameworm.search.analysis.analyzer import SearchAnalyzer
from frameworm.search.plots import canvas, new_axes, save
from frameworm.search.plots.shades import Shades
from tests.search.drawing import LONG, analyzer, many, texts, trial

PLOTS = {
    "convergence": lambda a, **k: a.plot_convergence(**k),
    "distribution": lambda a, **k: a.plot_distribution(**k),
    "parameter": lambda a, **k: a.plot_parameter_vs_score("lr", **k),
    "categorical": lambda a, **k: a.plot_parameter_vs_score(LONG, **k),
    "heatmap": lambda a, **k: a.plot_heatmap("lr", "depth", **k),
    "contour": lambda a, **k: a.plot_contour("lr", "depth", **k),
    "parallel": lambda a, **k: a.plot_parallel_coordinates(**k),
}


def brightness(color):
    red, green, blue = to_rgb(color)
    return 0.299 * red + 0.587 * green + 0.114 * blue


@pytest.mark.parametrize("name", PLOTS)
def test_each_plot_draws_the_metric_asked_for(name):
    trials = [
        trial(i, (float(i % 7), 100.0 - i), lr=10.0 ** (-1 - i / 20), depth=i % 8 + 1)
        for i in range(40)
    ]
    ax = PLOTS[name](analyzer(*trials, further=[("latency", "min")]), metric="latency")
    shown = [ax.get_title(loc="left"), ax.get_ylabel(), ax.get_xlabel()]
    assert any("latency" in text for text in shown)
    assert not any("val_loss" in text for text in shown)


@pytest.mark.parametrize("name", PLOTS)
@pytest.mark.parametrize("count", [1, 10, 1000])
def test_every_plot_is_drawn_with_few_and_many_trials(name, count, tmp_path, recwarn):
    ax = PLOTS[name](analyzer(*many(count)), save_path=tmp_path / "new" / "plot.png")
    assert (tmp_path / "new" / "plot.png").stat().st_size > 5000
    assert ax.get_title(loc="left")
    assert not [str(warning.message) for warning in recwarn]


@pytest.mark.parametrize("name", PLOTS)
@pytest.mark.parametrize(
    ("trials", "words"),
    [
        ([], "No trial has finished yet."),
        ([trial(0), trial(1, state="PRUNED")], r"(2 trials: 1 failed, 1 pruned)"),
        ([trial(0, math.nan)], "No trial is complete"),
        ([trial(0, math.inf), trial(1, -math.inf)], "Every val_loss is infinite"),
    ],
)
def test_without_scores_the_axes_say_so(name, trials, words, tmp_path):
    ax = PLOTS[name](analyzer(*trials), save_path=tmp_path / "plot.png")
    assert any(words in text for text in texts(ax))


@pytest.mark.parametrize("name", PLOTS)
@pytest.mark.parametrize("score", [0.5, 0.0, -3.0, 1e300, 5e-324, 1e9])
def test_equal_scores_are_drawn(name, score, tmp_path):
    path = tmp_path / "plot.png"
    PLOTS[name](analyzer(*(trial(i, score) for i in range(3))), save_path=path)
    assert path.stat().st_size > 1000


@pytest.mark.parametrize("name", PLOTS)
def test_a_legend_entry_never_lies_over_the_axes(name, tmp_path):
    ax = PLOTS[name](analyzer(*many(200), trial(200, math.inf)))
    save(ax, tmp_path / "plot.png")
    if ax.get_legend() is not None:
        legend = ax.get_legend().get_window_extent()
        assert legend.y0 >= ax.get_window_extent().y1 - 2
        assert legend.x1 <= ax.figure.bbox.x1


def test_drawing_the_same_results_twice_gives_the_same_picture(tmp_path):
    for name in ("a.png", "b.png"):
        analyzer(*many(50)).plot_parameter_vs_score(LONG, save_path=tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("layout", ["constrained", "tight"])
def test_plots_keep_their_size_in_a_figure_of_ones_own(layout):
    figure, axes = Figure(figsize=(9, 7), layout=layout), []
    for place, name in enumerate(("convergence", "parameter", "contour", "parallel"), 1):
        axes.append(figure.add_subplot(2, 2, place))
        PLOTS[name](analyzer(*many(200)), ax=axes[-1])
    figure.draw_without_rendering()
    for ax in axes:
        extent = ax.get_window_extent()
        assert extent.height > 0.4 * figure.bbox.height / 2
        assert extent.width > 0.5 * figure.bbox.width / 2
        legend = ax.get_legend().get_window_extent()
        assert legend.x1 < figure.bbox.x1
        assert legend.y1 < figure.bbox.y1


@pytest.mark.parametrize("name", PLOTS)
def test_lines_and_text_are_seen_on_a_dark_background(name):
    with style.context("dark_background"):
        ax = PLOTS[name](analyzer(*many(200)))
        paper = brightness(ax.get_facecolor())
        assert paper < 0.3
        for line in ax.lines:
            assert brightness(line.get_color()) > paper + 0.3
        for text in ax.texts:
            box = text.get_bbox_patch()
            is_over_cells = name == "heatmap"
            assert is_over_cells or brightness(text.get_color()) > paper + 0.3
            assert box is None or brightness(box.get_facecolor()) < 0.3
        if ax.get_legend() is not None:
            assert all(brightness(t.get_color()) > 0.7 for t in ax.get_legend().get_texts())


def test_the_colours_are_okabe_and_itos():
    assert [to_hex(color) for color in (Shades().blue, canvas.ORANGE, canvas.VERMILLION)] == [
        "#0072b2",
        "#e69f00",
        "#d55e00",
    ]


def test_formulas_in_names_are_text(tmp_path):
    name = "price_$x$_$\\frac{"
    ax = analyzer(
        trial(0, 0.5, **{name: 1.0}), trial(1, 0.6, **{name: 2.0})
    ).plot_parameter_vs_score(name, save_path=tmp_path / "plot.png")
    assert ax.get_xlabel() == name.replace("$", r"\$")
    assert (
        SearchAnalyzer.compare({"$a$": analyzer(trial(0, 0.5))}, tmp_path / "plot.png") is not None
    )


def test_labels_in_large_type_never_touch():
    with style.context({"font.size": 16}):
        ax = analyzer(*many(300)).plot_heatmap("lr", "depth")
        ax.figure.draw_without_rendering()
        assert ax.get_xticklabels()[0].get_rotation() > 0


def test_what_is_empty_differs_from_a_grey_style():
    with style.context("ggplot"):
        shades = Shades.of(new_axes())
    assert shades.empty != shades.paper.lower() != "#ffffff"
